import { expect, test } from 'vitest';
import { agreementOf, agreementText } from '../../bench/report/agreement.ts';
import { changesBetween } from '../../bench/report/compare.ts';
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
  expect(agreementOf(results, results)).toMatchObject({ apart: [], verdict: 'ok' });
});

test('more is better for rates and worse for times', () => {
  const now = verdicts(results, times(2, 'millrace-spsc'));
  expect(now['number-1p1c millrace-spsc']).toBe('better');
  expect(now['round-trip-park p50 millrace-spsc']).toBe('worse');
  expect(now['number-1p1c postMessage']).toBe('same');
});

test('runs whose ratios lie apart do not agree, and the ratios are named', () => {
  const now = times(2, 'millrace-spsc');
  expect(agreementOf(results, now).verdict).toBe('short');
  expect(agreementOf(results, now).apart.map(({ scenario }) => scenario)).toContain('number-1p1c');
  expect(agreementText(results, now)).toMatch(/number-1p1c +millrace-spsc .* lie apart/);
});

test('nine ratios of ten are enough', () => {
  const { compared } = agreementOf(results, results);
  const now = times(2, 'thread-stream'); // failed, and so has no ratio
  expect(agreementOf(results, now)).toMatchObject({ compared, verdict: 'ok' });
});

test('ratios of fewer than three rounds are not asked', () => {
  const rows = changesBetween(results, results);
  expect(rows.find(({ scenario }) => scenario === 'round-trip-park p50')?.ratios).toBeUndefined();
});

test('runs of different commits are said to be that', () => {
  const other = { ...results, machine: { ...results.machine, commit: 'fedcba9' } };
  expect(agreementText(results, other)).toContain('not the same code: commit abc1234');
});

test('what failed on either side is left out', () => {
  expect(Object.keys(verdicts(results, results))).not.toContain('number-1p1c thread-stream');
});
