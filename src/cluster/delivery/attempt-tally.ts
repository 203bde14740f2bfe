import { EPOCH_MAX, epochOf, FRESH } from './lease-word.ts';

/**
 * How often a message was given to a handler in vain: one word for each entry of a delivery window.
 *
 *   31      21 20       9 8       0
 *   ├─────────┼──────────┼─────────┤
 *   │ deaths  │ errors   │ epoch   │     the epoch is that of the lease counted last
 *   └─────────┴──────────┴─────────┘
 *
 * Deaths stand apart from errors, because a message is suspect after one or two deaths and after many errors.
 *
 * Order: a failure is counted *before* the entry's word leaves the lease that failed, and the count carries that lease's
 * epoch. So whoever finds the word unchanged, because the thread that counted died in between, finds the epoch there and
 * does not count again. A fresh word says that the counts are an earlier message's; `epochAfter` keeps its epoch
 * from being taken for one that has been counted.
 */
export type Failure = 'error' | 'death';

const ERRORS_SHIFT = 9;
const ERRORS_MAX = 4095;
const DEATHS_SHIFT = 21;
const DEATHS_MAX = 2047;

/** The epoch of the next lease of an entry. */
export function epochAfter(word: number, tally: number): number {
  const next = (epochOf(word) + 1) & EPOCH_MAX;
  return next === (tally & EPOCH_MAX) ? (next + 1) & EPOCH_MAX : next;
}

/** Counts the failure of the lease that the word names, once. */
export function countFailure(tallies: Int32Array, index: number, word: number, failure: Failure): void {
  const epoch = epochOf(word);
  for (;;) {
    const tally = Atomics.load(tallies, index);
    if ((tally & EPOCH_MAX) === epoch) return;
    const errors = errorsIn(word, tally) + (failure === 'error' ? 1 : 0);
    const deaths = deathsIn(word, tally) + (failure === 'death' ? 1 : 0);
    const counted =
      (Math.min(deaths, DEATHS_MAX) << DEATHS_SHIFT) | (Math.min(errors, ERRORS_MAX) << ERRORS_SHIFT) | epoch;
    if (Atomics.compareExchange(tallies, index, tally, counted) === tally) return;
  }
}

/** Handlers that failed on the message, or did not end in time. */
export const errorsIn = (word: number, tally: number): number =>
  (word & FRESH) !== 0 ? 0 : (tally >>> ERRORS_SHIFT) & ERRORS_MAX;

/** Threads that died over the message. */
export const deathsIn = (word: number, tally: number): number =>
  (word & FRESH) !== 0 ? 0 : tally >>> DEATHS_SHIFT;
