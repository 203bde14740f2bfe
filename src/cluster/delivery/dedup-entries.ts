import type { EncodedId } from './encoded-id.ts';
import { OWNER_MAX } from './lease-word.ts';

/**
 * The ids that a `DedupTable` knows: a ring of entries, twice as long as the window, so that those which count leave at least as many
 * for claims.
 *
 *   word 0                            32
 *   ├─────────────────────────────────┼───────────┤
 *   │ claims │ all used once? │ sends │ entries   │
 *   └─────────────────────────────────┴───────────┘
 *   entry: │ word: number 21 · owner 7 · state 3 │ hash │ time │ age │ offset f64 │ bytes of id │ id … │ before │ partition │
 *
 * The word names the entry as long as it stays: its number, whose it is, and what has become of it. The age is counted in what was sent,
 * not in claims, so that those which are withdrawn push no id out of the window. `dedup-table.ts` has the order of the steps; the
 * numbers here are those there.
 */
const CLAIMS = 0;
const USED_UP = 1;
const SENDS = 2;
const ENTRIES = 32;
const HASH = 1;
/** When the message was sent, in milliseconds of the low 32 bits. */
const TIME = 2;
/** How many were sent before it. */
const AGE = 3;
const OFFSET = 4;
const ID_BYTES = 6;
const ID = 7;
/** What the partition says was written last when the message is about to be. */
const BEFORE = 22;
/** The partition plus 1, while the message is being written and when it is; 0 while it is not. */
const PARTITION = 23;
const ENTRY_WORDS = 24;

const STATE = 7;
const FREE = 0;
export const FILLING = 1;
export const TRYING = 2;
export const CLAIMED = 3;
export const SENT = 4;
export const GONE = 5;
const OWNER_SHIFT = 3;
const NUMBER_SHIFT = 10;
export const NUMBER_BITS = 21;
export const NUMBERS: number = 2 ** NUMBER_BITS;

/** Where a message was about to be written: see `BroadcastRing.publishedAfter`. */
export interface Attempt {
  readonly partition: number;
  readonly before: number;
}

/** `publish` found no entry: as many ids are being sent as there are entries for. */
export const NO_ENTRY: number = -1;

export class DedupEntries {
  readonly #words: Int32Array;
  readonly #offsets: Float64Array;
  readonly #mask: number;
  readonly #window: number;
  readonly #ms: number;

  /** Words of a ring for a window of `size`, a power of two. */
  static words(size: number): number {
    return ENTRIES + 2 * size * ENTRY_WORDS;
  }

  /** @param window how many ids count, at most `size`, and for how many milliseconds */
  constructor(
    buffer: SharedArrayBuffer,
    byteOffset: number,
    size: number,
    { window, ms }: { readonly window: number; readonly ms: number },
  ) {
    this.#words = new Int32Array(buffer, byteOffset, DedupEntries.words(size));
    this.#offsets = new Float64Array(buffer, byteOffset, this.#words.length / 2);
    this.#mask = 2 * size - 1;
    this.#window = window;
    this.#ms = ms;
  }

