import { type Batch, Batches, type BatchSteps, type END_OF_BATCH, ReusedBatch } from './batch.ts';
import { ByteRows } from './codec/byte-rows.ts';
import { copy } from './codec/view.ts';
import type { RingControl } from './control.ts';
import { MillraceError } from './errors.ts';
import type { Lot } from './lot.ts';
import type { TimeoutOption, WaitOptions } from './ring.ts';
import { Lender, lendingTo, viewsAreChecked } from './view-checks.ts';
import { type AsyncTarget, type Queue, throwIfAborted, waitUntil } from './waiting/async-wait.ts';
import { BuildUp } from './waiting/build-up.ts';
import { countdown, type Waitable, type WaitStrategy, waitSync } from './waiting/wait-strategy.ts';

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
  readonly #buildUp: BuildUp;
  readonly #messages: Waitable;
  readonly #selectable: Waitable;
  readonly #batch: ReusedBatch<V>;

  constructor(control: RingControl, strategy: WaitStrategy) {
    this.control = control;
    this.strategy = strategy;
    this.#buildUp = new BuildUp(control.layout.capacity, strategy, control.lot);
    const arm = () => this.armForMessage();
    this.#messages = { ready: () => this.isReady(), arm };
    this.#selectable = { ready: () => this.hasMessage() || this.hasEnded(), arm };
    const lender = viewsAreChecked() ? new Lender(() => this.shownMemory) : undefined;
    this.#batch = new ReusedBatch(this.#steps(), lender);
    if (lender !== undefined) {
      const { drain } = this;
      this.drain = (each, max) => drain.call(this, lendingTo(each, lender), max);
    }
  }

  #steps(): BatchSteps<V> {
    return {
      open: (max) => this.openBatch(max),
      next: () => this.nextView(),
      close: (all) => this.closeBatch(all),
      abandon: () => this.abandonBatch(),
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
    return this.#batch.open(max) ? this.#batch.shown : undefined;
  }

  /** Forgets the open batch: what becomes of its messages, the caller settles. */
  protected dropBatch(): void {
    this.#batch.drop();
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

  /**
   * Registers this thread to be woken when there may be a message: how many milliseconds it may sleep, 0 when there is one already,
   * or the ring has ended.
   */
  protected abstract armForMessage(): number;

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
    this.#batch.abandon();
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

  #drainWaiting(drain: () => number, room: number | undefined, options: TimeoutOption): number {
    this.#buildUp.beforeDrain();
    let count = drain();
    if (count === 0) count = this.#waitAndDrain(drain, options);
    this.#buildUp.afterDrain(count, room);
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

  /** What `select` waits for, which asks it for the answer too, so it says no only when that is so; not for other use. */
  get waitable(): { readonly lot: Lot; readonly messages: Waitable } {
    return { lot: this.control.lot, messages: this.#selectable };
  }

  #throwIfEnded(): false {
    if (this.hasEnded()) throw this.control.endError();
    return false;
  }

  #wait(options: WaitOptions, attempt: () => boolean): Promise<void> {
    const target: AsyncTarget = {
      attempt,
      arm: () => this.armForMessage(),
      giveUp: () => this.stopWaiting() && attempt(),
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
    const open = () => this.#takes.size === 0 && this.#batch.open();
    const wait = () => {
      this.countWait();
      return this.#wait({}, () => this.#batch.open() || this.hasEnded());
    };
    return new Batches(this.#batch, open, wait);
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

/** The ring is being read within a callback of `drain`, or while a batch is open. */
export function refuseNestedRead(): never {
  throw new MillraceError(
    'MILLRACE_NESTED_READ',
    'This ring is being read already: finish the drain callback or the batch before reading again.',
  );
}
