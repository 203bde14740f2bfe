import { millraceSpsc, postMessage } from '../contenders/index.ts';
import type { ScenarioResult } from '../run/interleave.ts';
import type { Summary } from '../run/statistics.ts';
import { number1p1cBatch, type Scenario, struct1p1cViews } from '../scenarios/index.ts';
import { rowsOf } from './row.ts';

/** What the library promises itself, measured in one run against the same messages sent by `postMessage`. */
interface Goal {
  readonly title: string;
  readonly scenario: Scenario;
  readonly least: number;
}

const GOALS: readonly Goal[] = [
  { title: 'struct as views', scenario: struct1p1cViews, least: 20 },
  { title: '8-byte batch', scenario: number1p1cBatch, least: 40 },
];

/** What came of a goal for which both sides ran. */
export interface Outcome {
  readonly title: string;
  readonly least: number;
  readonly ratio: Summary;
}

export function outcomesOf(results: readonly ScenarioResult[]): Outcome[] {
  return GOALS.flatMap(({ title, scenario, least }) => {
    const result = results.find((candidate) => candidate.scenario.name === scenario.name);
    const rows = result === undefined ? [] : rowsOf(result, postMessage.name);
    const ratio = rows.find(({ contender }) => contender === millraceSpsc.name)?.ratio;
    return ratio === undefined ? [] : [{ title: `${title} / ${postMessage.name}`, least, ratio }];
  });
}
