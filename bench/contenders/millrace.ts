import {
  ClosedError,
  type Codec,
  f64,
  open,
  type Ring,
  type RingHandle,
  type RingOptions,
  struct,
  u16,
  u32,
  utf8,
} from 'millrace/ring';
import type { Payload, PayloadName } from '../payloads/index.ts';
import type { FlowScenario, OneThreadScenario, Scenario } from '../scenarios/index.ts';
import {
  type Contender,
  type FlowDriver,
  type OneThreadDriver,
  type RoundTripDriver,
  type See,
  type Source,
  STOP,
} from './contender.ts';

// What the library's users would write for these messages.
const CODECS = {
  number: f64,
  tick: struct({ id: u32, time: f64, bid: f64, ask: f64, size: u32, venue: u16, symbol: utf8(8) }),
} as const satisfies Record<PayloadName, unknown>;

/** Rings above the size of the second-level cache: lines then pass through the shared cache. 1 MiB, and about 3 MiB. */
const CAPACITIES: Readonly<Record<PayloadName, number>> = { number: 2 ** 17, tick: 2 ** 16 };
const ROUND_TRIP_CAPACITY = 64;

type AnyRing = Ring<unknown, unknown>;
type Create = (codec: (typeof CODECS)[PayloadName], options: RingOptions) => unknown;

/** A ring of the library as a contender; `topology` is `spsc`, `mpmc` and so on. */
export function millrace(topology: string, create: Create, does: (scenario: Scenario) => boolean): Contender {
  const make = (payload: PayloadName, options: RingOptions): AnyRing =>
    create(CODECS[payload], options) as AnyRing;
  return {
    name: `millrace-${topology}`,
    about: (scenario) => `capacity ${capacityIn(scenario)}, wait ${waitIn(scenario)}`,
    does,
    flow: flowDriver(make),
    roundTrip: roundTripDriver(make),
    oneThread: oneThreadDriver(make),
  };
}

type Make = (payload: PayloadName, options: RingOptions) => AnyRing;

function capacityIn(scenario: Scenario): number {
  return scenario.kind === 'round-trip' ? ROUND_TRIP_CAPACITY : CAPACITIES[scenario.payload];
}

function waitIn(scenario: Scenario): 'spin' | 'park' | 'adaptive' {
  if (scenario.kind !== 'round-trip') return 'adaptive';
  return scenario.waiting === 'async' ? 'park' : scenario.waiting;
}

function flowDriver(make: Make): FlowDriver {
  return {
    connect(scenario) {
      const { handle } = make(scenario.payload, { capacity: capacityIn(scenario), wait: waitIn(scenario) });
      return {
        producers: Array.from({ length: scenario.producers }, () => ({ data: handle })),
        consumers: Array.from({ length: scenario.consumers }, () => ({ data: handle })),
      };
    },
    produce(data, scenario, source) {
      const ring = openAs(scenario.payload, data);
      if (scenario.batch > 1) writeBatches(ring, scenario, source);
      else writeEach(ring, source);
      if (source.isLast()) ring.close();
    },
    consume(data, scenario, see) {
      const { reader } = openAs(scenario.payload, data);
      if (scenario.reading === 'views') while (reader.drainSync(see) > 0);
      else readValues(reader, see);
    },
  };
}

function readValues(reader: AnyRing['reader'], see: See): void {
  for (;;) {
    const value = reader.poll() ?? takeUnlessEnded(reader);
    if (value === undefined) return;
    see(value);
  }
}

function takeUnlessEnded(reader: AnyRing['reader']): unknown {
  try {
    return reader.takeSync();
  } catch (error) {
    if (error instanceof ClosedError) return undefined;
    throw error;
  }
}

/** With the codec, as typed programs do; all rings of a thread then share its compiled accessors. */
function openAs(payload: PayloadName, data: unknown): AnyRing {
  return open(data as RingHandle, CODECS[payload] as Codec<unknown>);
}

function writeEach({ writer }: AnyRing, { payload, producer, count }: Source): void {
  for (let i = 0; i < count; i++) {
    const value = payload.make(producer, i);
    if (!writer.offer(value)) writer.putSync(value);
  }
}

/** The batch is one array that is filled anew each time, as a program that reads from a source would do. */
function writeBatches(
  { writer }: AnyRing,
  scenario: FlowScenario,
  { payload, producer, count }: Source,
): void {
  const batch = new Float64Array(scenario.batch);
  for (let i = 0; i < count; i += batch.length) {
    const size = Math.min(batch.length, count - i);
    for (let j = 0; j < size; j++) batch[j] = payload.make(producer, i + j) as number;
    let values = size === batch.length ? batch : batch.subarray(0, size);
    for (;;) {
      const written = writer.offerAll(values as ArrayLike<unknown>);
      if (written === values.length) break;
      values = values.subarray(written);
      writer.putSync(values[0]);
      values = values.subarray(1);
    }
  }
}

interface Pair {
  readonly out: RingHandle;
  readonly back: RingHandle;
}

function roundTripDriver(make: Make): RoundTripDriver {
  return {
    connect(scenario) {
      const options = { capacity: capacityIn(scenario), wait: waitIn(scenario) };
      const there = make('number', options).handle;
      const back = make('number', options).handle;
      return { near: { data: { out: there, back } }, far: { data: { out: back, back: there } } };
    },
    ping: (data, scenario, next) =>
      scenario.waiting === 'async' ? pingAsync(data, next) : pingSync(data, next),
    echo(data) {
      const { writer, reader } = endsOf(data);
      for (;;) {
        const value = reader.takeSync();
        writer.putSync(value);
        if (value === STOP) return;
      }
    },
  };
}

function endsOf(data: unknown) {
  const { out, back } = data as Pair;
  return { writer: openAs('number', out).writer, reader: openAs('number', back).reader };
}

function pingSync(data: unknown, next: (answer: number) => number): void {
  const { writer, reader } = endsOf(data);
  for (let answer = 0; answer !== STOP; ) {
    writer.putSync(next(answer));
    answer = reader.takeSync() as number;
  }
}

async function pingAsync(data: unknown, next: (answer: number) => number): Promise<void> {
  const { writer, reader } = endsOf(data);
  for (let answer = 0; answer !== STOP; ) {
    await writer.put(next(answer));
    answer = (await reader.take()) as number;
  }
}

function oneThreadDriver(make: Make): OneThreadDriver {
  return {
    open(scenario, payload, see) {
      const ring = make(scenario.payload, { capacity: capacityIn(scenario) });
      const pass = scenario.reading === 'views' ? passAndDrain : passAndPoll;
      return {
        pass: (first, count) => pass(ring, scenario, payload, see, first, count),
        close: () => ring.close(),
      };
    },
  };
}

function passAndPoll(
  ring: AnyRing,
  { depth }: OneThreadScenario,
  payload: Payload,
  see: See,
  first: number,
  count: number,
): void {
  const { writer, reader } = ring;
  for (let i = first; i < first + count; i += depth) {
    for (let j = 0; j < depth; j++) writer.offer(payload.make(0, i + j));
    for (let j = 0; j < depth; j++) see(reader.poll());
  }
}

function passAndDrain(
  ring: AnyRing,
  { depth }: OneThreadScenario,
  payload: Payload,
  see: See,
  first: number,
  count: number,
): void {
  const { writer, reader } = ring;
  for (let i = first; i < first + count; i += depth) {
    for (let j = 0; j < depth; j++) writer.offer(payload.make(0, i + j));
    reader.drain(see);
  }
}
