import { OptionError } from '../../ring/index.ts';
import {
  type Attempt,
  CLAIMED,
  DedupEntries,
  FILLING,
  GONE,
  isLower,
  NO_ENTRY,
  NUMBER_BITS,
  NUMBERS,
  numberOf,
  ownerOf,
  SENT,
  stateOf,
  TRYING,
  wordOf,
} from './dedup-entries.ts';
import { EncodedId } from './encoded-id.ts';

export interface DedupOptions {
  /** Ids that are remembered. As many messages with ids can at least be waiting for room. Default 8192, at most 262,144. */
  readonly window?: number;
  /** For how many milliseconds after they were sent. Default five minutes. */
  readonly ms?: number;
}

/** The id is known: its message is in the log already. */
export const DUPLICATE = -1;
/** Another thread is about to send a message with this id, or has just tried: ask again. */
export const UNDECIDED = -2;
/** As many ids are claimed as there are entries for: ask again when one has been confirmed or withdrawn. */
export const CROWDED = -3;
const UNKNOWN = 0;

/**
 * Which ids have been sent lately, over all threads: a window bounded by count and by age, for duplicate detection. What counts
 * is what was sent; claims that came to nothing leave no trace.
 *
 *   ├───────────────────────────────┼───────────────────────┤
 *   │ entries: see dedup-entries.ts │ places, 8 · window    │
 *   └───────────────────────────────┴───────────────────────┘
 *
 * Places are an open-addressing table of entry numbers with ten bits of the id's hash, an eighth full; a
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
 *      with the same id at least one sees the other, since their chains begin at the same place. A place is taken over when
 *      its entry is out of use, which is for good: a word goes on to GONE or SENT, ages, and is overwritten, but is never claimed
 *      anew. So whoever takes a place over by an old look takes nothing from anybody, and a withdrawn claim is not taken up again.
 *   3. Of two that are TRYING, the lower number goes on: it makes the other's word GONE, or the higher one gives up by
 *      itself. A claim counts from its compare-and-swap TRYING → CLAIMED on, and only one of these two steps can succeed.
 *   4. `before` is stored ahead of `partition`, and `partition` ahead of the writing: repair finds all that happened.
 *   5. What is noted of a message, its age among it, is stored ahead of the word SENT, and read behind it. Ages are handed
 *      out by one addition each, so no more ids than the window's are of an age that counts. A death between that addition and
 *      SENT costs the window one place.
 * - Death: the word names the owner; see `repair`.
 */
/** Places for each id of the window. */
const PLACES_EACH = 8;
/**
 * Places a chain has. At an eighth full, as many live ids in a row come about once in 10⁸ (linear probing; Knuth, TAOCP
 * 6.4); then one is forgotten early.
 */
const CHAIN = 16;
const WINDOW_MAX = 262_144;

export class DedupTable {
  /** Where the message is that the last `claim` found to be known. */
  partition = 0;
  offset = 0;
  readonly #entries: DedupEntries;
  readonly #places: Int32Array;
  /** The id that the call is about. */
  readonly #id: EncodedId = new EncodedId();
  /** The upper bits of the id's places; never 0, so that a place in use is not. */
  #refBits = 0;

  static bytes(options: DedupOptions = {}): number {
    const size = sizeOf(options);
    return (DedupEntries.words(size) + PLACES_EACH * size) * 4;
  }

  /** @param byteOffset a multiple of 128; `bytes(options)` from there on are the table's, zeroed by whoever creates it */
  constructor(buffer: SharedArrayBuffer, byteOffset: number, options: DedupOptions = {}) {
    const { window = 8192, ms = 300_000 } = options;
    if (!(ms > 0 && ms < 2 ** 31))
      throw new OptionError('dedup.ms', `dedup.ms must be above 0 and below 2³¹, got ${ms}.`);
    const size = sizeOf(options);
    this.#entries = new DedupEntries(buffer, byteOffset, size, { window, ms });
    this.#places = new Int32Array(buffer, byteOffset + DedupEntries.words(size) * 4, PLACES_EACH * size);
  }

