import type { EncodedId } from './encoded-id.ts';
import { OWNER_MAX } from './lease-word.ts';

/**
 * The ids that a `DedupTable` knows, in the order of their claims: a ring of entries, twice as long as the window, so an entry is
 * overwritten long after its id stopped to count.
 *
 *   word 0    32
 *   ├─────────┼───────────┤
 *   │ counter │ entries   │     and whether all entries have been used once
 *   └─────────┴───────────┘
 *   entry: │ word: number 21 · owner 7 · state 3 │ hash │ time │ partition │ offset f64 │ bytes of id │ id … │ before │ attempt │
 *
 * The word names the entry as long as it stays: its number, whose it is, and what has become of it. `dedup-table.ts` has the order of the
 * steps; the numbers here are those there.
 */
const COUNTER = 0;
const USED_UP = 1;
const ENTRIES = 32;
const HASH = 1;
const TIME = 2;
const PARTITION = 3;
const OFFSET = 4;
const ID_BYTES = 6;
const ID = 7;
/** What the partition says was written last when the message is about to be. */
const BEFORE = 22;
/** The partition plus 1, while the message is being written; 0 while it is not. */
const ATTEMPT = 23;
const ENTRY_WORDS: number = 24;

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

/** Where a message is. */
export interface Whereabouts {
  readonly partition: number;
  readonly offset: number;
}

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

  /** Takes an entry and fills it; its number. Passes over entries that a thread is still at work on. */
  publish(id: EncodedId, owner: number, nowMs: number): number {
    for (;;) {
      const number = (Atomics.add(this.#words, COUNTER, 1) >>> 0) % NUMBERS;
      if (number === this.#mask) Atomics.store(this.#words, USED_UP, 1);
      const at = this.at(number);
      const old = Atomics.load(this.#words, at);
      const state = stateOf(old);
      if (state >= FILLING && state <= CLAIMED) continue;
      if (Atomics.compareExchange(this.#words, at, old, wordOf(number, owner, FILLING)) !== old) continue;
      this.#fill(at, id, nowMs);
      Atomics.store(this.#words, at, wordOf(number, owner, TRYING)); // 1.
      return number;
    }
  }

  #fill(at: number, id: EncodedId, nowMs: number): void {
    this.#words[at + HASH] = id.hash;
    this.#words[at + TIME] = nowMs | 0;
    this.#words[at + ID_BYTES] = id.length;
    this.#words[at + ATTEMPT] = 0;
    for (let i = 0; i < id.length; i += 4) this.#words[at + ID + (i >> 2)] = id.words[i >> 2] as number;
  }

  /** The message is about to be written to a partition in which its thread wrote `before` last. */
  beginAttempt(at: number, { partition, before }: Attempt): void {
    Atomics.store(this.#words, at + BEFORE, before);
    Atomics.store(this.#words, at + ATTEMPT, partition + 1); // 4.
  }

  endAttempt(at: number): void {
    Atomics.store(this.#words, at + ATTEMPT, 0);
  }

  attemptAt(at: number): Attempt | undefined {
    const attempt = Atomics.load(this.#words, at + ATTEMPT);
    return attempt === 0
      ? undefined
      : { partition: attempt - 1, before: Atomics.load(this.#words, at + BEFORE) };
  }

  /** Notes where the message is, before the word says SENT. */
  note(at: number, { partition, offset }: Whereabouts): void {
    this.#words[at + PARTITION] = partition;
    this.#offsets[(at + OFFSET) >> 1] = offset;
  }

  noted(at: number): Whereabouts {
    return {
      partition: this.#words[at + PARTITION] as number,
      offset: this.#offsets[(at + OFFSET) >> 1] as number,
    };
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

  /** Whether the id of an entry still counts. */
  counts(number: number, nowMs: number): boolean {
    const at = this.at(number);
    const word = this.wordAt(at);
    const state = stateOf(word);
    if (numberOf(word) !== number || state === FREE || state === GONE) return false;
    return state < SENT || this.isRecent(number, nowMs);
  }

  /** Whether so few claims, and so little time, have gone by since. */
  isRecent(number: number, nowMs: number): boolean {
    const newer = ((Atomics.load(this.#words, COUNTER) >>> 0) - number + NUMBERS) % NUMBERS;
    const time = this.#words[this.at(number) + TIME] as number;
    return newer <= this.#window && (((nowMs | 0) - time) | 0) < this.#ms;
  }

  /** How many entries have ever been used: the counter tells before it has gone round. */
  get used(): number {
    const isUsedUp = Atomics.load(this.#words, USED_UP) !== 0;
    const claims = Atomics.load(this.#words, COUNTER) >>> 0;
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
