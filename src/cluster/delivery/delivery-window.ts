import { OptionError } from '../../ring/index.ts';
import { countFailure, deathsIn, epochAfter, errorsIn, type Failure } from './attempt-tally.ts';
import {
  ACKED,
  AVAILABLE,
  DEAD,
  DELAYED,
  FRESH,
  HELD,
  isCurrent,
  isFinal,
  isNewer,
  isOwned,
  LAP_SHIFT,
  LEASED,
  leaseWord,
  NEW,
  OWNER_MAX,
  ownerOf,
  STATE,
  withState,
} from './lease-word.ts';
import { deadlineOf, distance, HEAD, WindowHead } from './window-head.ts';

/**
 * What becomes of each message that a group has been given and not committed: a window of state words above the group's
 * cursor in one partition, as in Kafka's share groups (KIP-932).
 *
 *   word 0            32                64                64 + slots         64 + 2·slots
 *   ├─────────────────┼─────────────────┼──────────────────┼──────────────────┼──────────────────┐
 *   │ open            │ due             │ words            │ tallies          │ deadlines        │
 *   │ written by      │ written by      │ written by       │ written by       │ written by       │
 *   │ takers, givers  │ leasers, sweeps │ everybody, CAS   │ who counts, CAS  │ the owner        │
 *   └─────────────────┴─────────────────┴──────────────────┴──────────────────┴──────────────────┘
 *
 * A message is known by its sequence in the partition, a record of several slots by its first one; its entry is
 * `sequence & (slots - 1)`. Nobody leases a sequence at or above cursor + slots. Zeroed memory is a window in which nothing
 * happened.
 *
 * - Callers: any thread, any number at once. An owner's number is used by one thread.
 * - Progress: every call is lock-free; a compare-and-swap fails only because another one succeeded.
 * - Order:
 *   1. A lease is one compare-and-swap on the word. Only its owner, the sweep after its deadline, and repair after the
 *      owner's end move the word on, each by a compare-and-swap from the very word of the lease: of any two, one wins, and a
 *      stale holder always loses.
 *   2. A deadline is written while the word says HELD, when nobody but the owner may move it. Whoever finds LEASED or
 *      DELAYED has read the owner's last step, so the deadline is that lease's; if the word moves on meanwhile, the sweep's
 *      compare-and-swap fails.
 *   3. `due` is at or before every deadline in force, 0 for none. A leaser makes the word LEASED and then looks at `due`; a
 *      sweep sets `due` to 0 and then looks at the words: one of them sees the other.
 *   4. Everything to be had lies at or after `open`, or somebody is about to take it or to move `open` back. Who gives
 *      something back makes its word AVAILABLE and then looks at `open`; a taker moves `open` and then looks at the words.
 * - Death: between two steps, `repair` finds the word naming its owner. It also sets `due` and `open` back, in case the dead
 *   thread had moved one of them and not looked afterwards.
 * - Wrap: sequences are int32 and laps 12 bits, compared by difference. Every entry's word is written in every lap, by a
 *   lease or by `scrub`, so an old word is never taken for a current one. An epoch means the same again after 512 leases of
 *   one entry: a holder would have to keep a lost lease that long, to the very lease and in the same lap.
 */
/** No laps shorter than this, so that their numbers take long to come round. */
const SLOTS_MIN = 64;

export class DeliveryWindow {
  readonly slots: number;
  readonly #head: WindowHead;
  readonly #words: Int32Array;
  readonly #tallies: Int32Array;
  readonly #deadlines: Int32Array;
  readonly #mask: number;
  readonly #bits: number;

  static bytes(slots: number): number {
    checkSlots(slots);
    return (HEAD + 3 * slots) * 4;
  }

  /** @param byteOffset a multiple of 128; `bytes(slots)` from there on are the window's, zeroed by whoever creates it */
  constructor(buffer: SharedArrayBuffer, byteOffset: number, slots: number) {
    checkSlots(slots);
    const words = (part: number) => new Int32Array(buffer, byteOffset + (HEAD + part * slots) * 4, slots);
    this.slots = slots;
    this.#head = new WindowHead(buffer, byteOffset);
    this.#words = words(0);
    this.#tallies = words(1);
    this.#deadlines = words(2);
    this.#mask = slots - 1;
    this.#bits = Math.log2(slots);
  }

  #lapOf(sequence: number): number {
    return (sequence >>> this.#bits) << LAP_SHIFT;
  }

