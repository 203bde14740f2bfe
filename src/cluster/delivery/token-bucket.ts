import { OptionError } from '../../ring/index.ts';

export interface RateOptions {
  /** What may be taken in a second, over all threads. */
  readonly perSecond: number;
  /** What may be taken at once after a pause. Default: what comes in a second, at least 1. */
  readonly burst?: number;
}

/**
 * A rate limit that holds over all threads together: a token bucket in one word of shared memory.
 *
 * The word is the time at which the bucket will be full again (the generic cell rate algorithm, ITU-T I.371): taking n moves
 * it on by the time in which n come in, and is refused when it would move further than a whole bucket ahead of now.
 *
 * - Callers: any thread, with the same options. Progress: lock-free. A thread's death leaves nothing behind.
 * - Order: one compare-and-swap on one word; nothing else is shared.
 * - Wrap: time is counted in units of burst / 2²⁸ in an int32 compared by difference. A word that says more than a bucket
 *   ahead is an old one, from before it wrapped, and counts as full.
 */
const BURST_UNITS: number = 2 ** 28;

export class TokenBucket {
  readonly #words: Int32Array;
  readonly #at: number;
  readonly #burst: number;
  readonly #unitsPerMs: number;
  readonly #unitsPerToken: number;

  /** @param words shared memory; the word at index `at` is the bucket's, zeroed by whoever creates it */
  constructor(words: Int32Array, at: number, { perSecond, burst = Math.max(1, perSecond) }: RateOptions) {
    if (!(perSecond > 0 && perSecond <= 1e9))
      throw new OptionError('rate.perSecond', `perSecond must be above 0 and at most 10⁹, got ${perSecond}.`);
    if (!(burst >= 1 && burst <= 2 ** 24))
      throw new OptionError('rate.burst', `burst must be from 1 to ${2 ** 24}, got ${burst}.`);
    this.#words = words;
    this.#at = at;
    this.#burst = burst;
    this.#unitsPerToken = BURST_UNITS / burst;
    this.#unitsPerMs = (perSecond / 1000) * this.#unitsPerToken;
  }

  /**
   * Takes `count` tokens: 0 when they were there, otherwise how many milliseconds later to try again; then none was taken.
   */
  take(count: number, nowMs: number): number {
    if (!(count >= 0 && count <= this.#burst))
      throw new OptionError(
        'count',
        `At most ${this.#burst} can be taken at once, got ${count}; raise rate.burst.`,
      );
    const now = this.#timeOf(nowMs);
    const cost = Math.floor(count * this.#unitsPerToken);
    for (;;) {
      const word = Atomics.load(this.#words, this.#at);
      const ahead = aheadOf(word, now);
      const missing = ahead + cost - BURST_UNITS;
      if (missing > 0) return missing / this.#unitsPerMs;
      const full = (now + ahead + cost) | 0 || 1;
      if (Atomics.compareExchange(this.#words, this.#at, word, full) === word) return 0;
    }
  }

  /** Takes as many tokens as there are, at most `most`; how many. */
  takeUpTo(most: number, nowMs: number): number {
    const now = this.#timeOf(nowMs);
    for (;;) {
      const word = Atomics.load(this.#words, this.#at);
      const ahead = aheadOf(word, now);
      const count = Math.min(most, Math.floor((BURST_UNITS - ahead) / this.#unitsPerToken));
      if (count < 1) return 0;
      const full = (now + ahead + Math.floor(count * this.#unitsPerToken)) | 0 || 1;
      if (Atomics.compareExchange(this.#words, this.#at, word, full) === word) return count;
    }
  }

  /** Gives back what was taken and not used. */
  give(count: number): void {
    if (count <= 0) return;
    for (;;) {
      const word = Atomics.load(this.#words, this.#at);
      const full = (word - Math.floor(count * this.#unitsPerToken)) | 0 || 1;
      if (Atomics.compareExchange(this.#words, this.#at, word, full) === word) return;
    }
  }

  /** Milliseconds until there is a token. */
  waitMs(nowMs: number): number {
    const ahead = aheadOf(Atomics.load(this.#words, this.#at), this.#timeOf(nowMs));
    return Math.max(0, (ahead + this.#unitsPerToken - BURST_UNITS) / this.#unitsPerMs);
  }

  #timeOf(nowMs: number): number {
    return (Math.floor(nowMs * this.#unitsPerMs) % 2 ** 32) | 0;
  }
}

/** How far the bucket is from being full; a word of 0 has never been used. */
function aheadOf(word: number, now: number): number {
  const ahead = (word - now) | 0;
  return word === 0 || ahead < 0 || ahead > BURST_UNITS + 1 ? 0 : ahead;
}
