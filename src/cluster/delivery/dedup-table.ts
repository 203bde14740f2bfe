import { OptionError } from '../../ring/index.ts';
import { EncodedId } from './encoded-id.ts';
import { OWNER_MAX } from './lease-word.ts';

export interface DedupOptions {
  /** Ids that are remembered, at least. Default 8192, at most 262,144. */
  readonly window?: number;
  /** For how many milliseconds. Default five minutes. */
  readonly ms?: number;
}

/** The id is known: its message is in the log already. */
export const DUPLICATE = -1;
/** Another thread is about to send a message with this id, or has just tried: ask again. */
export const UNDECIDED = -2;
const UNKNOWN = 0;

/**
 * Which ids have been sent lately, over all threads: a window bounded by count and by age, for duplicate detection.
 *
 *   word 0    32          32 + 2·window·ENTRY     + 8·window
 *   ├─────────┼───────────┼───────────────────────┤
 *   │ counter │ entries   │ places                │     and whether all entries have been used once
 *   └─────────┴───────────┴───────────────────────┘
 *   entry: │ word: number 21 · owner 7 · state 3 │ hash │ time │ partition │ offset f64 │ bytes of id │ id … │ before │ attempt │
 *
 * Entries form a ring in the order of claims, twice as long as the window, so an entry is overwritten long after its id
 * stopped to count. Places are an open-addressing table of entry numbers with ten bits of the id's hash, an eighth full; a
 * place whose entry does not count any more is taken over in place, so nothing is ever deleted.
 *
 * An id is *claimed* before its message is written and *confirmed* after it: a producer that dies in between leaves a claim,
 * which repair turns into a confirmation or takes back, by asking the partition whether the message was written. Remembering the
 * id in one step would lose the message or double it. A claim may wait for room for long, with other messages of its thread
 * going by: only while it says *attempt* is what its thread wrote last perhaps its message.
 *
 * - Callers: any thread, each with an object of its own.
 * - Progress: lock-free. `UNDECIDED` is the answer when the outcome depends on another thread.
 * - Order:
 *   1. An entry is filled while its word says FILLING, and published by the word TRYING. Who compares an id with an entry
 *      looks at the word again afterwards: unchanged, the entry was that one throughout.
 *   2. A claimer puts its number into the first usable place of its chain and *then* looks through the whole chain. Of two
 *      with the same id at least one sees the other, since their chains begin at the same place.
 *   3. Of two that are TRYING, the lower number goes on: it makes the other's word GONE, or the higher one gives up by
 *      itself. A claim counts from its compare-and-swap TRYING → CLAIMED on, and only one of these two steps can succeed.
 *   4. `before` is stored ahead of `attempt`, and `attempt` ahead of the writing: repair finds all that happened.
 * - Death: the word names the owner; see `repair`.
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
const FILLING = 1;
const TRYING = 2;
const CLAIMED = 3;
const SENT = 4;
const GONE = 5;
const OWNER_SHIFT = 3;
const NUMBER_SHIFT = 10;
const NUMBER_BITS = 21;
const NUMBERS: number = 2 ** NUMBER_BITS;

/** Places for each id of the window. */
const PLACES_EACH = 8;
/**
 * Places a chain has. At an eighth full, as many live ids in a row come about once in 10⁸ (linear probing; Knuth, TAOCP
 * 6.4); then one is forgotten early.
 */
const CHAIN = 16;
const WINDOW_MAX = 262_144;

/** Where a message was about to be written: see `BroadcastRing.publishedAfter`. */
export interface Attempt {
  readonly partition: number;
  readonly before: number;
}

export class DedupTable {
  /** Where the message is that the last `claim` found to be known. */
  partition = 0;
  offset = 0;
  readonly #words: Int32Array;
  readonly #offsets: Float64Array;
  readonly #window: number;
  readonly #ms: number;
  readonly #entryMask: number;
  readonly #places: number;
  readonly #placeMask: number;
  /** The id that the call is about. */
  readonly #id: EncodedId = new EncodedId();
  /** The upper bits of the id's places; never 0, so that a place in use is not. */
  #refBits = 0;

