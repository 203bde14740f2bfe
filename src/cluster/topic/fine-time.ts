import type { Clock } from '../clock.ts';

/** How far the two clocks may be apart: when the machine has slept, the one that never goes back has stood still. */
const APART_MS = 1000;

/** What makes of `elapsed` a time since 1970, for all threads that use a topic: taken once, when it is created. */
export const fineEpoch = (clock: Clock): number => clock.now() - clock.elapsed();

/** Milliseconds since 1970, with fractions that can be compared between threads. */
export function fineTime(clock: Clock, epochMs: number): () => number {
  return () => {
    const now = clock.now();
    const fine = clock.elapsed() + epochMs;
    return Math.abs(fine - now) < APART_MS ? fine : now;
  };
}
