import { pause } from '../atomics.ts';
import { nowMs } from '../globals.ts';
import type { Lot, Seat } from '../lot.ts';

/**
 * How a blocked thread spends its time.
 *
 * - `spin` looks again and again: the quickest answer, and a core lost to waiting.
 * - `park` sleeps at once: about 10 µs to wake, and nothing spent meanwhile.
 * - `adaptive` stays off the ring for a moment so that a batch can build up (a consumer that looks without
 *   pause takes the cache line from the producer at each message), looks on for some tens of microseconds,
 *   then sleeps.
 *   Where threads are more than cores, the moment off the ring is a short sleep in a stream (`build-up.ts`).
 */
export const WAIT_STRATEGIES = ['spin', 'park', 'adaptive'] as const;
export type WaitStrategy = (typeof WAIT_STRATEGIES)[number];

/** What a thread can wait for. */
export interface Waitable {
  /** Whether the wait is over: there is something to do, or the ring has ended. */
  ready(): boolean;
  /**
   * Registers this thread to be woken; the answer is how many milliseconds it may sleep before it looks again by itself, 0 when
   * the wait is over already: then nobody needs to wake it. Throws `CorruptRingError` when a word says that nobody ever will.
   * The bell must have been read (`Seat.listen`) before.
   */
  arm(): number;
}

/** How long a sleep may last that somebody is bound to end. */
export const UNTIL_WOKEN: number = Number.POSITIVE_INFINITY;

/** How long it may last when nobody is: the thread that would have to end it may be stopped, or has no duty to. */
export const PATIENCE_MS = 2;

/** Looks, and pauses of about a quarter of a microsecond, before an adaptive waiter sleeps. */
const ADAPTIVE_LOOKS = 64;

/** Milliseconds left of a time that starts now. */
export function countdown(timeoutMs: number = Number.POSITIVE_INFINITY): () => number {
  if (timeoutMs === Number.POSITIVE_INFINITY) return () => timeoutMs;
  const deadline = nowMs() + timeoutMs;
  return () => deadline - nowMs();
}

/** Blocks until `target` is ready (`true`) or the time is over (`false`). */
export function waitSync(target: Waitable, lot: Lot, strategy: WaitStrategy, timeoutMs: number): boolean {
  if (timeoutMs <= 0) return target.ready();
  const deadline = timeoutMs === Number.POSITIVE_INFINITY ? timeoutMs : nowMs() + timeoutMs;
  if (strategy === 'spin') return spin(target, deadline);
  if (strategy === 'adaptive' && lookAround(target)) return true;
  return park(target, lot.seat, deadline);
}

/**
 * Looks for as long as a sleep and a wake-up would cost anyway; whether the target became ready. The first
 * looks come after a moment off the ring, in which a batch can build up.
 */
export function lookAround(target: Waitable): boolean {
  for (let look = 0; look < ADAPTIVE_LOOKS; look++) {
    pause();
    if (look >= 2) pause();
    if (target.ready()) return true;
  }
  return false;
}

/** Rounds of a thousand looks after which a spinning thread registers once: some tens of milliseconds. */
const ROUNDS_UNREGISTERED = 1000;

/** Registering is not for a wake-up here: it throws when what is waited for can never come. */
function spin(target: Waitable, deadline: number): boolean {
  for (let round = 1; ; round++) {
    for (let look = 0; look < 1000; look++) if (target.ready()) return true;
    if (nowMs() >= deadline) return target.ready();
    if (round % ROUNDS_UNREGISTERED === 0 && target.arm() === 0) return true;
  }
}

/**
 * Order: 1. the bell is read, 2. the thread registers and finds that there still is nothing, 3. it sleeps on
 * the bell's old value. Whoever makes the target ready after 2 finds the registration and changes the bell,
 * so that 3 does not sleep or is woken. A stale ring only makes the loop turn once more.
 */
function park(target: Waitable, seat: Seat, deadline: number): boolean {
  for (;;) {
    const heard = seat.listen(); // 1.
    const patienceMs = target.arm(); // 2.
    if (patienceMs === 0) return true;
    const left = deadline - nowMs();
    if (left <= 0) return target.ready();
    seat.sleep(heard, Math.min(left, patienceMs)); // 3.
    if (target.ready()) return true;
  }
}