  /**
   * Takes a message for an owner; its token, or 0 when it is done, with somebody else, or not due yet. Without a deadline it
   * is the owner's until it gives it back or dies. A caller that shares the messages with other owners checks afterwards
   * that the sequence is not below the group's cursor, and withdraws if it is.
   */
  lease(sequence: number, owner: number, deadlineMs?: number): number {
    const index = sequence & this.#mask;
    const lap = this.#lapOf(sequence);
    const found = Atomics.load(this.#words, index);
    const current = isCurrent(found, lap);
    if (current ? (found & STATE) !== AVAILABLE : isNewer(found, lap)) return 0;
    const fresh = current ? found & FRESH : FRESH;
    // The tally may be read plainly: it only changes under a lease, and then the step below fails.
    const epoch = epochAfter(found, this.#tallies[index] as number);
    const held = leaseWord(lap, epoch, owner, fresh, HELD);
    if (Atomics.compareExchange(this.#words, index, found, held) !== found) return 0; // 1.
    return deadlineMs === undefined ? held : this.#setDeadline(index, held, LEASED, deadlineMs);
  }

  /** From HELD on to a state with a deadline; the word of that, or 0 when a reset came between. */
  #setDeadline(index: number, held: number, state: number, deadlineMs: number): number {
    const deadline = deadlineOf(deadlineMs);
    const word = withState(held, state);
    Atomics.store(this.#deadlines, index, deadline); // 2.
    if (Atomics.compareExchange(this.#words, index, held, word) !== held) return 0;
    this.#head.lowerDue(deadline); // 3.
    return word;
  }

  /** The message is done. `false` when the lease was lost meanwhile: somebody else has the message, or had it. */
  ack(sequence: number, token: number): boolean {
    return this.#move(sequence, token, ACKED);
  }

  /** The message is given up; it is not delivered again. */
  bury(sequence: number, token: number): boolean {
    return this.#move(sequence, token, DEAD);
  }

  /** Gives the message back as if it had not been taken: nothing is counted. */
  release(sequence: number, token: number): boolean {
    return this.#move(sequence, token, AVAILABLE) && this.#reopen(sequence);
  }

  /** Takes a lease back whose message turned out to lie below the cursor: nobody is to have it. */
  withdraw(sequence: number, token: number): boolean {
    return this.#move(sequence, token, NEW);
  }

  /**
   * The handler failed: counts an error and gives the message back, at once or for a later time. A lease that is lost at
   * this very moment may leave one error too many behind, never one too few.
   */
  nack(sequence: number, token: number, availableAtMs?: number): boolean {
    const index = sequence & this.#mask;
    if (Atomics.load(this.#words, index) !== token) return false;
    this.#count(index, token, 'error');
    const counted = token & ~FRESH;
    if (availableAtMs === undefined) return this.#moveTo(index, token, AVAILABLE) && this.#reopen(sequence);
    const held = withState(counted, HELD);
    if (Atomics.compareExchange(this.#words, index, token, held) !== token) return false;
    return this.#setDeadline(index, held, DELAYED, availableAtMs) !== 0;
  }

  /** Moves the deadline of a lease that has one; the token stays the same. */
  extend(sequence: number, token: number, deadlineMs: number): boolean {
    if ((token & STATE) === HELD) return this.holds(sequence, token);
    const index = sequence & this.#mask;
    const held = withState(token, HELD);
    if (Atomics.compareExchange(this.#words, index, token, held) !== token) return false;
    return this.#setDeadline(index, held, LEASED, deadlineMs) !== 0;
  }

  /** Whether the lease is still in force. */
  holds(sequence: number, token: number): boolean {
    return Atomics.load(this.#words, sequence & this.#mask) === token;
  }

  #move(sequence: number, token: number, state: number): boolean {
    const index = sequence & this.#mask;
    return Atomics.compareExchange(this.#words, index, token, withState(token, state)) === token; // 1.
  }

  /** As `#move`, after something was counted. */
  #moveTo(index: number, word: number, state: number): boolean {
    return Atomics.compareExchange(this.#words, index, word, withState(word & ~FRESH, state)) === word; // 1.
  }

  #count(index: number, word: number, failure: Failure): void {
    countFailure(this.#tallies, index, word, failure);
  }

  /** There is something to be had at this sequence. */
  #reopen(sequence: number): true {
    this.#head.reopen(sequence); // 4.
    return true;
  }

  /** Where a taker begins to look. */
  get open(): number {
    return this.#head.open;
  }

  /** Moves `open` from where the caller saw it; `false` when somebody else has moved it. */
  moveOpen(from: number, to: number): boolean {
    return this.#head.moveOpen(from, to);
  }

  /** Has takers look again from this sequence on. */
  reopen(sequence: number): void {
    this.#head.reopen(sequence);
  }

  /** Whether a message is acknowledged or given up. */
  isDone(sequence: number): boolean {
    const word = Atomics.load(this.#words, sequence & this.#mask);
    return isCurrent(word, this.#lapOf(sequence)) && isFinal(word);
  }

  /** Errors counted for the message at this sequence, by the thread that has leased it. */
  errors(sequence: number): number {
    const index = sequence & this.#mask;
    return errorsIn(Atomics.load(this.#words, index), Atomics.load(this.#tallies, index));
  }

  /** Threads that died over it. */
  deaths(sequence: number): number {
    const index = sequence & this.#mask;
    return deathsIn(Atomics.load(this.#words, index), Atomics.load(this.#tallies, index));
  }

  /**
   * Makes available what is due in [from, to): leases past their deadline, each counted as an error, and messages whose
   * delay is over. How many. Any thread may sweep, several at once.
   */
  sweep(from: number, to: number, nowMs: number): number {
    const now = deadlineOf(nowMs);
    this.#head.clearDue(); // 3.
    let made = 0;
    for (let sequence = from; sequence !== to; sequence = (sequence + 1) | 0) {
      if (this.#sweepOne(sequence, now)) made++;
    }
    return made;
  }

  #sweepOne(sequence: number, now: number): boolean {
    const index = sequence & this.#mask;
    const word = Atomics.load(this.#words, index);
    const state = word & STATE;
    if ((state !== LEASED && state !== DELAYED) || !isCurrent(word, this.#lapOf(sequence))) return false;
    const deadline = Atomics.load(this.#deadlines, index); // 2.
    if (distance(deadline, now) > 0) {
      this.#head.lowerDue(deadline);
      return false;
    }
    if (state === LEASED) this.#count(index, word, 'error');
    return this.#moveTo(index, word, AVAILABLE) && this.#reopen(sequence);
  }

  /** Milliseconds until a sweep has something to do: 0 when it has, `Infinity` when nothing waits for a time. */
  dueInMs(nowMs: number): number {
    return this.#head.dueInMs(nowMs);
  }

  /**
   * Gives back what a dead thread had in [from, to), counting a death for each; `from` is the group's cursor. How many. Call
   * it after the thread's `exit`; several threads may, and a repair that was cut short by a death is simply done again.
   */
  repair(owner: number, from: number, to: number, nowMs: number): number {
    let returned = 0;
    for (let sequence = from; sequence !== to; sequence = (sequence + 1) | 0) {
      const index = sequence & this.#mask;
      const word = Atomics.load(this.#words, index);
      if (!isOwned(word) || ownerOf(word) !== owner || !isCurrent(word, this.#lapOf(sequence))) continue;
      this.#count(index, word, 'death');
      if (this.#moveTo(index, word, AVAILABLE)) returned++;
    }
    this.#reopen(from); // 4.
    this.#head.lowerDue(deadlineOf(nowMs)); // 3.
    return returned;
  }

  /**
   * The cursor is about to pass a record with these further slots: their words, of earlier laps, are made NEW before their
   * laps come round. Harmless at any later time.
   */
  scrub(from: number, to: number): void {
    for (let sequence = from; sequence !== to; sequence = (sequence + 1) | 0) {
      const index = sequence & this.#mask;
      const word = Atomics.load(this.#words, index);
      const lap = this.#lapOf(sequence);
      if ((word & STATE) === NEW || isCurrent(word, lap) || isNewer(word, lap)) continue;
      Atomics.compareExchange(this.#words, index, word, withState(word, NEW));
    }
  }

  /** Forgets everything, before the cursor is set elsewhere: all leases are lost, nothing is available below `cursor`. */
  reset(cursor: number): void {
    for (let index = 0; index < this.slots; index++) {
      let word = Atomics.load(this.#words, index);
      while ((word & STATE) !== NEW) {
        const found = Atomics.compareExchange(this.#words, index, word, withState(word, NEW));
        if (found === word) break;
        word = found;
      }
    }
    this.#head.openAt(cursor);
  }
}

function checkSlots(slots: number): void {
  if (Number.isInteger(slots) && slots >= SLOTS_MIN && slots <= 2 ** 24 && (slots & (slots - 1)) === 0)
    return;
  throw new OptionError(
    'window',
    `A delivery window has a power of two of at least ${SLOTS_MIN} slots, got ${slots}.`,
  );
}

/** Throws `OptionError` for an owner's number that does not fit its field. */
export function checkOwner(owner: number): void {
  if (Number.isInteger(owner) && owner >= 1 && owner <= OWNER_MAX) return;
  throw new OptionError('owner', `An owner's number is from 1 to ${OWNER_MAX}, got ${owner}.`);
}
