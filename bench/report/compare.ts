import { POST_MESSAGE } from '../contenders/index.ts';
import type { ScenarioResult, Series } from '../run/interleave.ts';
import type { Estimate } from '../run/statistics.ts';
import { ratioAcross } from './ratio.ts';
import type { Results } from './results.ts';
import { type Row, rowsOf } from './row.ts';
import { digits, interval } from './table.ts';

/** How a figure differs from that of another run. */
export interface Change {
  readonly scenario: string;
  readonly contender: string;
  /** How many times better it is now. */
  readonly times: Estimate;
  readonly verdict: 'better' | 'worse' | 'same';
  /** Whether the intervals of the two ratios to the baseline have something in common; `undefined` without such ratios. */
  readonly agrees: boolean | undefined;
}

/** Every figure that both runs have. */
export function changesBetween(old: Results, now: Results): Change[] {
  return now.scenarios.flatMap((result) => {
    const before = old.scenarios.find(({ scenario }) => scenario.name === result.scenario.name);
    return before === undefined ? [] : changesIn(before, result);
  });
}

function changesIn(before: ScenarioResult, now: ScenarioResult): Change[] {
  const old = rowsOf(before, POST_MESSAGE);
  return rowsOf(now, POST_MESSAGE).flatMap((row) => {
    const same = old.find(
      ({ scenario, contender }) => scenario === row.scenario && contender === row.contender,
    );
    if (row.summary === undefined || same?.summary === undefined) return [];
    const times = ratioAcross(seriesOf(now, row), seriesOf(before, same), row.figure);
    return times === undefined ? [] : [changeOf(row, same, times)];
  });
}

const seriesOf = ({ series }: ScenarioResult, { contender }: Row): Series =>
  series.find((one) => one.contender === contender) as Series;

function changeOf(row: Row, same: Row, times: Estimate): Change {
  const agrees =
    row.contender === POST_MESSAGE || row.ratio === undefined || same.ratio === undefined
      ? undefined
      : row.ratio.low <= same.ratio.high && same.ratio.low <= row.ratio.high;
  return { scenario: row.scenario, contender: row.contender, times, verdict: verdictOf(times), agrees };
}

const verdictOf = ({ low, high }: Estimate): Change['verdict'] =>
  low > 1 ? 'better' : high < 1 ? 'worse' : 'same';

export function compareText(old: Results, now: Results): string {
  const changes = changesBetween(old, now);
  const ratios = changes.filter(({ agrees }) => agrees !== undefined);
  const agreeing = ratios.filter(({ agrees }) => agrees);
  return [
    `\nAgainst ${old.startedAt}, commit ${old.machine.commit ?? 'unknown'}, Node ${old.machine.node}: times better, 95 %`,
    ...changes.map(changeText),
    `${agreeing.length} of ${ratios.length} ratios to ${POST_MESSAGE} agree within their intervals.`,
  ].join('\n');
}

function changeText({ scenario, contender, times, verdict }: Change): string {
  return `  ${scenario.padEnd(28)} ${contender.padEnd(24)} ${digits(times.median)} (${interval(times)}) ${verdict}`;
}
