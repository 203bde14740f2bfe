import {
  byteRows,
  ClosedError,
  type Codec,
  open,
  type Ring,
  type RingHandle,
  type RingOptions,
} from 'millrace/ring';
import { PAYLOADS, type Payload, type PayloadName, type PayloadRows } from '../payloads/index.ts';
import { isStream, type Scenario, type StreamScenario } from '../scenarios/index.ts';
import type { Contender, FlowDriver, See, Source } from './contender.ts';
import { codecFor, type Format } from './millrace-codecs.ts';
import { oneThreadDriver } from './millrace-one-thread.ts';
import { roundTripDriver } from './millrace-round-trip.ts';

export type AnyRing = Ring<unknown, unknown>;
export type Create = (codec: Codec<unknown>, options: RingOptions) => unknown;

/** Rings above the size of the second-level cache: lines then pass through the shared cache. 1 MiB, and up to 4 MiB. */
const CAPACITIES: Readonly<Record<PayloadName, number>> = {
  number: 2 ** 17,
  'bytes-64': 2 ** 15,
  'bytes-1k': 2 ** 12,
  tick: 2 ** 16,
  object: 2 ** 16,
};
const ROUND_TRIP_CAPACITY = 64;

/** A ring of the library as a contender; `topology` is `spsc`, `mpmc` and so on. */
export function millrace(
  topology: string,
  create: Create,
  does: (scenario: Scenario) => boolean,
  format: Format = 'struct',
): Contender {
  const make: Make = (payload, options) => create(codecFor(payload, format), options) as AnyRing;
  return {
    name: `millrace-${topology}`,
    about: (scenario) =>
      `capacity ${capacityIn(scenario)}, wait ${waitIn(scenario)}${formatIn(scenario, format)}`,
    does,
    flow: flowDriver(make, format),
    roundTrip: roundTripDriver(make),
    oneThread: oneThreadDriver(make),
  };
}

/** Makes a ring for messages of this kind. */
export type Make = (payload: PayloadName, options: RingOptions) => AnyRing;

export function capacityIn(scenario: Scenario): number {
  if (isStream(scenario)) return scenario.capacity ?? CAPACITIES[scenario.payload];
  return 'payload' in scenario ? CAPACITIES[scenario.payload] : ROUND_TRIP_CAPACITY;
}

export function waitIn(scenario: Scenario): 'spin' | 'park' | 'adaptive' {
  if (scenario.kind !== 'round-trip') return 'adaptive';
  return scenario.waiting === 'async' ? 'park' : scenario.waiting;
}

const formatIn = (scenario: Scenario, format: Format): string =>
  'payload' in scenario && scenario.payload === 'object' ? `, ${format}` : '';

function flowDriver(make: Make, format: Format): FlowDriver {
  return {
    connect(scenario) {
      const { handle } = make(scenario.payload, { capacity: capacityIn(scenario), wait: waitIn(scenario) });
      return {
        producers: Array.from({ length: scenario.producers }, () => ({ data: handle })),
        consumers: Array.from({ length: scenario.consumers }, () => ({ data: handle })),
      };
    },
    produce(data, scenario, source) {
      produce(openAs(scenario.payload, data, format), scenario, source);
    },
    consume(data, scenario, see) {
      consume(openAs(scenario.payload, data, format).reader, scenario, see);
    },
  };
}

/** With the codec, as typed programs do; all rings of a thread then share its compiled accessors. */
export function openAs(payload: PayloadName, data: unknown, format: Format = 'struct'): AnyRing {
  return open(data as RingHandle, codecFor(payload, format));
}

/** Writes everything the source has; the last of the producers closes the ring. */
export function produce(ring: AnyRing, scenario: StreamScenario, source: Source): void {
  if (scenario.batch > 1) writeBatches(ring, scenario, source);
  else writeEach(ring, source);
  if (source.isLast()) ring.close();
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
  scenario: StreamScenario,
  { payload, producer, count }: Source,
): void {
  const batch = batchOf(scenario, payload);
  for (let i = 0; i < count; i += batch.length) {
    const size = Math.min(batch.length, count - i);
    for (let j = 0; j < size; j++) {
      if (payload.rows === undefined) batch[j] = payload.make(producer, i + j, j);
      else payload.rows.make(producer, i + j, j); // The batch lies over their memory.
    }
    let values: ArrayLike<unknown> & Sliceable = size === batch.length ? batch : batch.slice(0, size);
    for (;;) {
      const written = writer.offerAll(values);
      if (written === values.length) break;
      values = values.slice(written);
      writer.putSync(values[0]);
      values = values.slice(1);
    }
  }
}

interface Values extends ArrayLike<unknown>, Sliceable {
  [at: number]: unknown;
}

function batchOf({ payload: name, batch }: StreamScenario, { rows }: Payload): Values {
  if (rows !== undefined) return byteRows(rows.memory.subarray(0, batch * rows.size), rows.size);
  return name === 'number' ? new Float64Array(batch) : new Array(batch).fill(null);
}

interface Sliceable {
  slice(start: number, end?: number): ArrayLike<unknown> & Sliceable;
}

export function consume(reader: AnyRing['reader'], scenario: StreamScenario, see: See): void {
  if (scenario.reading === 'values') readValues(reader, see);
  else if (scenario.reading === 'views') while (reader.drainSync(see) > 0);
  else readCopies(reader, (PAYLOADS[scenario.payload].rows as PayloadRows).size, see);
}

/** Bytes that a reader copies at once. */
const BYTES_AT_ONCE = 65_536;

/** Copies messages into memory of the reader's own before anybody looks at them. */
function readCopies(reader: AnyRing['reader'], size: number, see: See): void {
  const rows = byteRows(BYTES_AT_ONCE / size, size);
  for (;;) {
    const count = reader.drainIntoSync(rows as never);
    if (count === 0) return;
    for (let i = 0; i < count; i++) see(rows[i]);
  }
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
