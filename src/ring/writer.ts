import type { RingControl } from './control.ts';
import { FullError, MillraceError } from './errors.ts';
import type { TimeoutOption, WaitOptions } from './ring.ts';
import { type AsyncTarget, type Queue, throwIfAborted, waitUntil } from './waiting/async-wait.ts';
import { countdown, type Waitable, type WaitStrategy, waitSync } from './waiting/wait-strategy.ts';

/**
 * The writing end of a ring, for one thread: what waits is written here once, what stores is each ring's own.
 *
 * Every call throws `ClosedError` (or the error passed to `fail`) once the ring is closed, `EncodeError` when
 * the value does not fit the codec, and `MessageTooLargeError` when it is larger than the ring's maximum;
 * then nothing was written.
 */
export abstract class RingWriter<T> {
  protected readonly control: RingControl;
  protected readonly strategy: WaitStrategy;
  readonly #puts: Queue = new Set();
  #detached = false;
  readonly #room: Waitable;

  constructor(control: RingControl, strategy: WaitStrategy) {
    this.control = control;
    this.strategy = strategy;
    this.#room = {
      ready: () => this.hasRoom(),
      arm: () => this.armForRoom(),
      patienceMs: Number.POSITIVE_INFINITY,
    };
  }

  /** True while a value is being encoded: its getters are user code, which must not write to this ring again. */
  protected encoding = false;

  /** Call it before encoding; `encoding` must be false again when that has ended, however it ended. */
  protected beginEncoding(): void {
    if (this.encoding) refuseNestedWrite();
    this.encoding = true;
  }

  /**
   * Writes one message if there is room, without ever waiting. `false` when the ring is full and its overflow
   * policy is `block` or `strict`; with a dropping policy always `true`.
   */
  abstract offer(value: T): boolean;

  /** Writes as many of `values` as fit, in order, made visible together; the answer is how many. Never waits. */
  abstract offerAll(values: ArrayLike<T>): number;

  /** Whether the message last refused may fit now, or the ring has ended. */
  protected abstract hasRoom(): boolean;

  /** Registers this thread to be woken when there may be room; `false` when there is already, or the ring has ended. */
  protected abstract armForRoom(): boolean;

  protected abstract countWait(): void;

  /** Whether `detach` was called; `ring.writer` then attaches anew. */
  get detached(): boolean {
    return this.#detached;
  }

  /** Gives up the role, so that another thread can attach, and ends this object's use. The ring stays open. */
  detach(): void {
    if (this.#detached) return;
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

  get closed(): boolean {
    return this.control.closed;
  }

  /**
   * Writes one message, waiting for room as long as it takes while the event loop stays free. Calls take
   * effect in the order they are made. The value is encoded when there is room for it: do not change it
   * before the promise settles.
   */
  put(value: T, options: WaitOptions = {}): Promise<void> {
    return this.putAndTell(value, nothing, options);
  }

  /** `put`, telling what `told` says right after the message was written. */
  async putAndTell<R>(value: T, told: () => R, options: WaitOptions = {}): Promise<R> {
    throwIfAborted(options);
    if (this.#puts.size === 0 && this.offer(value)) return told();
    this.#refuseIfStrict();
    this.countWait();
    let answer: R | undefined;
    const attempt = () => {
      if (!this.offer(value)) return false;
      answer = told();
      return true;
    };
    const target: AsyncTarget = {
      attempt,
      arm: () => this.armForRoom(),
      patienceMs: Number.POSITIVE_INFINITY,
    };
    await waitUntil(target, this.control.lot.seat, this.#puts, options, 'Writing to a full ring');
    return answer as R;
  }

  /** Writes one message, blocking this thread until there is room; `false` when the time ran out. */
  putSync(value: T, options: TimeoutOption = {}): boolean {
    if (this.offer(value)) return true;
    this.#refuseIfStrict();
    this.countWait();
    const left = countdown(options.timeout);
    while (waitSync(this.#room, this.control.lot, this.strategy, left())) {
      if (this.offer(value)) return true;
    }
    return false;
  }

  #refuseIfStrict(): void {
    if (this.control.layout.overflow !== 'strict') return;
    throw new FullError(
      `The ring is full (${this.control.layout.capacity} slots) and its overflow policy is 'strict'. ` +
        "Read faster, make it larger, or use overflow: 'block' to wait.",
    );
  }

  /** Closes the ring: writers are refused, readers get what is left and then the end. */
  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}

function nothing(): void {}

function refuseNestedWrite(): never {
  throw new MillraceError(
    'MILLRACE_NESTED_WRITE',
    'A value that is being written to this ring wrote to the same ring from one of its getters; write it before or after.',
  );
}
