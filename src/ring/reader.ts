import { ByteRows } from './codec/byte-rows.ts';
import { copy } from './codec/view.ts';
import type { RingControl } from './control.ts';
import { MillraceError } from './errors.ts';
import { nowMs, startTimer } from './globals.ts';
import type { Lot } from './lot.ts';
import type { TimeoutOption, WaitOptions } from './ring.ts';
import { Lender, viewsAreChecked } from './view-checks.ts';
import { type AsyncTarget, type Queue, throwIfAborted, waitUntil } from './waiting/async-wait.ts';
import { countdown, stayOff, type Waitable, type WaitStrategy, waitSync } from './waiting/wait-strategy.ts';

/** What `nextView` returns at the end of a batch: no message can be this object. */
export const END_OF_BATCH: unique symbol = Symbol('end of batch');

/**
 * A drain that waits stays off the ring first when the one before found fewer messages than this, and less than a quarter of
 * the ring: looking again at once would take the cache lines from the writer at every message, and find as few.
 */
const LARGE_BATCH = 1024;

/** How long `for await` may go on without giving the event loop a turn. */
const TURN_MS = 10;

/**
 * The messages that were in the ring at one moment, in place. Each value is a view, valid until the next
 * batch is asked for; `copy(view)` keeps it. All of a batch counts as read when the next one is asked for;
 * when the loop ends early, only what it had looked at.
 */
export interface Batch<V> {
  [Symbol.iterator](): IterableIterator<V>;
  /** Ends a batch got from `reader.batch()`: all of it was read, or, with `false`, only what was looked at. */
  release(all?: boolean): void;
  /** Ends a batch of which nothing was read: all of it is delivered again. */
  abandon(): void;
  [Symbol.dispose](): void;
}

/**
 * The reading end of a ring, for one thread: what waits is written here once, what takes is each ring's own.
 *
 * After the last message of a closed ring, `poll` and `drain` find nothing, iterations end, and calls that
 * wait throw `ClosedError`; of a failed ring, all of them throw the error it failed with. A message that
 * can't be decoded counts as read: the call throws `DecodeError`, and the next call goes on behind it.
 */
export abstract class RingReader<T, V = T> {
  protected readonly control: RingControl;
  protected readonly strategy: WaitStrategy;
  readonly #takes: Queue = new Set();
  /** Whether reading at the end of a failed ring throws its error; of a level, the priority ring does that. Not for other use. */
  tellsEnd = true;
  #detached = false;
  #isOpen = false;
  /** Messages of the last drain that waited. */
  #lastDrained = LARGE_BATCH;
  readonly #largeBatch: number;
  readonly #messages: Waitable;
  readonly #selectable: Waitable;
  readonly #batch: Batch<V>;

