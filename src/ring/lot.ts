import { add, compareExchange, load, notify, store, wait } from './atomics.ts';
import { BadHandleError, OptionError, UnsupportedError } from './errors.ts';
import { currentThread, type Thread } from './thread.ts';

/**
 * The parking lot: where the threads that use a set of rings have their seats and sleep.
 *
 *   word 0          32              64                       32 · (1 + SEATS)
 *   ├───────────────┼───────────────┼───────────────┬─ ─ ─ ─┤
 *   │ magic version │ seat 1        │ seat 2        │       │   32 words = 128 bytes each
 *   │ id            │ bell thread … │ bell thread … │       │
 *   └───────────────┴───────────────┴───────────────┴─ ─ ─ ─┘
 *
 * A seat belongs to one thread. Its number identifies the thread in ring memory (as owner of a claim, as
 * holder of a role), and its *bell* is the one word the thread ever sleeps on, whichever and however many
 * rings it waits for. So a wait on several rings costs one sleep, a pending asynchronous wait can be given up
 * without leaving anything behind in the engine, and whoever learns that a thread died can wake all others by
 * ringing every bell.
 *
 * Invariants
 * - A bell only counts up. It is changed before it is notified, so a sleeper that read the bell *before* it
 *   registered with a ring either sees the change or is woken: a wake-up can't be lost.
 * - A seat counts the ring ends its thread has open. It is given back only when its thread has ended and
 *   repair has closed the last of them, so that no ring holds the number of a seat that means another thread
 *   by now.
 * - The thread word of a seat goes from 0 to a thread's number by compare-and-swap, and back to 0 only after
 *   that thread has ended.
 * - Nobody sits down while a seat is being repaired. A repairer 1. writes itself down at the seat, 2. looks whether the dead
 *   thread still has it; a newcomer 1. takes the thread word, 2. looks whether a repairer is written down, and if so gives the
 *   seat back. One of them sees the other, so what a repairer finds under the seat's number is the dead thread's, however
 *   slow the repairer is and whoever else repairs. A repairer that dies is struck out when it is repaired itself.
 */
const MAGIC = 0x4d_4c_4f_54; // 'MLOT'
const VERSION = 1;
const SEAT_WORDS = 32;
const BELL = 0;
const THREAD = 1;
const ENDS = 2;
/** Here repairers write themselves down, each in a word of its own. */
const REPAIRERS = 8;
const REPAIRERS_MAX = 8;

/** Threads that can use the rings of one lot at the same time; seats are numbered from 1. */
export const SEATS = 127;
/** Words of a bitmap with one bit a seat. */
export const SEAT_SET_WORDS = 4;

const LOT_WORDS = SEAT_WORDS * (1 + SEATS);

/** This thread's number in every lot. */
export const threadToken: number = currentThread().token;

/** The token of the Node thread with this `threadId` (`worker.threadId`, read before it exits). */
export function tokenOf(threadId: number): number {
  if (Number.isInteger(threadId) && threadId >= 0) return threadId + 1;
  throw new OptionError(
    'threadId',
    `There is no thread ${threadId}. Node sets worker.threadId to -1 when the thread has ended: keep it before.`,
  );
}

export class Lot {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #thread: Thread = currentThread();
  #seat: Seat | undefined;

