import { STOP } from '../contenders/contender.ts';
import type { PingAnswer } from './jobs.ts';
import { quantile } from './statistics.ts';

/** Keeps the time of round trips. One look at the clock per trip is part of what is measured: some 50 ns. */
const TRIPS_MAX = 500_000;
/** Warm-up and measuring have at least so many each, however long that takes. */
const TRIPS_LEAST = 20;
/** Of the curve; p50, p99 and p99.9 are figures of their own. */
const PERCENTILES = [1, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.99] as const;

export class Trips {
  readonly #samples = new Float64Array(TRIPS_MAX);
  readonly #measureMs: number;
  readonly #warmUpMs: number;
  /** When the part that runs, the warm-up or the measuring, may end. */
  #until = Number.POSITIVE_INFINITY;
  #count = 0;
  #sequence = 0;
  #sentAt = 0;
  #warm = true;
  #fault: string | undefined;

  constructor(warmUpMs: number, measureMs: number) {
    this.#warmUpMs = warmUpMs;
    this.#measureMs = measureMs;
  }

  /** Takes what came back, the sequence that went out last, and says what to send next. */
  next(answer: number): number {
    const now = performance.now();
    if (answer !== this.#sequence) this.#fault ??= `${this.#sequence} went out and ${answer} came back`;
    if (this.#sequence === 0)
      this.#until = now + this.#warmUpMs; // The ends are connected only now.
    else if (!this.#warm) this.#samples[this.#count++] = now - this.#sentAt;
    else if (now >= this.#until && this.#sequence >= TRIPS_LEAST) this.#begin(now);
    if (this.#isOver(now)) return STOP;
    this.#sentAt = now;
    return ++this.#sequence;
  }

  #begin(now: number): void {
    this.#warm = false;
    this.#until = now + this.#measureMs;
  }

  #isOver(now: number): boolean {
    const measured = !this.#warm && now >= this.#until && this.#count >= TRIPS_LEAST;
    return measured || this.#count === TRIPS_MAX || this.#fault !== undefined;
  }

  answer(): PingAnswer {
    const sorted = this.#samples.subarray(0, this.#count).sort();
    const fault = this.#fault ?? (this.#count === 0 ? 'no message came back' : undefined);
    const curve = PERCENTILES.map(
      (percentile) => [percentile, quantile(sorted, percentile / 100) * 1000] as const,
    );
    return fault === undefined ? { curve } : { curve: [], fault };
  }
}
