import { STOP } from '../contenders/contender.ts';
import type { PingAnswer } from './jobs.ts';
import { quantile } from './statistics.ts';

/** Keeps the time of round trips. One look at the clock per trip is part of what is measured: some 50 ns. */
const TRIPS_MAX = 500_000;
/** Of the curve; p50, p99 and p99.9 are figures of their own. */
const PERCENTILES = [1, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.99] as const;

export class Trips {
  readonly #samples = new Float64Array(TRIPS_MAX);
  readonly #measureMs: number;
  readonly #warmUntil: number;
  #until: number;
  #count = 0;
  #sequence = 0;
  #sentAt = 0;
  #warm = true;
  #fault: string | undefined;

  constructor(warmUpMs: number, measureMs: number) {
    this.#measureMs = measureMs;
    this.#warmUntil = performance.now() + warmUpMs;
    this.#until = this.#warmUntil + measureMs;
  }

  /** Takes what came back, the sequence that went out last, and says what to send next. */
  next(answer: number): number {
    const now = performance.now();
    if (answer !== this.#sequence) this.#fault ??= `${this.#sequence} went out and ${answer} came back`;
    if (!this.#warm) this.#samples[this.#count++] = now - this.#sentAt;
    else if (now >= this.#warmUntil) this.#begin(now);
    if (now >= this.#until || this.#count === TRIPS_MAX || this.#fault !== undefined) return STOP;
    this.#sentAt = now;
    return ++this.#sequence;
  }

  #begin(now: number): void {
    this.#warm = false;
    this.#until = now + this.#measureMs;
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