  constructor(control: RingControl, strategy: WaitStrategy) {
    this.control = control;
    this.strategy = strategy;
    this.#largeBatch = Math.min(LARGE_BATCH, control.layout.capacity >> 2);
    const arm = () => this.armForMessage();
    this.#messages = this.waitableThat(() => this.isReady(), arm);
    this.#selectable = this.waitableThat(() => this.hasMessage() || this.hasEnded(), arm);
    const nextView = () => this.nextView();
    const release = (all = true) => this.#close(all);
    this.#batch = {
      [Symbol.iterator]: () => new BatchIterator(nextView),
      release,
      abandon: () => this.#abandon(),
      [Symbol.dispose]: () => release(),
    };
    if (viewsAreChecked()) this.#checkViews(new Lender(() => this.shownMemory));
  }

  /** Lays checks over the methods that show messages in place. */
  #checkViews(lender: Lender): void {
    const { drain, nextView, closeBatch, abandonBatch, dropBatch } = this;
    this.drain = (each, max) => {
      const show = (view: V) => {
        try {
          each(lender.lend(view));
        } finally {
          lender.end();
        }
      };
      return drain.call(this, show, max);
    };
    this.nextView = () => {
      const view = nextView.call(this) as V | typeof END_OF_BATCH;
      return view === END_OF_BATCH ? view : lender.lend(view);
    };
    this.closeBatch = (all) => {
      lender.end();
      closeBatch.call(this, all);
    };
    this.abandonBatch = () => {
      lender.end();
      abandonBatch.call(this);
    };
    this.dropBatch = () => {
      lender.end();
      dropBatch.call(this);
    };
  }

  /** Where bytes shown in place lie. */
  protected get shownMemory(): ArrayBufferLike {
    return this.control.memory.buffer;
  }

  /** Takes the next message, or `undefined` when there is none. Never waits. */
  abstract poll(): T | undefined;

  /**
   * Hands over the messages that one look finds there, at most `max`, in order and in place, and then releases them
   * together; the answer is how many. Never waits. If `each` throws, the message it was given counts as read
   * and the ones behind it stay. The ring must not be read from within `each`.
   */
  abstract drain(each: (view: V) => void, max?: number): number;

  /**
   * Copies the messages that are there now into `target`, as many as it has room for, and releases them; the answer
   * is how many. For a typed array and a codec of the same kind of number this is one copy, and so it is for `byteRows`
   * and messages of their size.
   */
  drainInto(target: T[] | Writable<T>): number {
    let count = 0;
    const keep = (view: V) => {
      if (target instanceof ByteRows) target.put(count++, view as Uint8Array);
      else (target as T[])[count++] = copy(view) as unknown as T;
    };
    return this.drain(keep, target.length);
  }

  /**
   * What is there now, at most `max` messages, in place, or `undefined` when there is nothing. Never waits.
   * For handlers that await between messages; nothing else can be read until `release()`. There is one batch
   * object for each reader.
   */
  batch(max: number = Number.POSITIVE_INFINITY): Batch<V> | undefined {
    return this.#open(max) ? this.#batch : undefined;
  }

  #open(max: number = Number.POSITIVE_INFINITY): boolean {
    this.#isOpen = max > 0 && this.openBatch(max);
    return this.#isOpen;
  }

  /** A batch may be released by its user and by the loop it came from: the second time says nothing new. */
  #close(all: boolean): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.closeBatch(all);
  }

  /** Forgets the open batch: what becomes of its messages, the caller settles. */
  protected dropBatch(): void {
    this.#isOpen = false;
  }

  #abandon(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.abandonBatch();
  }

  /**
   * A copy of the next message, which stays; `undefined` when there is none. Never waits. In a ring with several readers the
   * message is taken for that moment and given back: another one may get it before this reader does.
   */
  peek(): T | undefined {
    const batch = this.batch(1);
    if (batch === undefined) return undefined;
    try {
      for (const view of batch) return copy(view) as unknown as T;
      return undefined;
    } finally {
      batch.abandon();
    }
  }

  /** Whether there is a message to read right now. */
  protected abstract hasMessage(): boolean;

  /** Whether the ring is closed and everything was read. */
  protected abstract hasEnded(): boolean;

  /** Whether there is a message or the ring has ended: what a waiting thread looks at again and again. May be late by some looks. */
  protected isReady(): boolean {
    return this.hasMessage() || this.hasEnded();
  }

  /** Registers this thread to be woken when there may be a message; `false` when there is already, or the ring has ended. */
  protected abstract armForMessage(): boolean;

  /** Milliseconds an armed wait may sleep. */
  protected get patienceMs(): number {
    return Number.POSITIVE_INFINITY;
  }

  /** A wait is given up; `true` when a writer has been told that this reader takes its message, so that it must. */
  protected stopWaiting(): boolean {
    return false;
  }

  protected abstract countWait(): void;

  /** Opens a batch of what is there now, at most `max` messages; `false` when there is nothing. */
  protected abstract openBatch(max: number): boolean;

  /** The next view of the open batch, or `END_OF_BATCH`. */
  protected abstract nextView(): V | typeof END_OF_BATCH;

  /** Ends the open batch as if it had not been opened. */
  protected abstract abandonBatch(): void;

  /** Ends the open batch: everything in it was read (`true`), or only what `nextView` returned. */
  protected abstract closeBatch(all: boolean): void;

  /** Whether `detach` was called; `ring.reader` then attaches anew. */
  get detached(): boolean {
    return this.#detached;
  }

  /** Gives up the role, so that another thread can attach, and ends this object's use. The ring stays open. */
  detach(): void {
    if (this.#detached) return;
    this.#abandon();
    this.#detached = true;
    this.releaseRole();
  }

  protected abstract releaseRole(): void;

  /** See `Ring.close`. */
  close(): void {
    this.control.close();
  }

  /** See `Ring.fail`. */
  fail(error: unknown): void {
    this.control.fail(error);
  }

  /** Whether the ring is closed and everything was read: there will never be another message. */
  get ended(): boolean {
    return this.hasEnded();
  }

  /** Takes the next message, waiting for it as long as it takes while the event loop stays free. */
  async take(options: WaitOptions = {}): Promise<T> {
    throwIfAborted(options);
    let value = this.#takes.size === 0 ? this.poll() : undefined;
    if (value !== undefined) return value;
    this.countWait();
    await this.#wait(options, () => {
      value = this.poll();
      return value !== undefined || this.#throwIfEnded();
    });
    return value as T;
  }

  /** Takes the next message, blocking this thread until there is one; `undefined` when the time ran out. */
  takeSync(options: TimeoutOption = {}): T | undefined {
    let value = this.poll();
    if (value !== undefined) return value;
    this.countWait();
    const left = countdown(options.timeout);
    while (waitSync(this.#messages, this.control.lot, this.strategy, left())) {
      value = this.poll();
      if (value !== undefined) return value;
      this.#throwIfEnded();
    }
    return this.poll();
  }

  /**
   * `drain`, blocking this thread until there is at least one message. 0 when the ring has ended or the time
   * ran out. The loop of a worker that wants throughput: `while (reader.drainSync(handle) > 0);`
   */
  drainSync(each: (view: V) => void, options: TimeoutOption & { readonly max?: number } = {}): number {
    return this.#drainWaiting(() => this.drain(each, options.max), options.max, options);
  }

  /** `drainInto`, blocking this thread until there is at least one message. 0 when the ring has ended or the time ran out. */
  drainIntoSync(target: T[] | Writable<T>, options: TimeoutOption = {}): number {
    return this.#drainWaiting(() => this.drainInto(target), target.length, options);
  }

  /** A drain that found all it had room for says nothing about how many there were. */
  #drainWaiting(drain: () => number, most: number | undefined, options: TimeoutOption): number {
    if (this.#lastDrained < this.#largeBatch && this.strategy === 'adaptive') stayOff(this.#lastDrained);
    let count = drain();
    if (count === 0) count = this.#waitAndDrain(drain, options);
    this.#lastDrained = count === most ? LARGE_BATCH : count;
    return count;
  }

  #waitAndDrain(drain: () => number, options: TimeoutOption): number {
    this.countWait();
    const left = countdown(options.timeout);
    while (waitSync(this.#messages, this.control.lot, this.strategy, left())) {
      const count = drain();
      if (count > 0) return count;
      if (this.hasEnded()) return 0;
    }
    return drain();
  }

  /** The patience is asked for when it has armed, which decides it. */
  protected waitableThat(ready: () => boolean, arm: () => boolean): Waitable {
    const reader = this;
    return {
      ready,
      arm,
      get patienceMs() {
        return reader.patienceMs;
      },
    };
  }

  /** What `select` waits for, which asks it for the answer too, so it says no only when that is so; not for other use. */
  get waitable(): { readonly lot: Lot; readonly messages: Waitable } {
    return { lot: this.control.lot, messages: this.#selectable };
  }

  #throwIfEnded(): false {
    if (this.hasEnded()) throw this.control.endError();
    return false;
  }

  #wait(options: WaitOptions, attempt: () => boolean): Promise<void> {
    const reader = this;
    const target: AsyncTarget = {
      attempt,
      arm: () => this.armForMessage(),
      giveUp: () => this.stopWaiting() && attempt(),
      get patienceMs() {
        return reader.patienceMs;
      },
    };
    return waitUntil(target, this.control.lot.seat, this.#takes, options, 'Reading from an empty ring');
  }

  /** Iterates by blocking this thread; ends when the ring is closed and everything was read. */
  [Symbol.iterator](): IterableIterator<T> {
    const next = (): IteratorResult<T> => {
      let value = this.poll();
      while (value === undefined) {
        if (this.hasEnded()) return { done: true, value: undefined };
        this.countWait();
        waitSync(this.#messages, this.control.lot, this.strategy, Number.POSITIVE_INFINITY);
        value = this.poll();
      }
      return { done: false, value };
    };
    return { next, [Symbol.iterator]: () => this[Symbol.iterator]() };
  }

  /** Iterates over batches without blocking; ends when the ring is closed and everything was read. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Batch<V>> {
    let turnEnds = nowMs() + TURN_MS;
    const next = async (): Promise<IteratorResult<Batch<V>>> => {
      this.#close(true);
      if (nowMs() > turnEnds) {
        await new Promise<void>((resolve) => startTimer(resolve, 0));
        turnEnds = nowMs() + TURN_MS;
      }
      if (this.#takes.size > 0 || !this.#open()) {
        this.countWait();
        await this.#wait({}, () => this.#open() || this.hasEnded());
        turnEnds = nowMs() + TURN_MS;
      }
      return this.#isOpen ? { done: false, value: this.#batch } : { done: true, value: undefined };
    };
    const end = async (): Promise<IteratorResult<Batch<V>>> => {
      this.#close(false);
      return { done: true, value: undefined };
    };
    return { next, return: end, [Symbol.asyncIterator]: () => this[Symbol.asyncIterator]() };
  }

  /** Closes the ring: writers are refused, what was written can still be read. */
  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}

/** What values can be put into: a typed array, or an array of that length. */
export interface Writable<T> {
  readonly length: number;
  [index: number]: T;
}

class BatchIterator<V> implements IterableIterator<V> {
  readonly #nextView: () => V | typeof END_OF_BATCH;

  constructor(nextView: () => V | typeof END_OF_BATCH) {
    this.#nextView = nextView;
  }

  next(): IteratorResult<V> {
    const view = this.#nextView();
    return view === END_OF_BATCH ? { done: true, value: undefined } : { done: false, value: view };
  }

  [Symbol.iterator](): this {
    return this;
  }
}

/** The ring is being read within a callback of `drain`, or while a batch is open. */
export function refuseNestedRead(): never {
  throw new MillraceError(
    'MILLRACE_NESTED_READ',
    'This ring is being read already: finish the drain callback or the batch before reading again.',
  );
}
