import { GROUPS, MEMBERS } from './group-memory.ts';

/**
 * How long messages took from when they were sent until they were handled: counts by time, one row of them for each member of each group,
 * in shared memory.
 *
 * A bucket holds microseconds that agree in their highest six bits (log-linear buckets, as in Tene's HdrHistogram): those up to 63 exactly,
 * longer ones within 1/32.
 *
 * Order: a row is written by its member's thread alone, by plain additions, and its number goes to another thread only after the member
 * has left or was repaired; rows are never cleared, so the counts of a thread that has died stay. Nobody decides anything by them: who
 * adds the rows up meanwhile may miss the last few.
 */
const SUB_BITS = 5;
const SUB_BUCKETS: number = 1 << SUB_BITS;
const LONGEST_US: number = 2 ** 32 - 1;
/** Buckets for all microseconds of 32 bits: over an hour. */
export const BUCKETS: number = (32 - SUB_BITS + 1) * SUB_BUCKETS;
/** After the buckets of a row, the longest time in it. */
const LONGEST: number = BUCKETS;
/** Numbers of a row, in lines of 16. */
const ROW: number = BUCKETS + 16;

export const LATENCY_BYTES: number = GROUPS * MEMBERS * ROW * 8;

/** @param us whole microseconds, below 2³² */
export function bucketOf(us: number): number {
  const shift = Math.max(0, 31 - SUB_BITS - Math.clz32(us));
  return (shift << SUB_BITS) + (us >>> shift);
}

/** The middle of a bucket, in microseconds. */
export function middleOf(bucket: number): number {
  const shift = Math.max(0, (bucket >> SUB_BITS) - 1);
  const lowest = (bucket - (shift << SUB_BITS)) * 2 ** shift;
  return lowest + ((2 ** shift) >>> 1);
}

/** What a topic that measures offers to its groups. */
export interface LatencySource {
  readonly rows: Float64Array;
  /** By the clock that stamps messages. */
  now(): number;
}

const rowOf = (group: number, member: number): number => (group * MEMBERS + member - 1) * ROW;

/** Notes the times of one member. Used by its thread alone; wait-free. */
export class LatencyMeter {
  readonly #rows: Float64Array;
  readonly #row: number;
  readonly #now: () => number;

  constructor({ rows, now }: LatencySource, group: number, member: number) {
    this.#rows = rows;
    this.#row = rowOf(group, member);
    this.#now = now;
  }

  /** A message that was sent then has been handled. One that claims to be of the future took no time. */
  record(sentAtMs: number): void {
    const us = Math.round((this.#now() - sentAtMs) * 1000);
    const bounded = us > 0 ? Math.min(us, LONGEST_US) : 0;
    const rows = this.#rows;
    const bucket = this.#row + bucketOf(bounded);
    rows[bucket] = (rows[bucket] as number) + 1;
    const longest = this.#row + LONGEST;
    if (bounded > (rows[longest] as number)) rows[longest] = bounded;
  }
}

export interface LatencyCounts {
  /** By bucket. */
  readonly counts: Float64Array;
  readonly longestUs: number;
}

/** The rows of all members that a group has and had, added up. */
export function latencyOf({ rows }: LatencySource, group: number): LatencyCounts {
  const counts = new Float64Array(BUCKETS);
  let longestUs = 0;
  for (let member = 1; member <= MEMBERS; member++) {
    const row = rowOf(group, member);
    longestUs = Math.max(longestUs, rows[row + LONGEST] as number);
    for (let bucket = 0; bucket < BUCKETS; bucket++)
      counts[bucket] = (counts[bucket] as number) + (rows[row + bucket] as number);
  }
  return { counts, longestUs };
}
