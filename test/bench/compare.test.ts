import { expect, test } from 'vitest';
import { changesBetween, compareText } from '../../bench/report/compare.ts';
import type { Results } from '../../bench/report/results.ts';
import type { Measured } from '../../bench/run/result.ts';
import { results } from './results.ts';

/** The same run with every figure of one contender so many times as great. */
function times(factor: number, name: string): Results {
  const scaled = (round: Measured): Measured => ({
    ...round,
    metrics: round.metrics.map((metric) => ({ ...metric, value: metric.value * factor })),
  });
  return {
    ...results,
    scenarios: results.scenarios.map(({ scenario, series }) => ({
      scenario,
      series: series.map((one) => ({
        ...one,
        rounds: one.rounds.map((round) => (round.ok && one.contender === name ? scaled(round) : round)),
      })),
    })),
  };
}

const verdicts = (old: Results, now: Results) =>
  Object.fromEntries(
    changesBetween(old, now).map(({ scenario, contender, verdict }) => [`${scenario} ${contender}`, verdict]),
  );

test('a run compared with itself is the same, and agrees', () => {
  expect(new Set(Object.values(verdicts(results, results)))).toEqual(new Set(['same']));
  const ratios = changesBetween(results, results).filter(({ agrees }) => agrees !== undefined);
  expect(ratios.every(({ agrees }) => agrees)).toBe(true);
});

test('more is better for rates and worse for times', () => {
  const now = verdicts(results, times(2, 'millrace-spsc'));
  expect(now['number-1p1c millrace-spsc']).toBe('better');
  expect(now['round-trip-park p50 millrace-spsc']).toBe('worse');
  expect(now['number-1p1c postMessage']).toBe('same');
});

test('ratios that lie apart do not agree', () => {
  const text = compareText(results, times(2, 'millrace-spsc'));
  const all = changesBetween(results, results).filter(({ agrees }) => agrees !== undefined).length;
  expect(text).toContain(`${all - 4} of ${all} ratios to postMessage agree`);
});

test('what failed on either side is left out', () => {
  expect(Object.keys(verdicts(results, results))).not.toContain('number-1p1c thread-stream');
});
