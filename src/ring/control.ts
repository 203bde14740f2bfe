import { compareExchange, exchange, load, or } from './atomics.ts';
import { ClosedError, RoleTakenError } from './errors.ts';
import {
  BELL_WORDS,
  ERROR_BYTES,
  ERROR_TEXT,
  ERROR_TEXT_BYTES,
  type Layout,
  READER_BELLS,
  READER_ROLE,
  STATE,
  WRITER_BELLS,
  WRITER_ROLE,
} from './layout.ts';
import { type Lot, threadToken } from './lot.ts';
import type { Memory } from './memory.ts';
import { fromPortable, type PortableError, toPortable } from './portable-error.ts';

/**
 * The rarely used words of a ring that all topologies share: its state, its error, who holds a role, who
 * sleeps.
 *
 * Invariants
 * - The state goes open → closed, or open → failing → failed, each by compare-and-swap, and never back. *Failing* names
 *   the thread that is writing the error down, and counts as open: nobody could be told yet why the ring has ended. A `close`
 *   that meets it closes the ring instead; when that thread dies, repair ends the ring, as *untold*.
 * - `close` returns when the stream is marked, also when another thread's `close` is still on its way to the mark.
 * - A topology marks its own stream as ended only *after* the state has left `open`: whoever sees the mark
 *   finds the state, and the error if there is one.
 * - A thread sets its bell's bit before it marks the ring as slept on; whoever finds the mark takes the bits
 *   with one exchange and rings them. A bit may outlive its sleep (a timed-out wait): that costs one needless
 *   ring.
 */
const OPEN = 0;
const CLOSED = 1;
const FAILED = 2;
const UNTOLD = 3;
/** FAILING + thread token · 8. */
const FAILING = 4;
const TOKEN_SHIFT = 3;
const failingOf = (token: number): number => FAILING | (token << TOKEN_SHIFT);

export class RingControl {
  readonly memory: Memory;
  readonly layout: Layout;
  readonly lot: Lot;
  /**
   * Marks the topology's own stream as ended and wakes everybody; the state has left `open` before. Set by the ring,
   * and may be called again.
   */
  markEnd: () => void = () => {};
  readonly #words: Int32Array;
  /** Whose state says how this ring has ended. */
  #told: RingControl = this;

  constructor(memory: Memory, layout: Layout, lot: Lot) {
    this.memory = memory;
    this.layout = layout;
    this.lot = lot;
    this.#words = memory.i32;
  }

