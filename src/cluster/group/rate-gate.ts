import type { Clock } from '../clock.ts';
import { type RateOptions, TokenBucket } from '../delivery/token-bucket.ts';
import type { GroupMemory } from './group-memory.ts';
import { RATE } from './group-memory.ts';

/**
 * How many messages a member may take now, by the rate that all members of its group keep together. Tokens are taken for what a
 * partition seems to have, and given back for what it had not.
 */
export class RateGate {
  readonly #bucket: TokenBucket;
  readonly #clock: Clock;
  readonly #burst: number;
  /** Milliseconds since 1970 before which nothing is to be had; 0 when that is not known. */
  notBefore = 0;

  constructor(memory: GroupMemory, rate: RateOptions, clock: Clock) {
    this.#clock = clock;
    this.#burst = Math.max(1, rate.burst ?? rate.perSecond);
    this.#bucket = new TokenBucket(memory.words, memory.group(RATE), rate);
  }

  /** How many of `most` messages may be taken: at least 1, or 0 when the rate does not allow any before `notBefore`. */
  grant(most: number): number {
    const now = this.#clock.now();
    const granted = this.#bucket.takeUpTo(Math.min(most, this.#burst), now);
    this.notBefore = granted > 0 ? 0 : now + this.#bucket.waitMs(now);
    return granted;
  }

  /** Of those, so many were not there. */
  giveBack(count: number): void {
    this.#bucket.give(count);
  }

  /** Whether it is known that nothing is to be had yet. */
  get isShut(): boolean {
    return this.notBefore !== 0 && this.#clock.now() < this.notBefore;
  }
}
