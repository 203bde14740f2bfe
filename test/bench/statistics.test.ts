import { describe, expect, test } from 'vitest';
import { quantile, ratios, summarise } from '../../bench/run/statistics.ts';

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

describe('ratios', () => {
  test('are taken round by round, and better is greater either way', () => {
    expect(ratios([10, 30], [5, 10], 'more')).toEqual([2, 3]);
    expect(ratios([10, 30], [5, 90], 'less')).toEqual([0.5, 3]);
  });

  test('leave out rounds in which either side failed', () => {
    expect(ratios([10, undefined, 8], [5, 5, undefined], 'more')).toEqual([2]);
  });
});
