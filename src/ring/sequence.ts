/**
 * Arithmetic on sequences: int32 numbers that only ever grow, and wrap.
 *
 * Two sequences are compared by their difference, which is right as long as they lie less than 2³¹ apart; a
 * ring never holds that many slots. Where a cursor keeps flags in its low bits, the same holds for the
 * shifted number.
 */

/** How far `a` is ahead of `b`; negative when it is behind. */
export const distance = (a: number, b: number): number => (a - b) | 0;

/** The least power of two that is at least `n`. */
export function powerOfTwoFrom(n: number): number {
  let power = 1;
  while (power < n) power *= 2;
  return power;
}
