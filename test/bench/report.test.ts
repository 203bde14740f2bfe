import { describe, expect, test } from 'vitest';
import { type Contender, contenderNamed } from '../../bench/contenders/index.ts';
import { outcomesOf } from '../../bench/report/goals.ts';
import { jsonLine } from '../../bench/report/json.ts';
import { rowsOf } from '../../bench/report/row.ts';
import { digits, goalText, scenarioText } from '../../bench/report/table.ts';
import type { ScenarioResult } from '../../bench/run/interleave.ts';
import type { RoundResult } from '../../bench/run/result.ts';
import { scenarioNamed } from '../../bench/scenarios/index.ts';

const measured = (value: number): RoundResult => ({
  ok: true,
  metrics: [{ suffix: '', unit: 'M msg/s', better: 'more', value }],
  lines: [100, 110],
});

function series(name: string, ...rounds: RoundResult[]): { contender: Contender; rounds: RoundResult[] } {
  return { contender: contenderNamed(name), rounds };
}

const views: ScenarioResult = {
  scenario: scenarioNamed('struct-1p1c-views'),
  series: [
    series('millrace-spsc', measured(10), measured(21), measured(8)),
    series('millrace-mpmc', measured(5), { ok: false, reason: 'message 3 was lost' }, measured(5)),
    series('postMessage', measured(0.5), measured(0.7), measured(0.5)),
  ],
};

describe('a JSON line', () => {
  const [spsc, mpmc] = rowsOf(views, 'postMessage').map(jsonLine);

  test('has the keys that were promised, in their order', () => {
    expect(JSON.stringify(spsc)).toBe(
      '{"scenario":"struct-1p1c-views","contender":"millrace-spsc","unit":"M msg/s","median":10,"min":8,"max":21,"runs":3}',
    );
  });

  test('of a contender that failed once has no figures, and the reason', () => {
    expect(mpmc).toMatchObject({ median: null, min: null, max: null, runs: 0, failed: 'message 3 was lost' });
  });
});

describe('the table', () => {
  test('shows what failed as failed', () => {
    expect(scenarioText(views, 'postMessage')).toMatch(/millrace-mpmc +FAILED +message 3 was lost/);
  });

  test('has three digits a figure', () => {
    expect([0.12345, 1.2345, 12.345, 123.45, 12345.6].map(digits)).toEqual([
      '0.123',
      '1.23',
      '12.3',
      '123',
      '12346',
    ]);
  });

  test('ends with the goals, whose ratios are medians over rounds', () => {
    expect(outcomesOf([views]).map(goalText)).toEqual(['struct as views / postMessage: 20.0× (goal ≥ 20)']);
  });
});
