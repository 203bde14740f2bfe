import { OptionError } from '../../ring/index.ts';

/** What becomes of a record whose handler throws, in the end. Plain data. */
export interface Policy {
  /** Calls after the first. */
  readonly retries: number;
  /** Milliseconds before the first of them; doubles each time. */
  readonly delayMs: number;
  readonly last: 'fail' | 'skip' | 'dead-letter';
}

/** A record that could not be handled, and why. */
export interface DeadLetter<T = unknown> {
  readonly value: T;
  /** What the handler threw last, or `PoisonError`. */
  readonly error: Error;
  readonly stage: string;
  readonly thread: number;
  /** How often a handler was called with it. */
  readonly attempts: number;
  /** How many threads it killed. */
  readonly deaths: number;
}

export type DeadLetterSink = (letter: DeadLetter) => unknown;

/**
 * What to do when a handler throws:
 *
 * - `'fail'`: everything stops, with that error. The default.
 * - `'skip'`: the record is left out.
 * - `{ deadLetter }`: the record is handed to this function, with the error.
 * - `{ retry: 3, delay: 100, otherwise }`: the handler is called again up to three times, after 100, 200 and 400 ms, and
 *   then one of the above.
 */
export type OnError =
  | 'fail'
  | 'skip'
  | { readonly deadLetter: DeadLetterSink }
  | {
      readonly retry: number;
      readonly delay?: number;
      readonly otherwise?: Exclude<OnError, { retry: number }>;
    };

export function policyOf(onError: OnError = 'fail'): { policy: Policy; sink: DeadLetterSink | undefined } {
  if (typeof onError === 'object' && 'retry' in onError) {
    const { retry, delay = 0, otherwise = 'fail' } = onError;
    if (!Number.isInteger(retry) || retry < 1) {
      throw new OptionError('retry', `retry must be a whole number from 1, got ${retry}.`);
    }
    const last = policyOf(otherwise);
    return { policy: { ...last.policy, retries: retry, delayMs: delay }, sink: last.sink };
  }
  if (onError === 'fail' || onError === 'skip') {
    return { policy: { retries: 0, delayMs: 0, last: onError }, sink: undefined };
  }
  if (typeof onError?.deadLetter === 'function') {
    return { policy: { retries: 0, delayMs: 0, last: 'dead-letter' }, sink: onError.deadLetter };
  }
  throw new OptionError(
    'onError',
    "onError must be 'fail', 'skip', { deadLetter: function } or { retry: count }.",
  );
}