  get closed(): boolean {
    const state = load(this.#words, STATE);
    return state !== OPEN && (state & FAILING) === 0;
  }

  /** Ends the ring, unless it has ended. */
  close(): void {
    let state = compareExchange(this.#words, STATE, OPEN, CLOSED);
    while ((state & FAILING) !== 0) state = compareExchange(this.#words, STATE, state, CLOSED);
    this.markEnd();
  }

  /** As `close`, with an error for the other side to find. The first one who fails a ring says why. */
  fail(error: unknown): void {
    const text = encodeError(error); // User code may run here: before anything is changed.
    const failing = failingOf(threadToken);
    if (compareExchange(this.#words, STATE, OPEN, failing) === OPEN) {
      this.memory.u8.set(text, ERROR_TEXT * 4);
      this.#words[ERROR_BYTES] = text.length;
      compareExchange(this.#words, STATE, failing, FAILED); // Publishes the text, unless somebody has closed the ring.
    }
    if (this.closed) this.markEnd();
  }

  /** Ends what a thread has begun (by its token) that died while it failed or closed the ring. */
  repairEnd(token: number): void {
    compareExchange(this.#words, STATE, failingOf(token), UNTOLD);
    if (this.closed) this.markEnd();
  }

  /**
   * Of several rings that end together, each but the first says what `other`, the first one's control, says. Order: the first one's
   * state has left *open* and *failing* for good before another one's does, so whoever finds another one ended finds that.
   */
  endAs(other: RingControl): void {
    this.#told = other;
  }

  /** What a writer of a closed ring gets, and a reader after the last message if the ring failed. */
  endError(): Error {
    const { memory } = this.#told;
    const words = memory.i32;
    const state = load(words, STATE);
    if (state === FAILED) return decodeError(memory.u8, words[ERROR_BYTES] as number);
    if (state === UNTOLD)
      return new ClosedError('The ring failed, and the thread that failed it ended before it could say why.');
    return new ClosedError();
  }

  get failed(): boolean {
    const state = load(this.#words, STATE);
    return state === FAILED || state === UNTOLD;
  }

  takeWriterRole(): void {
    this.#takeRole(WRITER_ROLE, 'writer');
  }

  takeReaderRole(): void {
    this.#takeRole(READER_ROLE, 'reader');
  }

  #takeRole(word: number, role: string): void {
    const { topology } = this.layout;
    const holder = compareExchange(this.#words, word, 0, this.lot.seat.number);
    if (holder === 0) return;
    const many = role === 'writer' ? 'mpsc() or mpmc()' : 'spmc() or mpmc()';
    const several = topology === 'broadcast' ? 'Leave out `writers: 1`' : `Use ${many}`;
    throw new RoleTakenError(
      `This ${topology} ring already has a ${role}${holder === this.lot.seat.number ? ' in this thread' : ''}. ` +
        `${several} for several, or detach() the first ${role}.`,
    );
  }

  /** Whether the seat held the role. */
  releaseWriterRole(seat: number): boolean {
    return compareExchange(this.#words, WRITER_ROLE, seat, 0) === seat;
  }

  releaseReaderRole(seat: number): boolean {
    return compareExchange(this.#words, READER_ROLE, seat, 0) === seat;
  }

  /** Asks for this thread's bell to be rung when there may be something to read. */
  registerReader(): void {
    this.#register(READER_BELLS);
  }

  registerWriter(): void {
    this.#register(WRITER_BELLS);
  }

  #register(bells: number): void {
    const { number } = this.lot.seat;
    or(this.#words, bells + (number >>> 5), 1 << (number & 31));
  }

  wakeReaders(): void {
    this.#wake(READER_BELLS);
  }

  wakeWriters(): void {
    this.#wake(WRITER_BELLS);
  }

  #wake(bells: number): void {
    for (let word = 0; word < BELL_WORDS; word++) {
      if (load(this.#words, bells + word) === 0) continue;
      let set = exchange(this.#words, bells + word, 0);
      while (set !== 0) {
        const bit = 31 - Math.clz32(set);
        this.lot.ring(word * 32 + bit);
        set &= ~(1 << bit);
      }
    }
  }
}

function encodeError(error: unknown): Uint8Array {
  const portable = toPortable(error);
  portable.name = portable.name.slice(0, 60);
  if (portable.code !== undefined) portable.code = portable.code.slice(0, 60);
  for (;;) {
    const text = encodeAscii(JSON.stringify(portable));
    if (text.length <= ERROR_TEXT_BYTES) return text;
    if (portable.stack) delete portable.stack;
    else portable.message = `${portable.message.slice(0, Math.floor(portable.message.length / 2))}…`;
  }
}

/** JSON with every other character escaped is ASCII: no text codec needed. */
function encodeAscii(json: string): Uint8Array {
  const escaped = json.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return Uint8Array.from(escaped, (c) => c.charCodeAt(0));
}

function decodeError(u8: Uint8Array, length: number): Error {
  const bytes = u8.slice(ERROR_TEXT * 4, ERROR_TEXT * 4 + Math.max(0, Math.min(length, ERROR_TEXT_BYTES)));
  try {
    return fromPortable(JSON.parse(String.fromCharCode(...bytes)) as PortableError);
  } catch {
    return new ClosedError('The ring failed, and its error text is unreadable.');
  }
}
