import {
  bytes,
  type Codec,
  clone,
  copy,
  f64,
  json,
  msgpack,
  type Overflow,
  type Ring,
  type RingReader,
  type RingWriter,
  struct,
  u32,
  utf8,
  type WaitStrategy,
} from 'millrace/ring';

// biome-ignore lint/suspicious/noExplicitAny: the suite runs over messages of every type.
export type Any = any;

export interface MakeOptions {
  /** Messages that fit. */
  readonly capacity?: number;
  readonly overflow?: Overflow;
  readonly wait?: WaitStrategy;
  /** Where the ring's sequences begin. */
  readonly firstSequence?: number;
}

/** A ring under test, with one writer and one reader in this thread. */
export interface Subject {
  readonly ring: Ring<Any>;
  readonly writer: RingWriter<Any>;
  readonly reader: RingReader<Any>;
  /** The `i`th message; all take the same number of slots. */
  value(i: number): Any;
  /** `count` messages from the `first` on. */
  values(count: number, first?: number): Any[];
  /** What `stats().depth` says of `count` messages: a broadcast ring counts their slots. */
  depth(count: number): number;
}

export type Make = (options?: MakeOptions) => Subject;

/** A codec, its messages, and how many slots of the ring each takes. */
export interface Flavour {
  readonly name: string;
  readonly codec: Codec<Any, Any>;
  readonly slots: number;
  /** Options that give messages this number of slots. */
  readonly sizes: { readonly slotSize?: number };
  value(i: number): Any;
}

const SLOT_SIZE = 16;
const SLOTS = 3;
/** Bytes of a message that takes three slots, the last one in part. */
const BYTES = 43;

const digits = (i: number) => String(i).padStart(7, '0');

export const flavours: readonly Flavour[] = [
  { name: 'f64', codec: f64, slots: 1, sizes: {}, value: (i) => i + 0.5 },
  {
    name: 'struct',
    codec: struct({ id: u32, px: f64, symbol: utf8(8) }),
    slots: 1,
    sizes: {},
    value: (i) => ({ id: i, px: i / 4, symbol: `s${i % 1000}` }),
  },
  {
    name: 'utf8',
    codec: utf8(),
    slots: SLOTS,
    sizes: { slotSize: SLOT_SIZE },
    value: (i) => digits(i).padEnd(BYTES, 'é').slice(0, 25),
  },
  {
    name: 'bytes',
    codec: bytes,
    slots: SLOTS,
    sizes: { slotSize: SLOT_SIZE },
    value: (i) => Uint8Array.from({ length: BYTES }, (_, at) => (i >>> (8 * (at % 4))) ^ at),
  },
  {
    name: 'json',
    codec: json(),
    slots: SLOTS,
    sizes: { slotSize: SLOT_SIZE },
    value: (i) => ({ i: digits(i), pad: 'x'.repeat(BYTES - 26) }),
  },
  {
    name: 'msgpack',
    codec: msgpack(),
    slots: SLOTS,
    sizes: { slotSize: SLOT_SIZE },
    value: (i) => ({ i: digits(i), pad: 'x'.repeat(7), tags: new Set(['a']) }),
  },
  {
    name: 'clone',
    codec: clone(),
    slots: SLOTS,
    sizes: { slotSize: SLOT_SIZE },
    value: (i) => new Map([[digits(i), 'x'.repeat(20)]]),
  },
];

export type RingMaker = (codec: Codec<Any, Any>, options: object) => Ring<Any>;

/** Makes subjects of one topology and one flavour. */
export function subjects(
  create: RingMaker,
  flavour: Flavour,
  readerOf: (ring: Ring<Any>) => RingReader<Any>,
): Make {
  return ({ capacity = 4, ...options } = {}) => {
    const ring = create(flavour.codec, { ...flavour.sizes, ...options, capacity: capacity * flavour.slots });
    const reader = readerOf(ring);
    const { writer } = ring;
    const values = (count: number, first = 0) =>
      Array.from({ length: count }, (_, i) => flavour.value(first + i));
    const depth = (count: number) => (ring.topology === 'broadcast' ? count * flavour.slots : count);
    return { ring, writer, reader, value: flavour.value, values, depth };
  };
}

/** Everything that is there, taken by `drain`. */
export function drained(reader: RingReader<Any>, max?: number): Any[] {
  const seen: Any[] = [];
  reader.drain((view) => seen.push(copy(view)), max);
  return seen;
}

/** Everything that is there, taken one by one. */
export function polled(reader: RingReader<Any>): Any[] {
  const seen: Any[] = [];
  for (let value = reader.poll(); value !== undefined; value = reader.poll()) seen.push(value);
  return seen;
}
