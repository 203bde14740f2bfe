import { waitAsync } from '../atomics.ts';
import { TimeoutError, UnsupportedError } from '../errors.ts';
import { type AbortSignalLike, startTimer, stopTimer } from '../globals.ts';
import type { Seat } from '../lot.ts';
import { UNTIL_WOKEN } from './wait-strategy.ts';

/**
 * Waiting without blocking the thread: all pending waits of a thread share one `Atomics.waitAsync` on its
 * bell.
 *
 * Invariants
 * - At most one `waitAsync` per seat is outstanding. A wait that times out or is aborted only leaves a list
 *   here, so nothing stays behind in the engine.
 * - Whenever a wait is pending and no pass over the list is under way, the bell is being listened to with a
 *   value read before the last pass began: what became ready after a wait was armed changes the bell.
 * - A pending wait keeps the event loop alive (a pending `waitAsync` does not); without pending waits nothing
 *   does.
 */
export interface AsyncTarget {
  /** Tries to end the wait: `true` when it did. May throw, which ends it too. */
  attempt(): boolean;
  /** See `Waitable.arm`. */
  arm(): number;
  /** Called when the time is over or the wait was aborted: `true` when it succeeded in the last moment, and can't be undone. */
  giveUp?(): boolean;
}

/** How long a call may wait. */
export interface WaitOptions {
  /** Milliseconds; without it the call waits as long as it takes. */
  readonly timeout?: number | undefined;
  /** Ends the wait: the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignalLike | undefined;
}

export function throwIfAborted({ signal }: WaitOptions): void {
  if (signal?.aborted) throw signal.reason ?? new Error('The wait was aborted.');
}

/** Calls of one kind on one endpoint, in the order they were made: only the first may go on. */
export type Queue = Set<Pending>;

interface Pending {
  readonly target: AsyncTarget;
  readonly queue: Queue;
  readonly settle: (error?: unknown) => void;
}

class AsyncWaits {
  readonly #seat: Seat;
  readonly #pending = new Set<Pending>();
  #listening = false;
  #passing = false;
  #timer: unknown;

  constructor(seat: Seat) {
    this.#seat = seat;
  }

  add(pending: Pending): void {
    this.#pending.add(pending);
    pending.queue.add(pending);
    keepAlive(1);
    this.pass();
  }

  delete(pending: Pending): void {
    pending.queue.delete(pending);
    if (this.#pending.delete(pending)) keepAlive(-1);
  }

  /** Lets every pending wait try, in the order they began, and listens for the bell if any is left. */
  pass(): void {
    if (this.#passing) return;
    this.#passing = true;
    for (;;) {
      const heard = this.#seat.listen();
      const patienceMs = this.#tryAll();
      if (patienceMs > 0 && this.#listen(heard, patienceMs)) break;
    }
    this.#passing = false;
  }

  /** Milliseconds until they are to be tried again at the latest; 0 when one could not be armed because it can go on. */
  #tryAll(): number {
    let patienceMs = UNTIL_WOKEN;
    for (const pending of this.#pending) {
      if (!isFirst(pending)) continue;
      try {
        if (pending.target.attempt()) pending.settle();
        else patienceMs = Math.min(patienceMs, pending.target.arm());
      } catch (error) {
        pending.settle(error);
      }
    }
    return patienceMs;
  }

  /** `false` when the bell has rung since `heard`. */
  #listen(heard: number, patienceMs: number): boolean {
    if (this.#pending.size === 0) return true;
    this.#lookAgainIn(patienceMs);
    const { bell, thread, words } = this.#seat;
    if (this.#listening) return this.#seat.listen() === heard;
    this.#listening = thread.listen(words, bell, heard, () => {
      this.#listening = false;
      if (this.#pending.size > 0) this.pass();
    });
    return this.#listening;
  }

  /** Forgets what is pending: the thread has ended, as simulated ones do while the real one goes on. */
  abandon(): void {
    for (const pending of [...this.#pending]) this.delete(pending);
  }

  /** For waits that must not rely on the bell alone. A timer of our own, because a `waitAsync` can't be shortened. */
  #lookAgainIn(patienceMs: number): void {
    if (patienceMs === UNTIL_WOKEN || this.#timer !== undefined) return;
    this.#timer = this.#seat.thread.startTimer(() => {
      this.#timer = undefined;
      if (this.#pending.size > 0) this.pass();
    }, patienceMs);
  }
}

function isFirst(pending: Pending): boolean {
  for (const first of pending.queue) return first === pending;
  return false;
}

const waitsOf = new WeakMap<Seat, AsyncWaits>();

function waitsAt(seat: Seat): AsyncWaits {
  if (waitAsync === undefined) {
    throw new UnsupportedError(
      'This runtime lacks waitAsync, without which a thread can only wait by blocking; use the Sync calls in a worker.',
    );
  }
  let waits = waitsOf.get(seat);
  if (waits === undefined) {
    waits = new AsyncWaits(seat);
    waitsOf.set(seat, waits);
  }
  return waits;
}

/** Nothing that waits on this seat goes on any more. For simulations. */
export function abandonWaits(seat: Seat): void {
  waitsOf.get(seat)?.abandon();
}

/**
 * Resolves when `target.attempt()` has returned `true`; rejects with what it throws, with the signal's
 * reason, or with `TimeoutError` saying that `what` was not possible. Waits of one queue end in the order
 * they began.
 */
export async function waitUntil(
  target: AsyncTarget,
  seat: Seat,
  queue: Queue,
  options: WaitOptions,
  what: string,
): Promise<void> {
  const { signal, timeout } = options;
  const waits = waitsAt(seat);
  return new Promise((resolve, reject) => {
    let deadline: unknown;
    const pending: Pending = { target, queue, settle };
    const giveUp = (reason: unknown) => {
      try {
        settle(isFirst(pending) && target.giveUp?.() === true ? undefined : reason);
      } catch (error) {
        settle(error);
      }
      waits.pass(); // The next of the queue may go on now.
    };
    const onAbort = () => giveUp(signal?.reason ?? new Error('The wait was aborted.'));
    function settle(error?: unknown): void {
      waits.delete(pending);
      if (deadline !== undefined) seat.thread.stopTimer(deadline);
      signal?.removeEventListener('abort', onAbort);
      if (error === undefined) resolve();
      else reject(error);
    }
    if (timeout !== undefined && timeout < LONGEST_TIMER_MS) {
      const onTime = () => giveUp(new TimeoutError(`${what} was not possible within ${timeout} ms.`));
      deadline = seat.thread.startTimer(onTime, Math.max(0, timeout));
    }
    signal?.addEventListener('abort', onAbort);
    waits.add(pending);
  });
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;
let pendingWaits = 0;
let aliveTimer: unknown;

function keepAlive(change: 1 | -1): void {
  pendingWaits += change;
  if (pendingWaits === 0) {
    stopTimer(aliveTimer);
    aliveTimer = undefined;
  } else aliveTimer ??= startTimer(renew, LONGEST_TIMER_MS);
}

function renew(): void {
  aliveTimer = startTimer(renew, LONGEST_TIMER_MS);
}
