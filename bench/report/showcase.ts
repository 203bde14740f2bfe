import type { ScenarioResult } from '../run/interleave.ts';
import type { Summary } from '../run/statistics.ts';
import type { Side } from './chart.ts';
import { sideOf } from './chart.ts';
import type { Results } from './results.ts';
import { figuresOf, type Row, rowsOf } from './row.ts';

/** What the README shows of a run: a few scenarios, ours in each, and everybody else who was there. */
export interface Exhibit {
  readonly title: string;
  readonly unit: string;
  readonly lessIsBetter: boolean;
  readonly ours: Shown;
  /** The best first. */
  readonly others: readonly Shown[];
}

/** A contender that did not fail. */
export type Shown = Row & { readonly summary: Summary; readonly side: Side };

interface Choice {
  readonly title: string;
  readonly scenario: string;
  readonly ours: string;
}

/** In the order of the table; the first figure of each scenario counts. */
const CHOICES: readonly Choice[] = [
  { title: '8-byte numbers, one by one', scenario: 'number-1p1c', ours: 'millrace-spsc' },
  { title: '8-byte numbers, batches of 256', scenario: 'number-1p1c-batch', ours: 'millrace-spsc' },
  { title: '64 bytes, copied in and out', scenario: 'bytes-64-1p1c', ours: 'millrace-spsc' },
  { title: '1 KiB, copied in and out', scenario: 'bytes-1k-1p1c', ours: 'millrace-spsc' },
  { title: 'struct of 7 fields, read as views', scenario: 'struct-1p1c-views', ours: 'millrace-spsc' },
  { title: 'small objects', scenario: 'object-1p1c', ours: 'millrace-spsc' },
  { title: '2 + 2 threads, numbers one by one', scenario: 'number-2p2c', ours: 'millrace-mpmc' },
  { title: '2 + 2 threads, batches of 32', scenario: 'number-2p2c-batch', ours: 'millrace-mpmc' },
  { title: 'round trip, both asleep', scenario: 'round-trip-park', ours: 'millrace-spsc' },
  { title: 'round trip, awaited on the main thread', scenario: 'round-trip-async', ours: 'millrace-spsc' },
];

/** Two bare words are no queue: they are what a queue could reach at best. */
const NO_QUEUES: readonly string[] = ['atomics'];

export function exhibitsOf({ scenarios }: Results): Exhibit[] {
  return CHOICES.flatMap((choice) => {
    const result = scenarios.find(({ scenario }) => scenario.name === choice.scenario);
    const exhibit = result && exhibitOf(choice, result);
    return exhibit === undefined ? [] : [exhibit];
  });
}

function exhibitOf({ title, ours: name }: Choice, result: ScenarioResult): Exhibit | undefined {
  const [figure] = figuresOf(result);
  const shown = rowsOf(result)
    .filter((row) => row.figure.suffix === figure?.suffix)
    .flatMap(shownOf);
  const ours = shown.find(({ contender }) => contender === name);
  if (figure === undefined || ours === undefined) return undefined;
  const lessIsBetter = figure.better === 'less';
  const sign = lessIsBetter ? 1 : -1;
  const others = shown
    .filter(({ contender, side }) => side !== 'ours' && !NO_QUEUES.includes(contender))
    .sort((a, b) => sign * (a.summary.median - b.summary.median));
  return { title, unit: `${figure.unit} ${figure.suffix}`.trim(), lessIsBetter, ours, others };
}

function shownOf(row: Row): Shown[] {
  const { summary, contender } = row;
  return summary === undefined ? [] : [{ ...row, summary, side: sideOf(contender) }];
}
