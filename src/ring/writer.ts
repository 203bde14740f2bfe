import { CheckedClaim, type Claim, type OpenClaim } from './claim.ts';
import type { CodecSpec } from './codec/codec.ts';
import type { RingControl } from './control.ts';
import { FullError, MessageTooLargeError, MillraceError, OptionError, UnsupportedError } from './errors.ts';
import type { Lot } from './lot.ts';
import type { TimeoutOption, WaitOptions } from './ring.ts';
import { type Slot, ValueSlot } from './slots.ts';
import { lendSlot, viewsAreChecked } from './view-checks.ts';
import { type AsyncTarget, type Queue, throwIfAborted, waitUntil } from './waiting/async-wait.ts';
import { countdown, type Waitable, type WaitStrategy, waitSync } from './waiting/wait-strategy.ts';

/**
 * The writing end of a ring, for one thread: what waits is written here once, what stores is each ring's own.
 *
 * Every call throws `ClosedError` (or the error passed to `fail`) once the ring is closed, `EncodeError` when
 * the value does not fit the codec, and `MessageTooLargeError` when it is larger than the ring's maximum;
 * then nothing was written.
 */
export abstract class RingWriter<T, S = Slot<T>> {
  protected readonly control: RingControl;
  protected readonly strategy: WaitStrategy;
  /** Calls of `put` that wait, in the order they were made. */
  protected readonly puts: Queue = new Set();
  #detached = false;
  readonly #room: Waitable;
  readonly #spec: CodecSpec;

  constructor(control: RingControl, strategy: WaitStrategy, spec: CodecSpec) {
    this.control = control;
    this.#spec = spec;
    this.strategy = strategy;
    this.#room = { ready: () => this.hasRoom(), arm: () => this.armForRoom() };
    if (viewsAreChecked()) this.#checkSlots();
  }

  /** Lays checks over the methods that hand over memory to be written in place. */
  #checkSlots(): void {
    const { claim, fill } = this;
    this.claim = (size) => {
      const open = claim.call(this, size) as OpenClaim | undefined;
      return open === undefined ? undefined : new CheckedClaim(open);
    };
    this.fill = (count, write) => fill.call(this, count, (slot, i) => lendSlot(slot as S, i, write));
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

  /**
   * Writes up to `count` messages by letting `write` set each in its slot, made visible together; the answer is how many were
   * written. Never waits. A slot of a struct of fixed size has its fields, which can be set one by one: fields
   * not set hold whatever stood there. All others, and structs too, take a whole value by `set`.
   *
   * With one writer to the ring and messages of fixed size, slots lie in the ring. Otherwise they are private memory until all
   * have been written, since other threads would wait for the callback: it may then be called for messages that find no room,
   * so message `i` should depend on `i` alone. If `write` throws, nothing was written.
   */
  fill(count: number, write: (slot: S, i: number) => void): number {
    const values: T[] = [];
    const most = this.fillable(count);
    this.beginEncoding();
    try {
      for (let i = 0; i < most; i++) {
        const slot = new ValueSlot<T>();
        write(slot as S, i);
        values.push(slot.valueOf(i));
      }
    } finally {
      this.encoding = false;
    }
    return this.offerAll(values);
  }

  /** For how many of `count` messages `fill` calls back where it can't know how many will fit. */
  protected fillable(count: number): number {
    checkCount(count);
    const { capacity, overflow } = this.control.layout;
    return overflow === 'block' || overflow === 'strict' ? Math.min(count, capacity) : count;
  }

  /**
   * Room for one message of `size` bytes, for `bytes` and `bytes(n)`; `undefined` when the ring is full, whatever its
   * overflow policy. Never waits. Throws `UnsupportedError` for other codecs.
   */
  claim(size: number): Claim | undefined {
    this.#checkClaim(size);
    this.beginEncoding();
    let claim: OpenClaim | undefined;
    try {
      claim = this.openClaim(size);
    } finally {
      this.encoding = claim !== undefined;
    }
    return claim;
  }

