import type { Absent } from '../contenders/index.ts';
import type { ScenarioResult } from '../run/interleave.ts';
import { isBusy, type Machine } from '../run/machine.ts';
import { DISTURBED } from '../run/patience.ts';
import type { Plan } from '../run/plan.ts';
import type { Estimate, Summary } from '../run/statistics.ts';
import { baselineOf } from './baseline.ts';
import { linesOf, type Row, rowsOf, spoiledOf } from './row.ts';

export function headerText(machine: Machine, plan: Plan, absent: readonly Absent[]): string {
  const { cpu, cores, node, platform, commit, load } = machine;
  const lines = [
    `millrace benchmark · ${cpu}, ${cores} cores · ${platform} · Node ${node} · commit ${commit ?? 'unknown'} · ` +
      `load average ${load.toFixed(2)}`,
    `${plan.rounds} rounds of about ${plan.measureMs} ms after ${plan.warmUpMs} ms of warm-up, contenders in turn, fresh ` +
      'process and threads for each; every message verified.',
    'Median over rounds, least … greatest; × is how many times better: the median of the ratios of each round, and its',
    '95 % interval by the bootstrap. postMessage has no bound of its own: a credit window keeps its queue,',
    'and the memory, from growing; postMessage-unbounded shows what that costs.',
    ...absent.map(({ name, reason }) => `left out: ${name}: ${reason}`),
  ];
  if (isBusy(machine))
    lines.push(`WARNING: the machine is busy (load average ${load.toFixed(2)}): do not quote these figures.`);
  return lines.join('\n');
}

/** The block of one scenario, a table for each thing it measures. */
export function scenarioText(result: ScenarioResult): string {
  const { name, title } = result.scenario;
  const rows = rowsOf(result);
  const figures = [...new Set(rows.map(({ scenario }) => scenario))];
  const tables = figures.map((figure) =>
    figureText(
      rows.filter(({ scenario }) => scenario === figure),
      baselineOf(result.scenario),
    ),
  );
  return [`\n${name}: ${title}`, ...tables, ...lineText(linesOf(result)), ...spoiledText(result)].join('\n');
}

function figureText(rows: readonly Row[], baseline: string): string {
  const { suffix, unit } = (rows[0] as Row).figure;
  const head = [suffix, `${unit}, median`, 'least … greatest', `× ${baseline}`, '95 %', ''];
  return align([head, ...rows.map(cells)]);
}

function cells({ contender, about, summary, ratio, failed }: Row): string[] {
  if (failed !== undefined) return [contender, 'FAILED', '', '', '', failed];
  if (summary === undefined) return [contender, '—', '', '', '', about];
  const compared = ratio === undefined ? ['—', ''] : [digits(ratio.median), interval(ratio)];
  return [contender, digits(summary.median), spread(summary), ...compared, about];
}

export const interval = ({ low, high }: Estimate): string => `${digits(low)} … ${digits(high)}`;

export const spread = ({ min, max }: Summary): string => `${digits(min)} … ${digits(max)}`;

/** Three digits: more would be noise. */
export function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** Columns; the first and the last are words and begin at the left, the others are numbers. */
function align(table: readonly string[][]): string {
  const columns =
    table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  return table
    .map((row) => `  ${row.map((cell, column) => pad(cell, column, columns)).join('  ')}`.trimEnd())
    .join('\n');
}

function pad(cell: string, column: number, widths: readonly number[]): string {
  const width = widths[column] ?? 0;
  return column === 0 || column === widths.length - 1 ? cell.padEnd(width) : cell.padStart(width);
}

function lineText(lines: Summary | undefined): string[] {
  if (lines === undefined) return [];
  return [`  cache line round trip before and after each: ${digits(lines.median)} ns (${spread(lines)})`];
}

function spoiledText(result: ScenarioResult): string[] {
  const { disturbed, moved, all } = spoiledOf(result);
  return [
    ...(disturbed > 0
      ? [`  others took away more than ${DISTURBED} of a core in ${disturbed} of ${all} rounds`]
      : []),
    ...(moved > 0 ? [`  threads moved in ${moved} of ${all} rounds, which are compared with nothing`] : []),
  ];
}
