/**
 * Where everything lies in the shared memory of a consumer group. No other file holds an offset. Numbers are int32 words;
 * a line is 32 words, so that words which different threads write stand apart.
 *
 *   line
 *   0     │ plan · joins · assignor                        (written by whoever changes the membership)        │
 *   1     │ member 1, 2 … 64: one line each                (written by its thread, and by repair after its end) │
 *   65    │ partition 0, 1 …: one line each                (written by its owner, and by repair after its end)  │
 *         │ plan areas: two for each seat of the lot       (written by that seat's thread)                      │
 *         │ tallies: one for each member and partition     (written by the member's thread, in shared groups)   │
 *
 * A plan area names a member for each partition, a byte each, four to a word.
 */
const LINE = 32;

// The group's first line.
/** What is in force: generation (24 bits), seat (7), which of the seat's two areas (1). */
export const PLAN = 0;
/** How many members have joined since the beginning: tells who was first. */
export const JOINS = 1;
/** One more than the number of the assignor's name; 0 before the first member. */
export const ASSIGNOR = 2;
/** The token bucket of the group's rate limit. */
export const RATE = 3;

// A member's line.
/** Its thread's token (29 bits) and its state (3 bits), so that a line and its owner are one step. */
export const STATE = 0;
/** The seat of its thread in the parking lot: where its bell is. */
export const SEAT = 1;
/** How many had joined before. */
export const ORDER = 2;
export const NAME_BYTES = 4;
export const NAME = 8;
export const NAME_BYTES_MAX: number = (LINE - NAME) * 4;

// A partition's line.
/** Who reads it: epoch (25 bits), member (7 bits; 0 for nobody). */
export const OWNER = 0;
/** The static member it comes back to, 0 for none. */
export const HOME = 1;
/** How many threads have died one after the other while the group's cursor stood at DIED_AT. */
export const DEATHS = 2;
/** The sequence that DEATHS speaks of. */
export const DIED_AT = 3;
/** How often the handler has failed with the message at ERRORS_AT, for an owner that goes on with it. */
export const ERRORS = 4;
export const ERRORS_AT = 5;
/**
 * float64 counters, written by the owner alone: messages acknowledged, given to a handler again, given up, over their time to live, and
 * missed because producers went on over them.
 */
export const ACKED = 8;
export const REDELIVERED = 10;
export const DEAD = 12;
export const EXPIRED = 14;
export const MISSED = 16;
/** Words of a member's tally of a partition that all members share: the first four of these counters. */
const TALLY_WORDS = 8;
export type Counter = typeof ACKED | typeof REDELIVERED | typeof DEAD | typeof EXPIRED | typeof MISSED;

/** Groups of a topic. The subscriptions of a partition above these are for looking at it without a group. */
export const GROUPS = 28;
export const MEMBERS = 64;
const SEATS = 128;
const MEMBER_LINES = 1;
const PARTITION_LINES: number = MEMBER_LINES + MEMBERS;

/** Words of a plan area. */
export const areaWords = (partitions: number): number => Math.ceil(partitions / 4);

/** Words of one group. */
export function groupWords(partitions: number): number {
  return talliesAt(partitions) + MEMBERS * tallyWords(partitions);
}

/** Where the tallies begin. */
function talliesAt(partitions: number): number {
  return inLines((PARTITION_LINES + partitions) * LINE + 2 * SEATS * areaWords(partitions));
}

/** Words of one member's tallies: what different threads write stands in different lines. */
const tallyWords = (partitions: number): number => inLines(partitions * TALLY_WORDS);

const inLines = (words: number): number => Math.ceil(words / LINE) * LINE;

/** The words of one group, found by name. */
export class GroupMemory {
  readonly words: Int32Array;
  readonly f64: Float64Array;
  readonly partitions: number;
  readonly #at: number;

  constructor(buffer: SharedArrayBuffer, group: number, partitions: number) {
    this.words = new Int32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.partitions = partitions;
    this.#at = group * groupWords(partitions);
  }

  /** The index of a word of the group's first line. */
  group(word: number): number {
    return this.#at + word;
  }

  member(member: number, word: number): number {
    return this.#at + (MEMBER_LINES + member - 1) * LINE + word;
  }

  partition(partition: number, word: number): number {
    return this.#at + (PARTITION_LINES + partition) * LINE + word;
  }

  /** A counter of a member's own, for a partition that all members share. */
  tally(member: number, partition: number, counter: Counter): number {
    const tallies = this.#at + talliesAt(this.partitions);
    return tallies + (member - 1) * tallyWords(this.partitions) + partition * TALLY_WORDS + (counter - ACKED);
  }

  /** Adds to a counter. By its one writer. */
  add(word: number, by: number): void {
    this.f64[word >> 1] = this.numberAt(word) + by;
  }

  /** The counter at a word. */
  numberAt(word: number): number {
    return this.f64[word >> 1] as number;
  }

  /** Where the plan area begins that the low byte of a plan word names. */
  area(plan: number): number {
    return this.#at + (PARTITION_LINES + this.partitions) * LINE + (plan & 0xff) * areaWords(this.partitions);
  }

  nameOf(member: number): string {
    const at = this.member(member, NAME) * 4;
    const length = this.words[this.member(member, NAME_BYTES)] as number;
    return new TextDecoder().decode(new Uint8Array(this.words.buffer).slice(at, at + length));
  }

  setName(member: number, name: string): void {
    const bytes = new TextEncoder().encode(name);
    new Uint8Array(this.words.buffer).set(bytes, this.member(member, NAME) * 4);
    this.words[this.member(member, NAME_BYTES)] = bytes.length;
  }
}
