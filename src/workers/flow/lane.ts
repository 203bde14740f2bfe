import {
  type BroadcastRing,
  broadcast,
  type Codec,
  codecFromSpec,
  open,
  type Ring,
  type RingHandle,
  spsc,
} from '../../ring/index.ts';
import { type Columns, type Draft, type Frame, frames } from './frame.ts';
import type { Share } from './share.ts';

/**
 * A ring of frames. From one thread to another it is a ring for one writer and one reader; where several read everything that one thread
 * writes it is a broadcast ring, in which each of them has a cursor and nothing is copied.
 */
export type Lane<T = unknown> = Ring<Draft, Frame<T>>;
export type LaneReader<T> = Lane<T>['reader'];

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
}

/** Where in a lane somebody reads. */
export interface Reading {
  /** In a broadcast ring: with which subscription, after which others, and what of it. */
  readonly subscription?: number;
  readonly after?: readonly number[];
  readonly share?: Share;
  /** Which mark is the hash of the key by which the reader keeps records in order. */
  readonly keyMark?: number;
}

export interface Place<T = unknown> {
  readonly reader: LaneReader<T>;
  readonly share: Share | undefined;
  readonly keyMark: number | undefined;
}

/** What a frame may have beside its records: columns, and letters that hold a record each. */
const BESIDE_BYTES = 64 * 1024;

/**
 * A lane has a few large slots, and a frame usually takes one: so the bound of the ring is a number of frames. Memory
 * that was never written to costs nothing but addresses.
 */
export function createLane<T>(records: Codec<T, unknown>, options: LaneOptions): Lane<T> {
  return spsc(frames(records, options.columns), sizesOf(options)) as Lane<T>;
}

/** A lane of which several read everything. */
export function createLog<T>(records: Codec<T, unknown>, options: LaneOptions): Lane<T> {
  return broadcast(frames(records, options.columns), sizesOf(options)) as unknown as Lane<T>;
}

function sizesOf({ depth, recordBytesMax }: LaneOptions) {
  const maxMessageSize = 2 * roundUpToSlots(recordBytesMax) + BESIDE_BYTES;
  const slotSize = Math.max(BESIDE_BYTES, Math.ceil(maxMessageSize / depth / 8) * 8);
  return { capacity: depth, slotSize, maxMessageSize };
}

const roundUpToSlots = (bytes: number): number => Math.ceil(bytes / BESIDE_BYTES) * BESIDE_BYTES;

/** The codec of the records is made from its spec: so only built-in codecs can be used between threads. */
export function openLane<T>({ ring, columns }: LaneHandle): Lane<T> {
  const records = codecFromSpec(ring.codec['of'] as Parameters<typeof codecFromSpec>[0]);
  return open(ring, frames(records as Codec<T, unknown>, columns)) as Lane<T>;
}

export function placeAt<T>(lane: Lane<T>, { subscription, after, share, keyMark }: Reading): Place<T> {
  if (subscription === undefined) return { reader: lane.reader, share, keyMark };
  const log = lane as unknown as BroadcastRing<Draft, Frame<T>>;
  const reader = log.attach(subscription, after === undefined ? {} : { after });
  return { reader, share, keyMark };
}