  /**
   * Claims an id for a message about to be sent: a ticket above 0 for `confirm` or `withdraw`, DUPLICATE (`partition` and
   * `offset` say where the message is), UNDECIDED, or CROWDED.
   */
  claim(id: string, owner: number, nowMs: number): number {
    this.#id.set(id);
    this.#refBits = (this.#id.hash >>> 22 || 1) << NUMBER_BITS;
    const known = this.#search(0, nowMs);
    if (known !== UNKNOWN) return known;
    const number = this.#entries.publish(this.#id, owner, nowMs);
    if (number === NO_ENTRY) return CROWDED;
    const word = wordOf(number, owner, TRYING);
    this.#place(number, nowMs); // 2.
    const outcome = this.#search(word, nowMs);
    const at = this.#entries.at(number);
    if (outcome === UNKNOWN && this.#entries.change(at, word, CLAIMED)) return wordOf(number, owner, CLAIMED); // 3.
    this.#entries.change(at, word, GONE);
    return outcome === UNKNOWN ? UNDECIDED : outcome;
  }

  /** The message is about to be written to a partition in which its thread wrote `before` last. */
  begin(ticket: number, partition: number, before: number): void {
    this.#entries.beginAttempt(this.#atOf(ticket), { partition, before });
  }

  /** It was not written, and may be later. */
  end(ticket: number): void {
    this.#entries.endAttempt(this.#atOf(ticket));
  }

  /**
   * The message is in the log, in the partition that `begin` was told. `false` when repair took the claim for a dead thread's, which it
   * does after that thread's end only.
   */
  confirm(ticket: number, offset: number, nowMs: number): boolean {
    const at = this.#atOf(ticket);
    if (this.#entries.wordAt(at) !== ticket) return false;
    this.#entries.note(at, offset, nowMs);
    return this.#entries.change(at, ticket, SENT);
  }

  /** The message was not sent: its id is as if it had never been claimed. */
  withdraw(ticket: number): boolean {
    return this.#entries.change(this.#atOf(ticket), ticket, GONE);
  }

  #atOf(ticket: number): number {
    return this.#entries.at(numberOf(ticket));
  }

  /**
   * Settles what a dead thread had claimed: `sent` says the offset of the message with this id, or of this attempt, or `undefined`
   * when it is not in the log. After the thread's `exit`; may be repeated, and done by several: one that is held up before its note for
   * so long that the entry is another id's by then leaves a wrong offset there, and has that id count for longer.
   */
  repair(
    owner: number,
    nowMs: number,
    sent: (id: string, attempt: Attempt | undefined) => number | undefined,
  ): void {
    const entries = this.#entries;
    for (let number = 0; number < entries.used; number++) {
      const at = entries.at(number);
      const word = entries.wordAt(at);
      const state = stateOf(word);
      if (ownerOf(word) !== owner || state < FILLING || state > CLAIMED) continue;
      const offset = state === CLAIMED ? sent(entries.idAt(at), entries.attemptAt(at)) : undefined;
      if (offset !== undefined) entries.note(at, offset, nowMs);
      entries.change(at, word, offset === undefined ? GONE : SENT);
    }
  }

  /** The index of the place number `i` of the id's chain. */
  #placeAt(i: number): number {
    return (this.#id.hash + i) & (this.#places.length - 1);
  }

  /** Puts a number into the first usable place of the chain, or over the first when all count. */
  #place(number: number, nowMs: number): void {
    for (let i = 0; ; i++) {
      const place = this.#placeAt(i % CHAIN);
      const ref = Atomics.load(this.#places, place);
      if (i < CHAIN && ref !== 0 && this.#entries.counts(ref & (NUMBERS - 1), nowMs)) continue;
      if (Atomics.compareExchange(this.#places, place, ref, this.#refBits | number) === ref) return;
      i--;
    }
  }

  /**
   * Looks for the id along its chain: UNKNOWN when nobody has it, DUPLICATE, or UNDECIDED. `own` is the caller's word, when
   * it is in the table itself; then claims with a higher number are ended.
   */
  #search(own: number, nowMs: number): number {
    for (let i = 0; i < CHAIN; i++) {
      const ref = Atomics.load(this.#places, this.#placeAt(i));
      if (ref === 0) return UNKNOWN;
      if ((ref & ~(NUMBERS - 1)) !== this.#refBits) continue;
      const outcome = this.#ask(ref & (NUMBERS - 1), own, nowMs);
      if (outcome !== UNKNOWN) return outcome;
    }
    return UNKNOWN;
  }

  /** What an entry says of the id looked for. */
  #ask(number: number, own: number, nowMs: number): number {
    const at = this.#entries.at(number);
    for (let word = this.#entries.wordAt(at); ; ) {
      const outcome = this.#meet(at, word, number, own, nowMs);
      const now = this.#entries.wordAt(at);
      if (now === word) return outcome;
      word = now; // 1.
    }
  }

  #meet(at: number, word: number, number: number, own: number, nowMs: number): number {
    const state = stateOf(word);
    const isOther = word === own || numberOf(word) !== number || state < TRYING || state === GONE;
    if (isOther || !this.#entries.isOf(at, this.#id)) return UNKNOWN;
    if (state === CLAIMED) return UNDECIDED;
    if (state === SENT) return this.#entries.isRecent(at, nowMs) ? this.#duplicate(at) : UNKNOWN;
    if (own === 0 || isLower(number, numberOf(own))) return UNDECIDED;
    this.#entries.change(at, word, GONE); // 3.
    return UNKNOWN;
  }

  #duplicate(at: number): number {
    this.partition = this.#entries.partitionAt(at);
    this.offset = this.#entries.offsetAt(at);
    return DUPLICATE;
  }
}

/** The least power of two that is at least the window. */
function sizeOf({ window = 8192 }: DedupOptions): number {
  if (!Number.isInteger(window) || window < 1 || window > WINDOW_MAX)
    throw new OptionError(
      'dedup.window',
      `dedup.window must be a whole number from 1 to ${WINDOW_MAX}, got ${window}.`,
    );
  return 2 ** Math.ceil(Math.log2(Math.max(64, window)));
}
