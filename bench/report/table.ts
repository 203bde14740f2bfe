import type { ScenarioResult } from '../run/interleave.ts';
import { isBusy, type Machine } from '../run/machine.ts';
import { DISTURBED } from '../run/patience.ts';
import type { Plan } from '../run/plan.ts';
import type { Summary } from '../run/statistics.ts';
import type { Outcome } from './goals.ts';
import { disturbedOf, linesOf, type Row, rowsOf } from './row.ts';

/** Where the cache line's round trip varies more than this, cores have moved during the scenario. */
const STEADY = 2;

export function headerText(machine: Machine, plan: Plan): string {
  const { cpu, cores, node, platform, commit, load } = machine;
  const lines = [
    `millrace benchmark · ${cpu}, ${cores} cores · ${platform} · Node ${node} · commit ${commit ?? 'unknown'} · ` +
      `load average ${load.toFixed(2)}`,
    `${plan.rounds} rounds of about ${plan.measureMs} ms after ${plan.warmUpMs} ms of warm-up, contenders in turn, fresh ` +
      'process and threads for each; every message verified.',
    'Median over rounds, least … greatest; × is how many times better than postMessage, the median of the ratios of each round.',
    'postMessage has no bound of its own: a credit window keeps its queue, and the memory, from growing. It costs nothing',
    '(compare with -c postMessage -c postMessage-unbounded).',
  ];
  if (isBusy(machine))
    lines.push(`WARNING: the machine is busy (load average ${load.toFixed(2)}): do not quote these figures.`);
  return lines.join('\n');
}

/** The block of one scenario, a table for each thing it measures. */
export function scenarioText(result: ScenarioResult, baseline: string): string {
  const { name, title } = result.scenario;
  const rows = rowsOf(result, baseline);
  const figures = [...new Set(rows.map(({ scenario }) => scenario))];
  const tables = figures.map((figure) => figureText(rows.filter(({ scenario }) => scenario === figure)));
  return [`\n${name}: ${title}`, ...tables, ...lineText(linesOf(result)), ...disturbanceText(result)].join(
    '\n',
  );
}

function figureText(rows: readonly Row[]): string {
  const { scenario, unit } = rows[0] as Row;
  const part = scenario.split(' ').slice(1).join(' ');
  const head = [part, `${unit}, median`, 'least … greatest', '×', 'least … greatest', ''];
  return align([head, ...rows.map(cells)]);
}

function cells({ contender, about, summary, ratio, failed }: Row): string[] {
  if (summary === undefined) return [contender, 'FAILED', '', '', '', failed ?? ''];
  const compared = ratio === undefined ? ['', ''] : [digits(ratio.median), spread(ratio)];
  return [contender, digits(summary.median), spread(summary), ...compared, about];
}

const spread = ({ min, max }: Summary): string => `${digits(min)} … ${digits(max)}`;

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
  const moved = lines.max > lines.min * STEADY ? '; the cores have moved or were taken away meanwhile' : '';
  return [
    `  cache line round trip before and after each: ${digits(lines.median)} ns (${spread(lines)})${moved}`,
  ];
}

function disturbanceText(result: ScenarioResult): string[] {
  const { disturbed, all } = disturbedOf(result);
  if (disturbed === 0) return [];
  return [`  others took away more than ${DISTURBED} of a core in ${disturbed} of ${all} rounds`];
}

export function goalText({ title, least, ratio }: Outcome): string {
  return `${title}: ${digits(ratio.median)}× (goal ≥ ${least})`;
}
