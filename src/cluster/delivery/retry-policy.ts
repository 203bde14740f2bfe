import { OptionError } from '../../ring/index.ts';

/** When a message whose handler failed is delivered again. */
export interface RetryOptions {
  /** Deliveries in all, the first one included. Default 5. `Infinity`: never given up. */
  readonly attempts?: number;
  /** `exponential` (default): the delay doubles with every attempt. `fixed`: it does not. */
  readonly backoff?: 'exponential' | 'fixed';
  /** Milliseconds before the second attempt. Default 100. */
  readonly delay?: number;
  /** The longest delay in milliseconds. Default one minute. */
  readonly maxDelay?: number;
  /**
   * `full` (default): a delay anywhere between 0 and the one that follows from the above, so that messages that failed
   * together do not come back together (Brooker, Exponential Backoff And Jitter, 2015). `none`: exactly that.
   */
  readonly jitter?: 'full' | 'none';
  /** Threads that may die over a message before it is given up. Default 2. */
  readonly deaths?: number;
}

export type RetryPolicy = Required<RetryOptions>;

export function retryPolicy(options: RetryOptions = {}): RetryPolicy {
  const {
    attempts = 5,
    backoff = 'exponential',
    delay = 100,
    maxDelay = 60_000,
    jitter = 'full',
    deaths = 2,
  } = options;
  checkCount('retry.attempts', attempts);
  checkCount('retry.deaths', deaths);
  checkChoice('retry.backoff', backoff, ['exponential', 'fixed']);
  checkChoice('retry.jitter', jitter, ['full', 'none']);
  for (const [name, ms] of [
    ['retry.delay', delay],
    ['retry.maxDelay', maxDelay],
  ] as const) {
    if (!(ms >= 0 && ms <= DELAY_MAX))
      throw new OptionError(name, `${name} must be from 0 to ${DELAY_MAX} ms, got ${ms}.`);
  }
  return { attempts, backoff, delay, maxDelay, jitter, deaths };
}

/** Twenty days: deadlines are compared by difference in an int32 of milliseconds. */
const DELAY_MAX = 20 * 24 * 3_600_000;

function checkCount(name: string, count: number): void {
  if (count === Number.POSITIVE_INFINITY || (Number.isInteger(count) && count >= 1)) return;
  throw new OptionError(name, `${name} must be a whole number from 1, or Infinity, got ${count}.`);
}

function checkChoice(name: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return;
  throw new OptionError(name, `${name} must be '${choices.join("' or '")}', got '${value}'.`);
}

/**
 * Milliseconds to wait after the `failed`-th failed attempt (from 1); `undefined` when that was the last one. `random` gives
 * numbers in [0, 1).
 */
export function delayAfter(failed: number, policy: RetryPolicy, random: () => number): number | undefined {
  if (failed >= policy.attempts) return undefined;
  const factor = policy.backoff === 'exponential' ? 2 ** (failed - 1) : 1;
  const most = Math.min(policy.maxDelay, policy.delay * factor);
  return policy.jitter === 'full' ? random() * most : most;
}
