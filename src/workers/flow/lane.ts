import { type Codec, codecFromSpec, open, type Ring, type RingHandle, spsc } from '../../ring/index.ts';
import { type Columns, type Draft, type Frame, frames } from './frame.ts';

/** A ring of frames from one thread to another. */
export type Lane<T = unknown> = Ring<Draft, Frame<T>>;

export interface LaneOptions {
  readonly columns: Columns;
  /** Frames that may be on their way. */
  readonly depth: number;
  /** Bytes of the largest record. */
  readonly recordBytesMax: number;
}

/** Plain structured-cloneable data. */
export interface LaneHandle {
  readonly ring: RingHandle;
  readonly columns: Columns;
  readonly recordBytesMax: number;
}

/** What a frame may have beside its records: columns, and letters that hold a record each. */
const BESIDE_BYTES = 64 * 1024;

/**
 * A lane has a few large slots, and a frame usually takes one: so the bound of the ring is a number of frames. Memory
 * that was never written to costs nothing but addresses.
 */
export function createLane<T>(records: Codec<T, unknown>, options: LaneOptions): Lane<T> {
  const { columns, depth, recordBytesMax } = options;
  const maxMessageSize = 2 * roundUpToSlots(recordBytesMax) + BESIDE_BYTES;
  const slotSize = Math.max(BESIDE_BYTES, Math.ceil(maxMessageSize / depth / 8) * 8);
  return spsc(frames(records, columns), { capacity: depth, slotSize, maxMessageSize }) as Lane<T>;
}

const roundUpToSlots = (bytes: number): number => Math.ceil(bytes / BESIDE_BYTES) * BESIDE_BYTES;

/** The codec of the records is made from its spec: so only built-in codecs can be used between threads. */
export function openLane<T>({ ring, columns }: LaneHandle): Lane<T> {
  const records = codecFromSpec(ring.codec['of'] as Parameters<typeof codecFromSpec>[0]);
  return open(ring, frames(records as Codec<T, unknown>, columns)) as Lane<T>;
}
