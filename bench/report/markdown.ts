import { type Outcome, outcomeOf } from '../goals/outcome.ts';
import { PLEDGES } from '../goals/pledges.ts';
import { measuredText, promisedText, verdictText } from '../goals/text.ts';
import type { ScenarioResult } from '../run/interleave.ts';
import { isStream, type Scenario } from '../scenarios/index.ts';
import { baselineOf } from './baseline.ts';
import { factsOf } from './facts.ts';
import { findings } from './findings.ts';
import { tableOf } from './markdown-table.ts';
import type { Results } from './results.ts';
import { linesOf, type Row, rowsOf } from './row.ts';
import { digits, interval, spread } from './table.ts';

/** `docs/benchmarks.md`: every table of a run, what was promised as other runs have it too, and what was found out about it. */
export function markdownReport(results: Results, others: readonly Results[] = []): string {
  return [
    '# Benchmarks',
    '<!-- Written by `npm run bench:docs`; the section on where the time goes is bench/findings.md. -->',
    introductionTo(results, others),
    '## What is promised',
    pledgesOf([results, ...others]),
    findings(),
    '## Everything that was measured',
    ...results.scenarios.map(sectionOf),
    '',
  ].join('\n\n');
}

function introductionTo(results: Results, others: readonly Results[]): string {
  const { machine, plan, absent } = results;
  const left = absent.map(({ name, reason }) => `- \`${name}\`: ${reason}`);
  return `${factsOf(results)} Load average ${machine.load.toFixed(2)} at the start.
${plan.rounds} rounds of about ${plan.measureMs} ms after ${plan.warmUpMs} ms of warm-up; contenders in turn, round by round, each in a
fresh process with fresh threads; every message verified. \`npm run bench\` repeats it.${others.map(alsoText).join('')}

Figures are medians over rounds (least … greatest). *×* is how many times better than the contender that it names: the median of the ratios of
each round, with its 95 % interval by the bootstrap, only from rounds whose threads were alike near to each other and did not move; — where
there were none. Absolute figures of a shared machine vary by a factor of two and more from hour to hour: compare within a table.${left.length === 0 ? '' : `\n\nLeft out of this run:\n\n${left.join('\n')}`}`;
}

const alsoText = (other: Results): string => `\n\nWhat is promised was measured once more: ${factsOf(other)}`;

/** A row for each promise, a column for each run. */
function pledgesOf(runs: readonly Results[]): string {
  const rows = PLEDGES.map((pledge) => {
    const outcomes = runs.map(({ scenarios }) => outcomeOf(pledge, scenarios));
    const cells = outcomes.flatMap((outcome) => [measuredText(outcome), verdictText(outcome)]);
    return [pledge.title, promisedText(outcomes[0] as Outcome), ...cells];
  });
  const heads = runs.flatMap(({ machine }) => [`Node ${machine.node} (95 %)`, '']);
  return tableOf(['scenario', 'promised', ...heads], rows);
}

function sectionOf(result: ScenarioResult): string {
  const { name, title, drawing } = result.scenario;
  const lines = linesOf(result);
  const rows = rowsOf(result);
  const note =
    lines === undefined ? '' : `\n\nCache line round trip: ${digits(lines.median)} ns (${spread(lines)}).`;
  const warm = warmUpsOf(result.scenario);
  const more = warm === 1 ? '' : `\n\nRounds in Node warm up ${warm} times as long as others.`;
  const head = [
    '',
    rows[0]?.figure.unit ?? '',
    'least … greatest',
    `× \`${baselineOf(result.scenario)}\``,
    '95 %',
    '',
  ];
  return `### ${name}\n\n${title}\n\n\`\`\`\n${drawing.replace(/^\n/, '')}\n\`\`\`\n\n${tableOf(head, rows.map(cellsOf))}${note}${more}`;
}

const warmUpsOf = (scenario: Scenario): number => (isStream(scenario) ? (scenario.warmUps ?? 1) : 1);

function cellsOf({ contender, figure, summary, ratio, failed, about }: Row): string[] {
  const name = `\`${contender}\` ${figure.suffix}`.trim();
  if (failed !== undefined) return [name, '**failed**', '', '', '', failed];
  if (summary === undefined) return [name, '—', '', '', '', about];
  const compared = ratio === undefined ? ['—', ''] : [digits(ratio.median), interval(ratio)];
  return [name, digits(summary.median), spread(summary), ...compared, about];
}
