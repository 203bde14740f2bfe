import { describe, expect, test } from 'vitest';
import { estimate, estimateRatio, quantile, summarise } from '../../bench/run/statistics.ts';

describe('the summary of rounds', () => {
  test('is the middle one of an odd number', () => {
    expect(summarise([9, 1, 5])).toEqual({ median: 5, min: 1, max: 9, runs: 3 });
  });

  test('lies between the middle two of an even number', () => {
    expect(summarise([4, 1, 2, 10])).toEqual({ median: 3, min: 1, max: 10, runs: 4 });
  });

  test('sorts by size, not by spelling, and leaves the values as they are', () => {
    const values = [10, 9, 100];
    expect(summarise(values).median).toBe(10);
    expect(values).toEqual([10, 9, 100]);
  });

  test('of nothing is an error', () => {
    expect(() => summarise([])).toThrow('nothing to summarise');
  });
});

describe('a quantile', () => {
  test('is interpolated between neighbours', () => {
    expect(quantile([0, 10], 0.25)).toBe(2.5);
    expect(quantile([1, 2, 3], 1)).toBe(3);
    expect(quantile([7], 0.99)).toBe(7);
  });
});

describe('an estimate', () => {
  const values = [10, 11, 12, 13, 30];

  test('is the median, between bounds that one outlier does not move far', () => {
    const { median, low, high, runs } = estimate(values);
    expect({ median, runs }).toEqual({ median: 12, runs: 5 });
    expect(low).toBeGreaterThanOrEqual(10);
    expect(low).toBeLessThan(12);
    expect(high).toBeGreaterThan(12);
    expect(high).toBeLessThanOrEqual(30);
  });

  test('is the same for the same values', () => {
    expect(estimate(values)).toEqual(estimate(values));
  });

  test('gets narrower with more rounds', () => {
    const many = Array.from({ length: 200 }, (_, i) => 10 + (i % 5));
    const few = [10, 11, 12, 13, 14];
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    expect(width(estimate(many))).toBeLessThan(width(estimate(few)));
  });

  test('of a ratio is that of the medians', () => {
    expect(estimateRatio([20, 22, 24], [10, 11, 12])).toMatchObject({ median: 2 });
  });

  test('covers the truth about as often as it says', () => {
    const random = seeded(7);
    const gauss = () => Array.from({ length: 12 }, random).reduce((sum, x) => sum + x, -6);
    const hits = Array.from({ length: 100 }, () => estimate(Array.from({ length: 21 }, gauss))).filter(
      ({ low, high }) => low <= 0 && high >= 0,
    );
    expect(hits.length).toBeGreaterThan(85);
  });
});

/** Numbers from 0 to 1 by a linear congruential generator, good enough for this. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
