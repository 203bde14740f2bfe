import { delayAfter, type RetryPolicy } from '../delivery/retry-policy.ts';
import type { Headers } from '../topic/record.ts';

/** What became of a message that was not acknowledged. */
export type Decision =
  /** Deliver it again, after so many milliseconds. */
  | { readonly retryAfterMs: number }
  /** Give it to the dead-letter topic. */
  | 'dead'
  /** Nobody has said what to do: the consumer fails, and the message stays. */
  | 'fail';

export interface Failure {
  /** How often the message has been delivered, this time included. */
  readonly attempt: number;
  /** What the handler threw, or `undefined` when it gave the message back by `nack` or `dead`. */
  readonly error?: unknown;
  /** The delay that `nack` asked for. */
  readonly delayMs?: number | undefined;
  /** Why the handler called it dead. */
  readonly reason?: string;
}

export interface FailurePolicy {
  readonly retry?: RetryPolicy | undefined;
  readonly deadLetter?: string | undefined;
}

export function decide(failure: Failure, { retry, deadLetter }: FailurePolicy): Decision {
  const givenUp = deadLetter === undefined ? 'fail' : 'dead';
  if (failure.reason !== undefined) return givenUp;
  if (retry === undefined && failure.error === undefined) return { retryAfterMs: failure.delayMs ?? 0 };
  const delayMs = retry === undefined ? undefined : delayAfter(failure.attempt, retry, Math.random);
  return delayMs === undefined ? givenUp : { retryAfterMs: failure.delayMs ?? delayMs };
}

/** What a dead letter says of its past, besides the headers it had. */
export function deadLetterHeaders(
  from: {
    readonly topic: string;
    readonly partition: number;
    readonly offset: number;
    readonly group: string;
  },
  failure: Failure,
): Headers {
  const error = failure.error instanceof Error ? failure.error : undefined;
  return {
    'dead.topic': from.topic,
    'dead.partition': from.partition,
    'dead.offset': from.offset,
    'dead.group': from.group,
    'dead.attempts': failure.attempt,
    'dead.reason': failure.reason ?? error?.message ?? String(failure.error ?? 'given back too often'),
    ...(error?.stack === undefined ? {} : { 'dead.stack': error.stack.slice(0, 2000) }),
  };
}
