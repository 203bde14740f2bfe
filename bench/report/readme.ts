import { readFileSync, writeFileSync } from 'node:fs';
import { factsOf } from './facts.ts';
import { tableOf } from './markdown-table.ts';
import { type Results, ResultsError } from './results.ts';
import { type Exhibit, exhibitsOf, type Shown } from './showcase.ts';
import { digits, interval, spread } from './table.ts';

/** Between these lines the README belongs to the benchmark. */
const BEGIN = '<!-- Written by `npm run bench:docs`. -->';
const END = '<!-- Until here. -->';

/** Puts the table of a run into the README, in the place of the one that was there. */
export function writeReadme(path: string, results: Results): string {
  const text = readFileSync(path, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new ResultsError(`${path} has no place for a table: ${BEGIN} … ${END}`);
  writeFileSync(path, `${text.slice(0, begin)}${BEGIN}\n\n${readmeText(results)}\n\n${text.slice(end)}`);
  return path;
}

export function readmeText(results: Results): string {
  const exhibits = exhibitsOf(results);
  const head = [
    '',
    'millrace',
    'postMessage',
    'best other in JavaScript',
    'best in another language',
    '× postMessage',
  ];
  return `![Bars for each scenario: millrace, postMessage and the best of the others](docs/benchmarks.svg)

Median (least … greatest) of ${results.plan.rounds} rounds, every message verified. ${factsOf(results)}

${tableOf(head, exhibits.map(rowOf))}`;
}

function rowOf(exhibit: Exhibit): string[] {
  const { title, unit, ours, others } = exhibit;
  const baseline = others.find(({ contender }) => contender === ours.baseline);
  const javascript = others.find(
    ({ side, contender }) => side === 'javascript' && contender !== ours.baseline,
  );
  const native = others.find(({ side }) => side === 'native');
  return [
    `${title}, ${unit}`,
    `**${figureText(ours)}**`,
    baseline === undefined ? '—' : figureText(baseline),
    named(javascript),
    named(native),
    ours.ratio === undefined ? '—' : `${digits(ours.ratio.median)} (${interval(ours.ratio)})`,
  ];
}

const figureText = ({ summary }: Shown): string => `${digits(summary.median)} (${spread(summary)})`;

const named = (shown: Shown | undefined): string =>
  shown === undefined ? '—' : `${digits(shown.summary.median)} \`${shown.contender}\``;