  private constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
  }

  static create(): Lot {
    const lot = new Lot(new SharedArrayBuffer(LOT_WORDS * 4));
    lot.#words[0] = MAGIC;
    lot.#words[1] = VERSION;
    lot.#words[2] = randomWord();
    lot.#words[3] = randomWord();
    return remember(lot);
  }

  /** The lot behind a buffer that came in a handle; the same object for the same memory, however often it came. */
  static open(buffer: unknown): Lot {
    if (!(buffer instanceof SharedArrayBuffer) || buffer.byteLength !== LOT_WORDS * 4) {
      throw new BadHandleError(
        'The handle has no parking lot, or one of another size; pass on `ring.handle` as it is.',
      );
    }
    const lot = new Lot(buffer);
    if (lot.#words[0] !== MAGIC || lot.#words[1] !== VERSION) {
      throw new BadHandleError('The parking lot in the handle was made by another version of Millrace.');
    }
    return lotsOf(lot.#thread).known.get(lot.#id()) ?? remember(lot);
  }

  #id(): string {
    return `${this.#words[2]}:${this.#words[3]}`;
  }

  static key(lot: Lot): string {
    return lot.#id();
  }

  /** This thread's seat, taken on first use. Throws `OptionError` when all are taken. */
  get seat(): Seat {
    this.#seat ??= this.#takeSeat();
    return this.#seat;
  }

  #takeSeat(): Seat {
    for (let number = 1; number <= SEATS; number++) {
      if (!this.#sitDown(number)) continue;
      store(this.#words, number * SEAT_WORDS + ENDS, 0);
      return new Seat(this.#words, number, this.#thread);
    }
    throw new OptionError(
      'threads',
      `All ${SEATS} seats of this group of rings are taken by threads. Call repair(threadId) for ` +
        'threads that have exited, on every ring they used.',
    );
  }

  #sitDown(number: number): boolean {
    const thread = number * SEAT_WORDS + THREAD;
    if (compareExchange(this.#words, thread, 0, this.#thread.token) !== 0) return false;
    for (let i = 0; i < REPAIRERS_MAX; i++) {
      if (load(this.#words, repairerOf(number, i)) === 0) continue;
      compareExchange(this.#words, thread, this.#thread.token, 0);
      return false;
    }
    return true;
  }

  /**
   * Lets `repair` work on each seat of a dead thread (by its token), during which nobody else gets that seat. Eight threads can do so
   * at a time; a ninth leaves it to them.
   */
  repairSeats(token: number, repair: (seat: number) => void): void {
    this.#strikeOut(token);
    for (const number of this.seatsOf(token)) {
      const place = this.#enterRepair(number);
      if (place === undefined) continue;
      try {
        if (load(this.#words, number * SEAT_WORDS + THREAD) === token) {
          repair(number);
          this.#freeSeat(number, token);
        }
      } finally {
        store(this.#words, place, 0);
      }
    }
  }

  /** The word in which this thread has written itself down. */
  #enterRepair(number: number): number | undefined {
    for (let i = 0; i < REPAIRERS_MAX; i++) {
      const place = repairerOf(number, i);
      if (compareExchange(this.#words, place, 0, this.#thread.token) === 0) return place;
    }
    return undefined;
  }

  /** A thread that has ended repairs no more. */
  #strikeOut(token: number): void {
    for (let number = 1; number <= SEATS; number++) {
      for (let i = 0; i < REPAIRERS_MAX; i++) {
        if (load(this.#words, repairerOf(number, i)) === token)
          compareExchange(this.#words, repairerOf(number, i), token, 0);
      }
    }
  }

  /**
   * Wakes the sleeper on a seat, if there is one. The number may come from a ring that was scribbled over: no seat is 0,
   * where the lot says what it is.
   */
  ring(number: number): void {
    if (number === 0) return;
    const bell = number * SEAT_WORDS + BELL;
    add(this.#words, bell, 1);
    notify(this.#words, bell);
    this.#thread.rang?.();
  }

  /** Whether a thread has this seat. The number may come from a ring that was scribbled over. */
  isTaken(number: number): boolean {
    return number !== 0 && load(this.#words, number * SEAT_WORDS + THREAD) !== 0;
  }

  /** Wakes every thread. For the rare event after which nobody knows who was about to be woken: a thread's death. */
  ringAll(): void {
    for (let number = 1; number <= SEATS; number++) {
      if (load(this.#words, number * SEAT_WORDS + THREAD) !== 0) this.ring(number);
    }
  }

  /** How many threads have ends of rings open. It looks at every seat. */
  countThreads(): number {
    let count = 0;
    for (let number = 1; number <= SEATS; number++) {
      if (load(this.#words, number * SEAT_WORDS + ENDS) > 0) count++;
    }
    return count;
  }

  /** The seats held by a thread (by its token). One, unless the thread loaded this library twice. */
  seatsOf(token: number): number[] {
    const seats: number[] = [];
    for (let number = 1; number <= SEATS; number++) {
      if (load(this.#words, number * SEAT_WORDS + THREAD) === token) seats.push(number);
    }
    return seats;
  }

  /** A ring end of a seat was opened. */
  enter(number: number): void {
    add(this.#words, number * SEAT_WORDS + ENDS, 1);
  }

  /** Ring ends of a seat were closed. */
  leave(number: number, ends: number): void {
    if (ends > 0) add(this.#words, number * SEAT_WORDS + ENDS, -ends);
  }

  /** Gives a dead thread's seat back, unless it still has ends open in rings that were not repaired yet. */
  #freeSeat(number: number, token: number): void {
    if (load(this.#words, number * SEAT_WORDS + ENDS) <= 0)
      compareExchange(this.#words, number * SEAT_WORDS + THREAD, token, 0);
  }
}

const repairerOf = (number: number, i: number): number => number * SEAT_WORDS + REPAIRERS + i;

/** One thread's place in a lot. Only that thread uses this object. */
export class Seat {
  readonly number: number;
  readonly words: Int32Array;
  readonly bell: number;
  readonly thread: Thread;

  constructor(words: Int32Array, number: number, thread: Thread) {
    this.thread = thread;
    this.words = words;
    this.number = number;
    this.bell = number * SEAT_WORDS + BELL;
  }

  /** Reads the bell. Call it before registering with what will ring it, and pass the value to `sleep`. */
  listen(): number {
    return load(this.words, this.bell);
  }

  /** Leaves the core to other threads for a moment, which a bell may shorten; no time where this thread must not block. */
  nap(ms: number): void {
    try {
      this.sleep(this.listen(), ms);
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
    }
  }

  /** Blocks this thread until the bell has rung since `heard`, or the time is over. May wake early. */
  sleep(heard: number, timeoutMs: number): void {
    try {
      wait(this.words, this.bell, heard, timeoutMs);
    } catch (error) {
      throw new UnsupportedError(
        `This thread is not allowed to block (${(error as Error).message}); use the awaitable calls put() and take().`,
      );
    }
  }
}

/** The lots that a thread knows. Handles of the same lot reach it as different buffer objects, so lots are recognised by their id. */
interface Lots {
  readonly known: Map<string, Lot>;
  own: Lot | undefined;
}

const lots = new WeakMap<Thread, Lots>();

function lotsOf(thread: Thread): Lots {
  let found = lots.get(thread);
  if (found === undefined) {
    found = { known: new Map(), own: undefined };
    lots.set(thread, found);
  }
  return found;
}

function remember(lot: Lot): Lot {
  const mine = lotsOf(currentThread());
  mine.known.set(Lot.key(lot), lot);
  mine.own ??= lot;
  return lot;
}

/** The lot for a new ring: the first one this thread made or met, so that all rings of a process usually share it. */
export function defaultLot(): Lot {
  return lotsOf(currentThread()).own ?? Lot.create();
}

function randomWord(): number {
  return (Math.random() * 0x1_0000_0000) | 0;
}
