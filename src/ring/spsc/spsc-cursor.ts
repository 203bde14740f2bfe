import { CorruptRingError } from '../errors.ts';

/**
 * The cursor words of a spsc ring: a slot sequence in the upper 30 bits, two flags below.
 *
 * SLEEPER on the producer cursor: a reader sleeps or is about to. On the consumer cursor: a writer does.
 * CLOSED, on the producer cursor only: nothing will be published behind this sequence.
 * RELEASING, the same bit on the consumer cursor: the reader has woken a writer that slept, and wakes nobody any more when it moves the
 * cursor on. Who sleeps until then comes back by itself.
 */
export const SLEEPER = 1;
export const CLOSED = 2;
export const RELEASING = 2;
export const FLAGS = 3;
/** One slot. */
export const STEP = 4;

/** One cursor is behind the other, or further ahead of it than the ring is large. */
export function corruptCursors(): CorruptRingError {
  return new CorruptRingError(
    "The ring's cursors are further apart than the ring is large: something outside it wrote into its memory. " +
      'Close it and create a new one.',
  );
}
