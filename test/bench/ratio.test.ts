import { describe, expect, test } from 'vitest';
import { ratioAcross, ratioOf } from '../../bench/report/ratio.ts';
import type { Series } from '../../bench/run/interleave.ts';
import { metricOf } from '../../bench/run/result.ts';

const NEAR = 90;
const FAR = 380;
const figure = { suffix: '', better: 'more' } as const;

/** Rounds of a rate and the cache line's round trip. */
function series(...rounds: (readonly [rate: number, line: number])[]): Series {
  return {
    contender: '',
    about: '',
    rounds: rounds.map(([rate, line]) => ({
      ok: true,
      metrics: [metricOf('flow', rate)],
      lines: [line * 1.2, line],
    })),
  };
}

describe('ratios round by round', () => {
  test('are the median of the ratios, not the ratio of the medians', () => {
    const ratio = ratioOf(
      series([10, NEAR], [21, NEAR], [8, NEAR]),
      series([1, NEAR], [7, NEAR], [1, NEAR]),
      figure,
    );
    expect(ratio).toMatchObject({ median: 8, runs: 3, unlike: 0 });
  });

  test('leave out rounds in which the threads of the two stood at other distances', () => {
    const ratio = ratioOf(series([10, NEAR], [20, NEAR]), series([1, FAR], [10, NEAR]), figure);
    expect(ratio).toMatchObject({ median: 2, runs: 1, unlike: 1 });
  });

  test('are unknown where no rounds are alike, or one side has failed', () => {
    expect(ratioOf(series([10, NEAR]), series([1, FAR]), figure)).toBeUndefined();
    const failed: Series = { contender: '', about: '', rounds: [{ ok: false, reason: 'lost' }] };
    expect(ratioOf(series([10, NEAR]), failed, figure)).toBeUndefined();
  });

  test('leave out rounds in which threads moved', () => {
    const moved = series([10, NEAR], [20, NEAR]);
    const [first, second] = moved.rounds;
    if (!first?.ok || second === undefined) throw new Error('There are no rounds.');
    const rounds = [{ ...first, lines: [NEAR, FAR] }, second];
    const base = series([1, NEAR], [10, NEAR]);
    expect(ratioOf({ ...moved, rounds }, base, figure)).toMatchObject({ median: 2, runs: 1, unlike: 1 });
    expect(ratioAcross({ ...moved, rounds }, base, figure)).toMatchObject({ runs: 1 });
  });

  test('take a line that others have stretched for one that was not measured', () => {
    const stretched = series([10, NEAR], [20, 3_000_000]);
    expect(ratioOf(stretched, series([1, NEAR], [10, NEAR]), figure)).toMatchObject({ median: 6, runs: 2 });
  });

  test('are greater when a time is less', () => {
    expect(ratioOf(series([2, NEAR]), series([10, NEAR]), { suffix: '', better: 'less' })?.median).toBe(5);
  });
});

describe('ratios across scenarios and runs', () => {
  test('compare the rounds of the placement of which there are most', () => {
    const ours = series([10, NEAR], [100, FAR], [100, FAR], [100, FAR]);
    const theirs = series([1, FAR], [1, FAR], [5, NEAR], [1, FAR]);
    expect(ratioAcross(ours, theirs, figure)).toMatchObject({ median: 100, runs: 3 });
  });

  test('take all rounds where placement is not known', () => {
    const unplaced = (one: Series): Series => ({
      ...one,
      rounds: one.rounds.map((round) => ({ ...round, lines: [] })),
    });
    const ours = unplaced(series([4, NEAR], [6, FAR]));
    expect(ratioAcross(ours, unplaced(series([1, NEAR], [1, FAR])), figure)).toMatchObject({
      median: 5,
      runs: 2,
    });
  });

  test('are unknown where no rounds are alike', () => {
    expect(ratioAcross(series([1, NEAR]), series([1, FAR]), figure)).toBeUndefined();
  });
});
