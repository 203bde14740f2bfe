import type { ScenarioResult, Series } from '../run/interleave.ts';
import type { Estimate } from '../run/statistics.ts';
import { type Ratio, ratioAcross } from './ratio.ts';
import type { Results } from './results.ts';
import { type Row, rowsOf } from './row.ts';
import { digits, interval } from './table.ts';

/** How a figure differs from that of another run. */
export interface Change {
  readonly scenario: string;
  readonly contender: string;
  /** How many times better it is now; `undefined` when no rounds of the two runs were alike in placement. */
  readonly times: Estimate | undefined;
  readonly verdict: 'better' | 'worse' | 'same' | 'unlike';
  /** The ratios to the baseline, where both runs have one that says something. */
  readonly ratios?: { readonly before: Ratio; readonly now: Ratio };
}

/** Fewer rounds that can be compared give no interval worth the name. */
const ROUNDS_LEAST = 3;

/** Every figure that both runs have. */
export function changesBetween(old: Results, now: Results): Change[] {
  return now.scenarios.flatMap((result) => {
    const before = old.scenarios.find(({ scenario }) => scenario.name === result.scenario.name);
    return before === undefined ? [] : changesIn(before, result);
  });
}

function changesIn(before: ScenarioResult, now: ScenarioResult): Change[] {
  const old = rowsOf(before);
  return rowsOf(now).flatMap((row) => {
    const same = old.find(
      ({ scenario, contender }) => scenario === row.scenario && contender === row.contender,
    );
    if (row.summary === undefined || same?.summary === undefined) return [];
    return [changeOf(row, same, ratioAcross(seriesOf(now, row), seriesOf(before, same), row.figure))];
  });
}

const seriesOf = ({ series }: ScenarioResult, { contender }: Row): Series =>
  series.find((one) => one.contender === contender) as Series;

function changeOf(row: Row, same: Row, times: Estimate | undefined): Change {
  const change = { scenario: row.scenario, contender: row.contender, times, verdict: verdictOf(times) };
  return saysSomething(row) && saysSomething(same)
    ? { ...change, ratios: { before: same.ratio, now: row.ratio } }
    : change;
}

/** The baseline's ratio to itself says nothing, nor does one of a round or two. */
function saysSomething(row: Row): row is Row & { readonly ratio: Ratio } {
  return row.contender !== row.baseline && row.ratio !== undefined && row.ratio.runs >= ROUNDS_LEAST;
}

function verdictOf(times: Estimate | undefined): Change['verdict'] {
  if (times === undefined) return 'unlike';
  return times.low > 1 ? 'better' : times.high < 1 ? 'worse' : 'same';
}

export function compareText(old: Results, now: Results): string {
  const { startedAt, machine } = old;
  return [
    `\nAgainst ${startedAt}, commit ${machine.commit ?? 'unknown'}, Node ${machine.node}: times better, 95 %`,
    ...changesBetween(old, now).map(changeText),
  ].join('\n');
}

function changeText({ scenario, contender, times, verdict }: Change): string {
  const name = `  ${scenario.padEnd(28)} ${contender.padEnd(24)}`;
  return times === undefined
    ? `${name} — no two rounds with the threads alike near to each other`
    : `${name} ${digits(times.median)} (${interval(times)}) ${verdict}`;
}