  /** The index of an entry's word. */
  at(number: number): number {
    return ENTRIES + (number & this.#mask) * ENTRY_WORDS;
  }

  wordAt(at: number): number {
    return Atomics.load(this.#words, at);
  }

  /** One step from the word that was seen; `false` when it has changed. */
  change(at: number, word: number, state: number): boolean {
    return Atomics.compareExchange(this.#words, at, word, withState(word, state)) === word;
  }

  /**
   * Takes an entry and fills it: its number, or NO_ENTRY after a look at each. Passes over entries that a thread is still at work on,
   * and over those whose ids count.
   */
  publish(id: EncodedId, owner: number, nowMs: number): number {
    for (let looked = 0; looked <= this.#mask; looked++) {
      const number = (Atomics.add(this.#words, CLAIMS, 1) >>> 0) % NUMBERS;
      if (number === this.#mask) Atomics.store(this.#words, USED_UP, 1);
      const at = this.at(number);
      const old = Atomics.load(this.#words, at);
      if (this.#isInUse(at, old, nowMs)) continue;
      if (Atomics.compareExchange(this.#words, at, old, wordOf(number, owner, FILLING)) !== old) continue;
      this.#fill(at, id);
      Atomics.store(this.#words, at, wordOf(number, owner, TRYING)); // 1.
      return number;
    }
    return NO_ENTRY;
  }

  #fill(at: number, id: EncodedId): void {
    this.#words[at + HASH] = id.hash;
    this.#words[at + ID_BYTES] = id.length;
    this.#words[at + PARTITION] = 0;
    for (let i = 0; i < id.length; i += 4) this.#words[at + ID + (i >> 2)] = id.words[i >> 2] as number;
  }

  /** Whether the entry with this word is claimed, or its id counts. What is not in use will never be in use again with this word. */
  #isInUse(at: number, word: number, nowMs: number): boolean {
    const state = stateOf(word);
    return state === SENT ? this.isRecent(at, nowMs) : state !== FREE && state !== GONE;
  }

  /** The message is about to be written to a partition in which its thread wrote `before` last. */
  beginAttempt(at: number, { partition, before }: Attempt): void {
    Atomics.store(this.#words, at + BEFORE, before);
    Atomics.store(this.#words, at + PARTITION, partition + 1); // 4.
  }

  endAttempt(at: number): void {
    Atomics.store(this.#words, at + PARTITION, 0);
  }

  attemptAt(at: number): Attempt | undefined {
    const partition = this.partitionAt(at);
    return partition < 0 ? undefined : { partition, before: Atomics.load(this.#words, at + BEFORE) };
  }

  /** Notes where in its partition the message is, and since when, before the word says SENT. */
  note(at: number, offset: number, nowMs: number): void {
    this.#offsets[(at + OFFSET) >> 1] = offset;
    this.#words[at + TIME] = nowMs | 0;
    this.#words[at + AGE] = Atomics.add(this.#words, SENDS, 1); // 5.
  }

  /** Where a message was written to. */
  partitionAt(at: number): number {
    return Atomics.load(this.#words, at + PARTITION) - 1;
  }

  offsetAt(at: number): number {
    return this.#offsets[(at + OFFSET) >> 1] as number;
  }

  idAt(at: number): string {
    const length = this.#words[at + ID_BYTES] as number;
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = (this.#words[at + ID + (i >> 2)] as number) >>> ((i & 3) * 8);
    return new TextDecoder().decode(bytes);
  }

  /** Whether it is the entry of this id. It may be overwritten meanwhile, which the caller finds out; hence the atomic loads. */
  isOf(at: number, id: EncodedId): boolean {
    if (Atomics.load(this.#words, at + HASH) !== id.hash) return false;
    if (Atomics.load(this.#words, at + ID_BYTES) !== id.length) return false;
    for (let i = 0; i < id.length; i += 4) {
      if (Atomics.load(this.#words, at + ID + (i >> 2)) !== id.words[i >> 2]) return false;
    }
    return true;
  }

  /** Whether the entry with this number is there, and claimed, or its id counts. */
  counts(number: number, nowMs: number): boolean {
    const at = this.at(number);
    const word = this.wordAt(at);
    return numberOf(word) === number && this.#isInUse(at, word, nowMs);
  }

  /** Whether so few were sent, and so little time has gone by, since the message of this entry was sent. */
  isRecent(at: number, nowMs: number): boolean {
    const newer = (Atomics.load(this.#words, SENDS) - (this.#words[at + AGE] as number)) | 0;
    return newer <= this.#window && (((nowMs | 0) - (this.#words[at + TIME] as number)) | 0) < this.#ms;
  }

  /** How many entries have ever been used: the counter tells before it has gone round. */
  get used(): number {
    const isUsedUp = Atomics.load(this.#words, USED_UP) !== 0;
    const claims = Atomics.load(this.#words, CLAIMS) >>> 0;
    return isUsedUp ? this.#mask + 1 : Math.min(claims, this.#mask + 1);
  }
}

export const wordOf = (number: number, owner: number, state: number): number =>
  (number << NUMBER_SHIFT) | (owner << OWNER_SHIFT) | state;
export const stateOf = (word: number): number => word & STATE;
const withState = (word: number, state: number): number => (word & ~STATE) | state;
export const ownerOf = (word: number): number => (word >>> OWNER_SHIFT) & OWNER_MAX;
export const numberOf = (word: number): number => word >>> NUMBER_SHIFT;
/** Whether the claim with number `a` came before that with `b`. */
export const isLower = (a: number, b: number): boolean => (b - a + NUMBERS) % NUMBERS < NUMBERS / 2;
