import { MessageTooLargeError, OptionError } from '../../ring/index.ts';
import { DelayDriver } from './delay-driver.ts';
import { checkOwner } from './delivery-window.ts';
import { OWNER_MAX } from './lease-word.ts';

export interface DelayOptions {
  /** Messages that can wait at the same time. Default 1024. */
  readonly capacity?: number;
  /** Bytes of the largest one. Default 1024. */
  readonly maxMessageSize?: number;
}

/**
 * Messages that wait for their time, as bytes in shared memory: any thread adds them, one thread at a time sends them, and
 * when either ends, another goes on.
 *
 *   word 0      32         64                                 64 + capacity / 32
 *   ├───────────┼──────────┼──────────────────────────────────┼─────────────────────────────────────────────┐
 *   │ driver    │ news     │ added: one bit an entry          │ entries: word · length · due f64 · bytes …  │
 *   └───────────┴──────────┴──────────────────────────────────┴─────────────────────────────────────────────┘
 *   word of an entry: version 22 · owner 7 · state 3
 *
 * The entries are the truth. The driver keeps them in a timing wheel of its own, which a successor makes anew from the
 * entries.
 *
 * - Callers: any thread adds and cancels; the driver is whoever took the role.
 * - Progress: `add` and `cancel` are lock-free.
 * - Order:
 *   1. An entry is filled under FILLING and published by WAITING; FILLING and FIRING name the only thread that touches its
 *      bytes.
 *   2. Who adds makes the entry WAITING, sets its bit, and counts `news` up, in this order; the driver reads `news`, then
 *      takes the bits, then looks at the entries. A bit set too late to be taken comes with a count that the driver has not
 *      seen.
 *   3. `cancel` and the driver's FIRING are compare-and-swaps from the same word: one wins. What is sent again and again can be
 *      cancelled while it is being sent: the driver finds that by the compare-and-swap with which it finishes.
 *   4. The driver sleeps on `news`, with the value that it has read before it looked.
 * - Death: `repair` frees what was being filled, makes what was being sent WAITING again (it may have been sent: at least
 *   once), announces what the dead thread may have added without doing so, and frees the role.
 */
const DRIVER = 0;
const NEWS = 32;
const ADDED = 64;

const LENGTH = 1;
const DUE = 2;
const BYTES = 4;

const STATE = 7;
const FREE = 0;
const FILLING = 1;
const WAITING = 2;
const FIRING = 3;
/** Being sent for the last time. */
const CANCELLED = 4;
const OWNER_SHIFT = 3;
const VERSION_SHIFT = 10;

/** What stands for a waiting message, for `cancel`. */
export interface Delayed {
  readonly entry: number;
  readonly word: number;
  /** Whether it is sent again and again. */
  readonly repeats: boolean;
}

export class DelayStore {
  readonly capacity: number;
  readonly #words: Int32Array;
  readonly #floats: Float64Array;
  readonly #bytes: Uint8Array;
  readonly #entries: number;
  readonly #entryWords: number;
  readonly #maxBytes: number;
  #hint = 0;

  static bytes(options: DelayOptions = {}): number {
    const { capacity, entries, entryWords } = geometryOf(options);
    return (entries + capacity * entryWords) * 4;
  }

  /** @param byteOffset a multiple of 128; `bytes(options)` from there on are the store's, zeroed by whoever creates it */
  constructor(buffer: SharedArrayBuffer, byteOffset: number, options: DelayOptions = {}) {
    const { capacity, maxBytes, entries, entryWords } = geometryOf(options);
    const bytes = DelayStore.bytes(options);
    this.capacity = capacity;
    this.#words = new Int32Array(buffer, byteOffset, bytes / 4);
    this.#floats = new Float64Array(buffer, byteOffset, bytes / 8);
    this.#bytes = new Uint8Array(buffer, byteOffset, bytes);
    this.#entries = entries;
    this.#entryWords = entryWords;
    this.#maxBytes = maxBytes;
  }

