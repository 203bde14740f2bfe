import { type Clock, systemClock, type Timer } from '../clock.ts';

/** What runs later, until it is cancelled. */
interface Waiting {
  readonly atMs: number;
  /** Decides between timers of the same time. */
  readonly turn: number;
  readonly call: () => void;
}

export interface VirtualClockOptions {
  readonly seed?: number;
  /** Milliseconds since 1970. */
  readonly startMs?: number;
  /** Resolves when all that can go on without the clock has done so. */
  readonly settled?: () => Promise<void>;
}

/**
 * A clock that a test moves, in place of the machine's: time passes when `advance` says so, and not otherwise. Timers of the
 * same time run in an order that follows from the seed, because nobody may rely on it.
 */
export class VirtualClock implements Clock {
  #now: number;
  #random: number;
  readonly #waiting = new Set<Waiting>();
  /** After everything that is ready to run in this thread has run: an event loop has its turns in real time. */
  readonly turn: () => Promise<void> = systemClock.turn;
  readonly #startMs: number;
  readonly #settled: () => Promise<void>;

  constructor({ seed = 1, startMs = Date.UTC(2026, 0, 1), settled }: VirtualClockOptions = {}) {
    this.#startMs = startMs;
    this.#settled = settled ?? this.turn;
    this.#now = startMs;
    this.#random = seed | 0 || 1;
  }

  readonly now = (): number => this.#now;

  elapsed(): number {
    return this.#now - this.#startMs;
  }

  after(ms: number, call: () => void): Timer {
    const waiting = { atMs: this.#now + Math.max(0, ms), turn: this.random(), call };
    this.#waiting.add(waiting);
    return { cancel: () => this.#waiting.delete(waiting) };
  }

  /** A number in [0, 1) that follows from the seed (xorshift32; Marsaglia, 2003): for jitter and for schedules. */
  readonly random = (): number => {
    let x = this.#random;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#random = x;
    return (x >>> 0) / 2 ** 32;
  };

  /** Timers that wait. */
  get pending(): number {
    return this.#waiting.size;
  }

  /** Lets time pass: runs what becomes due, each at its own time, and between them what the event loop has to do. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.#settled();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#waiting.delete(next);
      this.#now = Math.max(this.#now, next.atMs);
      next.call();
      await this.#settled();
    }
    this.#now = end;
  }

  #next(end: number): Waiting | undefined {
    let first: Waiting | undefined;
    for (const waiting of this.#waiting) {
      if (waiting.atMs > end) continue;
      if (
        first === undefined ||
        waiting.atMs < first.atMs ||
        (waiting.atMs === first.atMs && waiting.turn < first.turn)
      )
        first = waiting;
    }
    return first;
  }
}
