import { CorruptRingError } from '../errors.ts';
import { distance } from '../sequence.ts';

/**
 * Checks of the words by which threads find their way in a ring with turns. No execution of Millrace's own code fails one,
 * whatever other threads do meanwhile; each says why. With them no walk over turn words is without end, and nobody goes to
 * sleep for good before a word that nobody will change:
 *
 * - A walk goes forwards, because spans are at least 1. Words that stay as they are end it within a lap: a slot has one lap.
 * - A walk that was lapped begins again further on, or fails.
 * - All other loops look again because another thread has changed the very word they were about to change.
 */
export function corruptTurns(found: string): CorruptRingError {
  return new CorruptRingError(
    `${found}: something outside the ring wrote into its memory. Close it and create a new one.`,
  );
}

/**
 * Slots of a record, from a run word or a desk. Both are written before the turn word gets its flag MANY, and hold nothing else
 * than spans from then on.
 */
export function checkedSpan(span: number, capacity: number): number {
  if (span >= 1 && span <= capacity) return span;
  throw corruptTurns(`A record claims ${span} slots where 1 to ${capacity} are possible`);
}

/**
 * Where a walker goes on that found a word of a later lap at `at`. Whoever claimed that slot had loaded a frontier word behind
 * `at`, which only grows, so the walker finds it there too. So an end that begins anew a second time within one call begins
 * further on than at the first time, before which, with `at` undefined, it may have been idle for any number of messages.
 */
export function checkedRestart(to: number, at: number | undefined): number {
  if (at === undefined || distance(to, at) > 0) return to;
  throw corruptTurns(`Sequence ${at} is of the past by one word of the ring, and is not by another`);
}