  #at(entry: number): number {
    return this.#entries + entry * this.#entryWords;
  }

  /** Keeps a message until its time; `undefined` when as many wait as can. */
  add(message: Uint8Array, dueMs: number, owner: number, repeats = false): Delayed | undefined {
    checkOwner(owner);
    if (message.length > this.#maxBytes)
      throw new MessageTooLargeError(
        `A delayed message has ${message.length} bytes, at most ${this.#maxBytes} can wait; raise delayed.maxMessageSize.`,
      );
    const entry = this.#take(owner);
    if (entry === undefined) return undefined;
    const at = this.#at(entry);
    this.#words[at + LENGTH] = message.length;
    this.#floats[(at + DUE) >> 1] = dueMs;
    this.#bytes.set(message, (at + BYTES) * 4);
    const word = withState(Atomics.load(this.#words, at), WAITING);
    Atomics.store(this.#words, at, word); // 1.
    this.#announce(entry);
    return { entry, word, repeats };
  }

  #announce(entry: number): void {
    Atomics.or(this.#words, ADDED + (entry >> 5), 1 << (entry & 31)); // 2.
    Atomics.add(this.#words, NEWS, 1);
    Atomics.notify(this.#words, NEWS);
  }

  /** Resolves when something was added since `news` had this value, or `wake` was called. Does not keep the process alive. */
  async listen(news: number): Promise<void> {
    await Atomics.waitAsync(this.#words, NEWS, news).value;
  }

  /** Ends the driver's sleep. */
  wake(): void {
    Atomics.notify(this.#words, NEWS);
  }

  #take(owner: number): number | undefined {
    for (let i = 0; i < this.capacity; i++) {
      const entry = (this.#hint + i) % this.capacity;
      const at = this.#at(entry);
      const word = Atomics.load(this.#words, at);
      if ((word & STATE) !== FREE) continue;
      const filling = (((word >>> VERSION_SHIFT) + 1) << VERSION_SHIFT) | (owner << OWNER_SHIFT) | FILLING;
      if (Atomics.compareExchange(this.#words, at, word, filling) !== word) continue;
      this.#hint = entry + 1;
      return entry;
    }
    return undefined;
  }

  /** Takes a message back; `false` when it has been sent, or is being sent for the only time. */
  cancel({ entry, word, repeats }: Delayed): boolean {
    const at = this.#at(entry);
    for (;;) {
      const now = Atomics.load(this.#words, at);
      const state = now & STATE;
      if (now >>> VERSION_SHIFT !== word >>> VERSION_SHIFT) return false;
      if (state !== WAITING && !(state === FIRING && repeats)) return false;
      const cancelled = withState(now, state === WAITING ? FREE : CANCELLED);
      if (Atomics.compareExchange(this.#words, at, now, cancelled) === now) return true; // 3.
    }
  }

  /** Makes the caller the one who sends what is due; `undefined` when somebody else is. */
  drive(owner: number, nowMs: number): DelayDriver | undefined {
    checkOwner(owner);
    if (Atomics.compareExchange(this.#words, DRIVER, 0, owner) !== 0) return undefined;
    return new DelayDriver(this, owner, nowMs);
  }

  /** Who drives; 0 for nobody. */
  get driver(): number {
    return Atomics.load(this.#words, DRIVER);
  }

  /** @internal */
  leave(owner: number): void {
    Atomics.compareExchange(this.#words, DRIVER, owner, 0);
  }

  /** After a thread's `exit`: undoes what it was at; may be repeated, and done by several. Then somebody else can drive. */
  repair(owner: number): void {
    for (let entry = 0; entry < this.capacity; entry++) {
      const at = this.#at(entry);
      const word = Atomics.load(this.#words, at);
      const state = word & STATE;
      if (((word >>> OWNER_SHIFT) & OWNER_MAX) !== owner || state === FREE) continue;
      if (state !== WAITING)
        Atomics.compareExchange(this.#words, at, word, withState(word, state === FIRING ? WAITING : FREE));
      this.#announce(entry);
    }
    this.leave(owner);
  }

  /** How often something was added. */
  get news(): number {
    return Atomics.load(this.#words, NEWS);
  }

  /** @internal calls back for every entry added since the last call */
  takeAdded(each: (entry: number) => void): void {
    for (let first = 0; first < this.capacity; first += 32) {
      const word = ADDED + (first >> 5);
      if (Atomics.load(this.#words, word) === 0) continue;
      for (let bits = Atomics.exchange(this.#words, word, 0); bits !== 0; bits &= bits - 1)
        each(first + 31 - Math.clz32(bits & -bits));
    }
  }

  /** @internal the word of an entry that waits; 0 for one that does not */
  waiting(entry: number): number {
    const word = Atomics.load(this.#words, this.#at(entry));
    return (word & STATE) === WAITING ? word : 0;
  }

  /** @internal when an entry is due that waits, or is the caller's */
  dueOf(entry: number): number {
    return this.#floats[(this.#at(entry) + DUE) >> 1] as number;
  }

  /**
   * @internal the bytes of an entry that waited with this word, which is the driver's until `finish`; `undefined` when it was cancelled
   * since the word was read, and perhaps used again
   */
  fire(entry: number, word: number, owner: number): Uint8Array | undefined {
    const at = this.#at(entry);
    const firing = (word & ~(OWNER_MAX << OWNER_SHIFT) & ~STATE) | (owner << OWNER_SHIFT) | FIRING;
    if (Atomics.compareExchange(this.#words, at, word, firing) !== word) return undefined; // 3.
    const begin = (at + BYTES) * 4;
    return this.#bytes.slice(begin, begin + (this.#words[at + LENGTH] as number));
  }

  /** @internal the entry was sent: it is free, or waits for its next time */
  finish(entry: number, nextDueMs: number | undefined): void {
    const at = this.#at(entry);
    const word = Atomics.load(this.#words, at);
    if (nextDueMs !== undefined) this.#floats[(at + DUE) >> 1] = nextDueMs;
    const next = (word & STATE) === CANCELLED || nextDueMs === undefined ? FREE : WAITING;
    const found = Atomics.compareExchange(this.#words, at, word, withState(word, next)); // 1.
    if (found !== word) Atomics.store(this.#words, at, withState(word, FREE)); // 3.
  }
}

const withState = (word: number, state: number): number => (word & ~STATE) | state;

function geometryOf({ capacity = 1024, maxMessageSize = 1024 }: DelayOptions) {
  if (!Number.isInteger(capacity) || capacity < 1 || capacity > 2 ** 20)
    throw new OptionError(
      'delayed.capacity',
      `delayed.capacity must be a whole number from 1 to 2²⁰, got ${capacity}.`,
    );
  if (!Number.isInteger(maxMessageSize) || maxMessageSize < 1 || maxMessageSize > 2 ** 20)
    throw new OptionError(
      'delayed.maxMessageSize',
      `delayed.maxMessageSize must be from 1 byte to 1 MiB, got ${maxMessageSize}.`,
    );
  const maxBytes = Math.ceil(maxMessageSize / 8) * 8;
  return {
    capacity,
    maxBytes,
    entries: ADDED + Math.ceil(capacity / 64) * 2,
    entryWords: BYTES + maxBytes / 4,
  };
}
