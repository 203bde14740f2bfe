import { delayAfter, type RetryPolicy } from '../delivery/retry-policy.ts';

/** What became of a message that was not acknowledged. */
export type Decision =
  /** Deliver it again, after so many milliseconds. */
  | { readonly retryAfterMs: number }
  /** Give it up: it goes to the dead-letter topic, if there is one. */
  | 'dead'
  /** Nobody has said what to do: the consumer fails, and the message stays. */
  | 'fail';

export interface Failure {
  /** How often the message has been delivered, this time included; 0 when nobody was given it. */
  readonly attempt: number;
  /** How many of those deliveries ended with the thread's death. */
  readonly deaths: number;
  /** What the handler threw, or `undefined` when it gave the message back by `nack` or `dead`. */
  readonly error?: unknown;
  /** The delay that `nack` asked for. */
  readonly delayMs?: number | undefined;
  /** Why it is to be given up. */
  readonly reason?: string;
}

export interface FailurePolicy {
  readonly retry?: RetryPolicy | undefined;
  readonly deadLetter?: string | undefined;
  /** For the jitter of delays. */
  readonly random: () => number;
}

/** Threads that die one after the other with the same message, or before they read any, until it is given up. */
export const DEATHS_MAX = 3;

/** Why a message that is over its time to live is given up. */
export const EXPIRED = 'expired';

export function decide(failure: Failure, { retry, deadLetter, random }: FailurePolicy): Decision {
  if (failure.reason === EXPIRED) return 'dead';
  const givenUp = deadLetter === undefined ? 'fail' : 'dead';
  if (failure.reason !== undefined) return givenUp;
  if (retry === undefined && failure.error === undefined) return { retryAfterMs: failure.delayMs ?? 0 };
  const errors = failure.attempt - failure.deaths;
  const delayMs = retry === undefined ? undefined : delayAfter(errors, retry, random);
  return delayMs === undefined ? givenUp : { retryAfterMs: failure.delayMs ?? delayMs };
}

/** A message that is over its time to live is not handled. */
export function expired({ attempt, deaths }: { readonly attempt: number; readonly deaths: number }): Failure {
  return { attempt: attempt - 1, deaths, reason: EXPIRED };
}

/**
 * A message that too many threads have died with is not tried once more, if there is a place where it can go; `undefined` for any
 * other one.
 */
export function killerOf(
  message: { readonly attempt: number; readonly deaths: number },
  { retry, deadLetter }: { readonly retry: RetryPolicy | undefined; readonly deadLetter: unknown },
): Failure | undefined {
  const { attempt, deaths } = message;
  if (deaths === 0 || deadLetter === undefined || deaths < (retry?.deaths ?? DEATHS_MAX)) return undefined;
  return { attempt: attempt - 1, deaths, reason: 'death' };
}