  static bytes(options: DedupOptions = {}): number {
    return (ENTRIES + 2 * sizeOf(options) * ENTRY_WORDS + PLACES_EACH * sizeOf(options)) * 4;
  }

  /** @param byteOffset a multiple of 128; `bytes(options)` from there on are the table's, zeroed by whoever creates it */
  constructor(buffer: SharedArrayBuffer, byteOffset: number, options: DedupOptions = {}) {
    const { window = 8192, ms = 300_000 } = options;
    if (!(ms > 0 && ms < 2 ** 31))
      throw new OptionError('dedup.ms', `dedup.ms must be above 0 and below 2³¹, got ${ms}.`);
    const size = sizeOf(options);
    this.#words = new Int32Array(buffer, byteOffset, DedupTable.bytes(options) / 4);
    this.#offsets = new Float64Array(buffer, byteOffset, this.#words.length / 2);
    this.#window = window;
    this.#ms = ms;
    this.#entryMask = 2 * size - 1;
    this.#places = ENTRIES + 2 * size * ENTRY_WORDS;
    this.#placeMask = PLACES_EACH * size - 1;
  }

  /**
   * Claims an id for a message about to be sent: a ticket above 0 for `confirm` or `withdraw`, DUPLICATE (`partition` and
   * `offset` say where the message is), or UNDECIDED.
   */
  claim(id: string, owner: number, nowMs: number): number {
    this.#id.set(id);
    this.#refBits = (this.#id.hash >>> 22 || 1) << NUMBER_BITS;
    const known = this.#search(0, nowMs);
    if (known !== UNKNOWN) return known;
    const number = this.#publish(owner, nowMs);
    const word = wordOf(number, owner, TRYING);
    this.#place(number, nowMs); // 2.
    const outcome = this.#search(word, nowMs);
    const claimed = wordOf(number, owner, CLAIMED);
    const at = this.#entry(number);
    if (outcome === UNKNOWN && Atomics.compareExchange(this.#words, at, word, claimed) === word)
      return claimed; // 3.
    Atomics.compareExchange(this.#words, at, word, wordOf(number, owner, GONE));
    return outcome === UNKNOWN ? UNDECIDED : outcome;
  }

  /** The message is about to be written to a partition in which its thread wrote `before` last. */
  begin(ticket: number, partition: number, before: number): void {
    const at = this.#entry(ticket >>> NUMBER_SHIFT);
    Atomics.store(this.#words, at + BEFORE, before);
    Atomics.store(this.#words, at + ATTEMPT, partition + 1); // 4.
  }

  /** It was not written, and may be later. */
  end(ticket: number): void {
    Atomics.store(this.#words, this.#entry(ticket >>> NUMBER_SHIFT) + ATTEMPT, 0);
  }

  /**
   * The message is in the log. `false` when repair took the claim for a dead thread's, which it does after that thread's end
   * only.
   */
  confirm(ticket: number, partition: number, offset: number): boolean {
    const at = this.#entry(ticket >>> NUMBER_SHIFT);
    if (Atomics.load(this.#words, at) !== ticket) return false;
    this.#note(at, partition, offset);
    return Atomics.compareExchange(this.#words, at, ticket, withState(ticket, SENT)) === ticket;
  }

  /** The message was not sent: its id is as if it had never been claimed. */
  withdraw(ticket: number): boolean {
    const at = this.#entry(ticket >>> NUMBER_SHIFT);
    return Atomics.compareExchange(this.#words, at, ticket, withState(ticket, GONE)) === ticket;
  }

  /**
   * Settles what a dead thread had claimed: `sent` says where the message with this id, or of this attempt, is, or `undefined`
   * when it is not in the log. After the thread's `exit`; may be repeated, and done by several.
   */
  repair(
    owner: number,
    sent: (
      id: string,
      attempt: Attempt | undefined,
    ) => { readonly partition: number; readonly offset: number } | undefined,
  ): void {
    for (let number = 0; number < this.#used; number++) {
      const at = this.#entry(number);
      const word = Atomics.load(this.#words, at);
      const state = word & STATE;
      if (ownerOf(word) !== owner || state < FILLING || state > CLAIMED) continue;
      const where = state === CLAIMED ? sent(this.#idAt(at), this.#attemptAt(at)) : undefined;
      if (where !== undefined) this.#note(at, where.partition, where.offset);
      Atomics.compareExchange(this.#words, at, word, withState(word, where === undefined ? GONE : SENT));
    }
  }

  /** How many entries have ever been used: the counter tells before it has gone round. */
  get #used(): number {
    const isUsedUp = Atomics.load(this.#words, USED_UP) !== 0;
    const claims = Atomics.load(this.#words, COUNTER) >>> 0;
    return isUsedUp ? this.#entryMask + 1 : Math.min(claims, this.#entryMask + 1);
  }

  #attemptAt(at: number): Attempt | undefined {
    const attempt = Atomics.load(this.#words, at + ATTEMPT);
    return attempt === 0
      ? undefined
      : { partition: attempt - 1, before: Atomics.load(this.#words, at + BEFORE) };
  }

  #note(at: number, partition: number, offset: number): void {
    this.#words[at + PARTITION] = partition;
    this.#offsets[(at + OFFSET) >> 1] = offset;
  }

  #idAt(at: number): string {
    const length = this.#words[at + ID_BYTES] as number;
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = (this.#words[at + ID + (i >> 2)] as number) >>> ((i & 3) * 8);
    return new TextDecoder().decode(bytes);
  }

  #entry(number: number): number {
    return ENTRIES + (number & this.#entryMask) * ENTRY_WORDS;
  }

  /** Takes an entry and fills it; its number. Passes over entries that a thread is still at work on. */
  #publish(owner: number, nowMs: number): number {
    for (;;) {
      const number = (Atomics.add(this.#words, COUNTER, 1) >>> 0) % NUMBERS;
      if (number === this.#entryMask) Atomics.store(this.#words, USED_UP, 1);
      const at = this.#entry(number);
      const old = Atomics.load(this.#words, at);
      const state = old & STATE;
      if (state >= FILLING && state <= CLAIMED) continue;
      if (Atomics.compareExchange(this.#words, at, old, wordOf(number, owner, FILLING)) !== old) continue;
      this.#fill(at, nowMs);
      Atomics.store(this.#words, at, wordOf(number, owner, TRYING)); // 1.
      return number;
    }
  }

  #fill(at: number, nowMs: number): void {
    this.#words[at + HASH] = this.#id.hash;
    this.#words[at + TIME] = nowMs | 0;
    this.#words[at + ID_BYTES] = this.#id.length;
    this.#words[at + ATTEMPT] = 0;
    for (let i = 0; i < this.#id.length; i += 4)
      this.#words[at + ID + (i >> 2)] = this.#id.words[i >> 2] as number;
  }

  /** Puts a number into the first usable place of the chain, or over the first when all count. */
  #place(number: number, nowMs: number): void {
    for (let i = 0; ; i++) {
      const place = this.#places + ((this.#id.hash + (i % CHAIN)) & this.#placeMask);
      const ref = Atomics.load(this.#words, place);
      if (i < CHAIN && ref !== 0 && this.#counts(ref & (NUMBERS - 1), nowMs)) continue;
      if (Atomics.compareExchange(this.#words, place, ref, this.#refBits | number) === ref) return;
      i--;
    }
  }

  /** Whether the id of an entry still counts. */
  #counts(number: number, nowMs: number): boolean {
    const at = this.#entry(number);
    const word = Atomics.load(this.#words, at);
    const state = word & STATE;
    if (word >>> NUMBER_SHIFT !== number || state === FREE || state === GONE) return false;
    return state < SENT || this.#isWithin(number, this.#words[at + TIME] as number, nowMs);
  }

  #isWithin(number: number, time: number, nowMs: number): boolean {
    const newer = ((Atomics.load(this.#words, COUNTER) >>> 0) - number + NUMBERS) % NUMBERS;
    return newer <= this.#window && (((nowMs | 0) - time) | 0) < this.#ms;
  }

  /**
   * Looks for the id along its chain: UNKNOWN when nobody has it, DUPLICATE, or UNDECIDED. `own` is the caller's word, when
   * it is in the table itself; then claims with a higher number are ended.
   */
  #search(own: number, nowMs: number): number {
    for (let i = 0; i < CHAIN; i++) {
      const ref = Atomics.load(this.#words, this.#places + ((this.#id.hash + i) & this.#placeMask));
      if (ref === 0) return UNKNOWN;
      if ((ref & ~(NUMBERS - 1)) !== this.#refBits) continue;
      const number = ref & (NUMBERS - 1);
      const at = this.#entry(number);
      for (let word = Atomics.load(this.#words, at); ; ) {
        const outcome = this.#meet(at, word, number, own, nowMs);
        const now = Atomics.load(this.#words, at);
        if (now === word) {
          if (outcome !== UNKNOWN) return outcome;
          break;
        }
        word = now; // 1.
      }
    }
    return UNKNOWN;
  }

  /** What an entry with this word says of the id looked for. */
  #meet(at: number, word: number, number: number, own: number, nowMs: number): number {
    const state = word & STATE;
    if (
      word === own ||
      word >>> NUMBER_SHIFT !== number ||
      state < TRYING ||
      state === GONE ||
      !this.#isSame(at)
    )
      return UNKNOWN;
    if (state === CLAIMED) return UNDECIDED;
    if (state === SENT) {
      if (!this.#isWithin(number, this.#words[at + TIME] as number, nowMs)) return UNKNOWN;
      this.partition = this.#words[at + PARTITION] as number;
      this.offset = this.#offsets[(at + OFFSET) >> 1] as number;
      return DUPLICATE;
    }
    if (own === 0 || isLower(number, own >>> NUMBER_SHIFT)) return UNDECIDED;
    Atomics.compareExchange(this.#words, at, word, withState(word, GONE)); // 3.
    return UNKNOWN;
  }

  /** The entry may be overwritten meanwhile, which the caller finds out; hence the atomic loads. */
  #isSame(at: number): boolean {
    if (Atomics.load(this.#words, at + HASH) !== this.#id.hash) return false;
    if (Atomics.load(this.#words, at + ID_BYTES) !== this.#id.length) return false;
    for (let i = 0; i < this.#id.length; i += 4) {
      if (Atomics.load(this.#words, at + ID + (i >> 2)) !== this.#id.words[i >> 2]) return false;
    }
    return true;
  }
}

const wordOf = (number: number, owner: number, state: number): number =>
  (number << NUMBER_SHIFT) | (owner << OWNER_SHIFT) | state;
const withState = (word: number, state: number): number => (word & ~STATE) | state;
const ownerOf = (word: number): number => (word >>> OWNER_SHIFT) & OWNER_MAX;
const isLower = (a: number, b: number): boolean => (b - a + NUMBERS) % NUMBERS < NUMBERS / 2;

/** The least power of two that is at least the window. */
function sizeOf({ window = 8192 }: DedupOptions): number {
  if (!Number.isInteger(window) || window < 1 || window > WINDOW_MAX)
    throw new OptionError(
      'dedup.window',
      `dedup.window must be a whole number from 1 to ${WINDOW_MAX}, got ${window}.`,
    );
  return 2 ** Math.ceil(Math.log2(Math.max(64, window)));
}
