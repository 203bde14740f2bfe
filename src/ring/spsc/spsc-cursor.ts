/**
 * The cursor words of a spsc ring: a slot sequence in the upper 30 bits, two flags below.
 *
 * SLEEPER on the producer cursor: a reader sleeps or is about to. On the consumer cursor: a writer does.
 * CLOSED, on the producer cursor only: nothing will be published behind this sequence.
 */
export const SLEEPER = 1;
export const CLOSED = 2;
export const FLAGS = 3;
/** One slot. */
export const STEP = 4;
