import { describe, expect, test } from 'vitest';
import { outcomeOf } from '../../bench/goals/outcome.ts';
import { PLEDGES } from '../../bench/goals/pledges.ts';
import { outcomeText } from '../../bench/goals/text.ts';
import { jsonLine } from '../../bench/report/json.ts';
import { rowsOf } from '../../bench/report/row.ts';
import { digits, scenarioText } from '../../bench/report/table.ts';
import type { ScenarioResult, Series } from '../../bench/run/interleave.ts';
import type { RoundResult } from '../../bench/run/result.ts';
import { scenarioNamed } from '../../bench/scenarios/index.ts';

const measured = (value: number): RoundResult => ({
  ok: true,
  metrics: [{ suffix: '', unit: 'M msg/s', better: 'more', value }],
  lines: [100, 110],
});

function series(contender: string, ...rounds: RoundResult[]): Series {
  return { contender, about: '', rounds };
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
  const [spsc, mpmc] = rowsOf(views).map(jsonLine);

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
    expect(scenarioText(views)).toMatch(/millrace-mpmc +FAILED +message 3 was lost/);
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
});

describe('a pledge', () => {
  const pledge = PLEDGES.find(({ ours }) => ours.scenario === 'struct-1p1c-views');
  if (pledge === undefined) throw new Error('Nothing is promised about structs as views.');
  const line = (least: number) =>
    outcomeText(outcomeOf({ ...pledge, least }, [views])).replaceAll(/ {2,}/g, ' · ');

  test('is judged by the median of the ratios of each round', () => {
    expect(line(20)).toBe('1P1C, 7-field struct as views · ≥ 20.0 × postMessage · 20.0 (16.0 … 30.0) · ok');
    expect(line(21)).toMatch(/≥ 21.0 × postMessage .* short$/);
  });

  test('is short when ours failed, and unknown when the rival did', () => {
    const against = (ours: string, contender: string) =>
      outcomeOf(
        {
          title: '',
          ours: { scenario: views.scenario.name, contender: ours },
          against: { scenario: views.scenario.name, contender },
          least: 1,
        },
        [views],
      ).verdict;
    expect(against('millrace-mpmc', 'postMessage')).toBe('short');
    expect(against('millrace-spsc', 'millrace-mpmc')).toBe('unknown');
    expect(against('millrace-spsc', 'nobody')).toBe('unknown');
    expect(against('nobody', 'postMessage')).toBe('unknown');
  });
});
