import { RingBuffer } from 'ringbuf.js';
import type { PayloadName, PayloadRows } from '../payloads/index.ts';
import type { Scenario, StreamScenario } from '../scenarios/index.ts';
import {
  type Contender,
  type FlowDriver,
  type RoundTripDriver,
  type See,
  type Source,
  STOP,
} from './contender.ts';

/**
 * The best known ring of JavaScript (MPL-2.0, by Mozilla's audio people): one writer, one reader, numbers of one typed
 * array. It does not wait, so both sides spin, as its users do in an audio worklet. It is used as favourably as it can be:
 * a reader pops everything that is there at once, whatever was pushed at once.
 */
export const ringbuf: Contender = {
  name: 'ringbuf.js',
  about: (scenario) =>
    scenario.kind === 'round-trip' ? 'spinning' : `capacity ${capacityIn(scenario)}, spinning`,
  does: (scenario) => {
    if (scenario.kind === 'round-trip') return scenario.waiting === 'spin';
    if (scenario.kind !== 'flow' || scenario.producers !== 1 || scenario.consumers !== 1) return false;
    return scenario.payload in BYTES && scenario.reading !== 'values';
  },
  flow: flowDriver(),
  roundTrip: roundTripDriver(),
};

/** The messages that are numbers of one kind: how many elements one is, of which type. */
const BYTES: Partial<Record<PayloadName, { readonly elements: number; readonly type: ArrayType }>> = {
  number: { elements: 1, type: Float64Array },
  'bytes-64': { elements: 64, type: Uint8Array },
  'bytes-1k': { elements: 1024, type: Uint8Array },
};

type ArrayType = typeof Float64Array | typeof Uint8Array;

/** 1 MiB of numbers, and otherwise the same memory as the rings of the library: up to 4 MiB. */
const CAPACITIES: Partial<Record<PayloadName, number>> = {
  number: 2 ** 17,
  'bytes-64': 2 ** 15,
  'bytes-1k': 2 ** 12,
};
/** Elements that a reader takes at once. */
const MESSAGES_AT_ONCE = 1024;

function capacityIn(scenario: Scenario): number {
  const { payload = 'number', capacity } = scenario as Partial<StreamScenario>;
  return capacity ?? CAPACITIES[payload] ?? 1024;
}

interface Line {
  readonly storage: SharedArrayBuffer;
  /** A word that is 1 when everything was pushed. */
  readonly ended: SharedArrayBuffer;
}

function flowDriver(): FlowDriver {
  return {
    connect(scenario) {
      const { elements, type } = formOf(scenario);
      const storage = RingBuffer.getStorageForCapacity(capacityIn(scenario) * elements, type as never);
      const line: Line = { storage, ended: new SharedArrayBuffer(4) };
      return { producers: [{ data: line }], consumers: [{ data: line }] };
    },
    produce(data, scenario, source) {
      const { storage, ended } = data as Line;
      const { elements, type } = formOf(scenario);
      const ring = new RingBuffer(storage, type as never);
      if (scenario.payload === 'number') pushNumbers(ring, scenario.batch, source);
      else pushBytes(ring, elements, scenario.batch, source);
      Atomics.store(new Int32Array(ended), 0, 1);
    },
    consume(data, scenario, see) {
      const { storage, ended } = data as Line;
      const { elements, type } = formOf(scenario);
      const ring = new RingBuffer(storage, type as never);
      if (scenario.payload === 'number') popNumbers(ring, ended, see);
      else popBytes(ring, ended, elements, see);
    },
  };
}

const formOf = ({ payload }: StreamScenario) => BYTES[payload] as { elements: number; type: ArrayType };

function pushNumbers(ring: RingBuffer, batch: number, { payload, producer, count }: Source): void {
  const values = new Float64Array(batch);
  for (let i = 0; i < count; i += batch) {
    const size = Math.min(batch, count - i);
    for (let j = 0; j < size; j++) values[j] = payload.make(producer, i + j) as number;
    pushAll(ring, values, size);
  }
}

/** Messages are made where they are pushed from. A push of less than a whole message would let a reader see a part of it, so it waits until there is room. */
function pushBytes(
  ring: RingBuffer,
  size: number,
  batch: number,
  { payload, producer, count }: Source,
): void {
  const rows = payload.rows as PayloadRows;
  for (let i = 0; i < count; i += batch) {
    const messages = Math.min(batch, count - i);
    for (let j = 0; j < messages; j++) rows.make(producer, i + j, j);
    pushAll(ring, rows.memory, messages * size);
  }
}

function pushAll(ring: RingBuffer, values: Float64Array | Uint8Array, length: number): void {
  for (let pushed = 0; pushed < length; ) pushed += ring.push(values, length - pushed, pushed);
}

function popNumbers(ring: RingBuffer, ended: SharedArrayBuffer, see: See): void {
  const values = new Float64Array(MESSAGES_AT_ONCE);
  const ending = new Int32Array(ended);
  for (;;) {
    const last = Atomics.load(ending, 0) === 1; // Looked at before: what is popped after may be the rest.
    const count = ring.pop(values, values.length);
    for (let i = 0; i < count; i++) see(values[i]);
    if (last && count === 0) return;
  }
}

/** Messages are popped into one buffer, over which there is a view for each of them. */
function popBytes(ring: RingBuffer, ended: SharedArrayBuffer, size: number, see: See): void {
  const messages = Math.max(1, Math.floor((MESSAGES_AT_ONCE * 64) / size));
  const bytes = new Uint8Array(messages * size);
  const views = Array.from({ length: messages }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
  const ending = new Int32Array(ended);
  for (;;) {
    const last = Atomics.load(ending, 0) === 1;
    const whole = Math.min(messages, Math.floor(ring.available_read() / size));
    if (whole > 0) ring.pop(bytes, whole * size);
    for (let i = 0; i < whole; i++) see(views[i]);
    if (last && whole === 0) return;
  }
}

function roundTripDriver(): RoundTripDriver {
  const CAPACITY = 64;
  return {
    connect() {
      const [there, back] = [0, 1].map(() =>
        RingBuffer.getStorageForCapacity(CAPACITY, Float64Array as never),
      );
      return { near: { data: [there, back] }, far: { data: [back, there] } };
    },
    ping(data, _scenario, next) {
      const { out, back, value } = endsOf(data);
      for (let answer = 0; answer !== STOP; ) {
        value[0] = next(answer);
        out.push(value, 1);
        while (back.pop(value, 1) === 0);
        answer = value[0] as number;
      }
    },
    echo(data) {
      const { out, back, value } = endsOf(data);
      for (value[0] = 0; value[0] !== STOP; ) {
        while (back.pop(value, 1) === 0);
        out.push(value, 1);
      }
    },
  };
}

function endsOf(data: unknown) {
  const [out, back] = (data as SharedArrayBuffer[]).map(
    (storage) => new RingBuffer(storage, Float64Array as never),
  );
  return { out: out as RingBuffer, back: back as RingBuffer, value: new Float64Array(1) };
}