  #checkClaim(size: number): void {
    const { maxMessageBytes, variable } = this.control.layout;
    if (this.#spec.name !== 'bytes') {
      throw new UnsupportedError(
        `claim() is for messages of bytes, not ${this.#spec.name}; use fill() or offer().`,
      );
    }
    if (!Number.isInteger(size) || size < 0 || (!variable && size !== maxMessageBytes)) {
      const wanted = variable ? 'a whole number of bytes' : `its ${maxMessageBytes} bytes`;
      throw new OptionError('size', `A message of this ring is claimed by ${wanted}, got ${size}.`);
    }
    if (size <= maxMessageBytes) return;
    throw new MessageTooLargeError(
      `${size} bytes are more than the ring's maximum of ${maxMessageBytes}; create the ring with a larger maxMessageSize.`,
    );
  }

  /** `undefined` when there is no room. */
  protected abstract openClaim(size: number): OpenClaim | undefined;

  /** Whether the message last refused may fit now, or the ring has ended. */
  protected abstract hasRoom(): boolean;

  /**
   * Registers this thread to be woken when there may be room: how many milliseconds it may sleep, 0 when there is room already, or
   * the ring has ended.
   */
  protected abstract armForRoom(): number;

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
    return this.putBy(() => this.offer(value), options);
  }

  /** `put` for a caller that writes by itself: `attempt` is to call `offer` once and to answer what it did. */
  async putBy(attempt: () => boolean, options: WaitOptions = {}): Promise<void> {
    throwIfAborted(options);
    if (this.puts.size === 0 && attempt()) return;
    this.refuseIfStrict();
    this.countWait();
    const target: AsyncTarget = { attempt, arm: () => this.armForRoom() };
    await waitUntil(target, this.control.lot.seat, this.puts, options, 'Writing to a full ring');
  }

  /** Writes one message, blocking this thread until there is room; `false` when the time ran out. */
  putSync(value: T, options: TimeoutOption = {}): boolean {
    return this.offer(value) || this.#putLater(value, options);
  }

  /** `putSync` for a caller that writes by itself: see `putBy`. */
  putSyncBy(attempt: () => boolean, options: TimeoutOption = {}): boolean {
    return attempt() || this.#waitUntilWritten(attempt, options);
  }

  /** Apart from `putSync`, which would otherwise make the function for a message that finds room, too. */
  #putLater(value: T, options: TimeoutOption): boolean {
    return this.#waitUntilWritten(() => this.offer(value), options);
  }

  #waitUntilWritten(attempt: () => boolean, options: TimeoutOption): boolean {
    this.refuseIfStrict();
    this.countWait();
    const left = countdown(options.timeout);
    while (waitSync(this.#room, this.control.lot, this.strategy, left())) {
      if (attempt()) return true;
    }
    return false;
  }

  protected refuseIfStrict(): void {
    if (this.control.layout.overflow !== 'strict') return;
    throw new FullError(
      `The ring is full (${this.control.layout.capacity} slots) and its overflow policy is 'strict'. ` +
        "Read faster, make it larger, or use overflow: 'block' to wait.",
    );
  }

  /** What `select` waits for: room for the message last refused, or the end of the ring. */
  get waitable(): { readonly lot: Lot; readonly messages: Waitable } {
    return { lot: this.control.lot, messages: this.#room };
  }

  /** Closes the ring: writers are refused, readers get what is left and then the end. */
  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}

/** Throws `OptionError` unless it is a number of messages. */
export function checkCount(count: number): void {
  if (Number.isInteger(count) && count >= 0) return;
  throw new OptionError('count', `fill() takes a whole number of messages from 0, got ${count}.`);
}

function refuseNestedWrite(): never {
  throw new MillraceError(
    'MILLRACE_NESTED_WRITE',
    'A write to this ring is under way in this thread: a claim that is open, or a value whose getter, or a fill() whose ' +
      'callback, writes to the same ring. Finish it first.',
  );
}
