import { readFileSync } from 'node:fs';
import { outcomeOf } from '../goals/outcome.ts';
import { PLEDGES } from '../goals/pledges.ts';
import { measuredText, promisedText, verdictText } from '../goals/text.ts';
import type { ScenarioResult } from '../run/interleave.ts';
import { baselineOf } from './baseline.ts';
import type { Results } from './results.ts';
import { linesOf, type Row, rowsOf } from './row.ts';
import { digits, interval, spread } from './table.ts';

/** What people have found out about the figures, which no program can write. */
const FINDINGS = new URL('../../../bench/findings.md', import.meta.url);

/** `docs/benchmarks.md`: every table of a run, and what was found out about it. */
export function markdownReport(results: Results): string {
  return [
    '# Benchmarks',
    '<!-- Written by `millrace bench --markdown`; the section on where the time goes is bench/findings.md. -->',
    introductionTo(results),
    '## What is promised',
    pledgesOf(results),
    readFileSync(FINDINGS, 'utf8').trim(),
    '## Everything that was measured',
    ...results.scenarios.map(sectionOf),
    '',
  ].join('\n\n');
}

function introductionTo({ machine, plan, startedAt, absent }: Results): string {
  const { cpu, cores, node, platform, commit, load } = machine;
  const left = absent.map(({ name, reason }) => `- \`${name}\`: ${reason}`);
  return `${cpu}, ${cores} cores, ${platform}, Node ${node}, commit ${commit ?? 'unknown'}, load average ${load.toFixed(2)} at the
start, ${startedAt.slice(0, 10)}. ${plan.rounds} rounds of about ${plan.measureMs} ms after ${plan.warmUpMs} ms of warm-up;
contenders in turn, round by round, each in a fresh process with fresh threads; every message verified. \`npm run bench\` repeats it.

Figures are medians over rounds (least … greatest). *×* is how many times better than the contender that it names: the median of the ratios of
each round, with its 95 % interval by the bootstrap, only from rounds whose threads were alike near to each other and did not move; — where
there were none. Absolute figures of a shared machine vary by a factor of two and more from hour to hour: compare within a table.${left.length === 0 ? '' : `\n\nLeft out of this run:\n\n${left.join('\n')}`}`;
}

function pledgesOf({ scenarios }: Results): string {
  const rows = PLEDGES.map((pledge) => outcomeOf(pledge, scenarios)).map((outcome) => [
    outcome.pledge.title,
    promisedText(outcome),
    measuredText(outcome),
    verdictText(outcome),
  ]);
  return tableOf(['scenario', 'promised', 'measured (95 %)', ''], rows);
}

function sectionOf(result: ScenarioResult): string {
  const { name, title, drawing } = result.scenario;
  const lines = linesOf(result);
  const rows = rowsOf(result);
  const note =
    lines === undefined ? '' : `\n\nCache line round trip: ${digits(lines.median)} ns (${spread(lines)}).`;
  const head = [
    '',
    rows[0]?.figure.unit ?? '',
    'least … greatest',
    `× \`${baselineOf(result.scenario)}\``,
    '95 %',
    '',
  ];
  return `### ${name}\n\n${title}\n\n\`\`\`\n${drawing.replace(/^\n/, '')}\n\`\`\`\n\n${tableOf(head, rows.map(cellsOf))}${note}`;
}

function cellsOf({ contender, figure, summary, ratio, failed, about }: Row): string[] {
  const name = `\`${contender}\` ${figure.suffix}`.trim();
  if (failed !== undefined) return [name, '**failed**', '', '', '', failed];
  if (summary === undefined) return [name, '—', '', '', '', about];
  const compared = ratio === undefined ? ['—', ''] : [digits(ratio.median), interval(ratio)];
  return [name, digits(summary.median), spread(summary), ...compared, about];
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
