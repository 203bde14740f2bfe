import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { outcomeOf } from '../goals/outcome.ts';
import { PLEDGES } from '../goals/pledges.ts';
import { measuredText, promisedText, verdictText } from '../goals/text.ts';
import type { ScenarioResult } from '../run/interleave.ts';
import { isBusy } from '../run/machine.ts';
import { baselineOf } from './baseline.ts';
import type { Chart } from './chart.ts';
import { chartsOf, sweepsOf } from './charts.ts';
import { escaped } from './escaped.ts';
import { STYLE } from './html-style.ts';
import type { Results } from './results.ts';
import { ResultsError } from './results.ts';
import { linesOf, type Row, rowsOf } from './row.ts';
import { digits, interval, spread } from './table.ts';

/** The report as one file that needs no other: plots by Chart.js (MIT), which is part of it, and every table. */
export function htmlReport(results: Results): string {
  const charts = new Charts();
  const sections = results.scenarios.map((result) => sectionOf(result, charts));
  const scaling = sweepsOf(results.scenarios).map(
    (lines) => `<h3>${escaped(lines.title)}</h3>${charts.add(lines)}`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Millrace benchmark</title>
<style>${STYLE}</style>
<header>
<button id="theme" type="button">light / dark</button>
<h1>Millrace benchmark</h1>
${factsOf(results)}
</header>
${pledgesOf(results)}
${scaling.length === 0 ? '' : `<section><h2>How it grows</h2><div class="grid">${scaling.map((one) => `<div>${one}</div>`).join('')}</div></section>`}
${sections.join('\n')}
<script type="application/json" id="charts">${JSON.stringify(charts.all).replaceAll('<', '\\u003c')}</script>
<script>${inScript(chartLibrary())}</script>
<script type="module">${inScript(readFileSync(new URL('../page/draw.js', import.meta.url), 'utf8'))}</script>
</html>
`;
}

/** The plots of a page, each with a place on it. */
class Charts {
  readonly all: Chart[] = [];

  add(chart: Chart): string {
    const number = this.all.push(chart) - 1;
    return `<div class="plot ${chart.kind}"><canvas data-chart="${number}" role="img" aria-label="${escaped(chart.title || chart.kind)}"></canvas></div>`;
  }
}

function factsOf({ machine, plan, startedAt, absent }: Results): string {
  const { cpu, cores, node, platform, commit, load } = machine;
  const busy = isBusy(machine)
    ? `<p class="failed">The machine was busy (load average ${load.toFixed(2)}): do not quote these figures.</p>`
    : '';
  return `<p>${escaped(`${cpu}, ${cores} cores · ${platform} · Node ${node} · commit ${commit ?? 'unknown'} · load average ${load.toFixed(2)} · ${startedAt.slice(0, 16)} UTC`)}</p>
<p>${plan.rounds} rounds of about ${plan.measureMs} ms after ${plan.warmUpMs} ms of warm-up, contenders in turn, fresh process and threads for each; every message verified.
Bars are medians over rounds, thin lines reach from the least to the greatest.
<span class="key ours"></span> millrace <span class="key javascript"></span> JavaScript <span class="key native"></span> other languages</p>
${busy}${absent.length === 0 ? '' : `<details><summary>left out: ${absent.length}</summary><ul>${absent.map(({ name, reason }) => `<li>${escaped(name)}: ${escaped(reason)}</li>`).join('')}</ul></details>`}`;
}

function pledgesOf({ scenarios }: Results): string {
  const rows = PLEDGES.map((pledge) => outcomeOf(pledge, scenarios))
    .filter(({ measured }) => measured !== undefined)
    .map((outcome) => [
      outcome.pledge.title,
      promisedText(outcome),
      measuredText(outcome),
      verdictText(outcome),
    ]);
  if (rows.length === 0) return '';
  return `<section><h2>What is promised</h2>${tableOf(['scenario', 'promised', 'measured (95 %)', ''], rows)}</section>`;
}

function sectionOf(result: ScenarioResult, charts: Charts): string {
  const { name, title, drawing } = result.scenario;
  const rows = rowsOf(result);
  const lines = linesOf(result);
  const placement =
    lines === undefined
      ? ''
      : `<p class="note">cache line round trip between the two threads: ${digits(lines.median)} ns (${spread(lines)})</p>`;
  return `<section id="${name}"><h2>${escaped(name)}</h2><p>${escaped(title)}</p>
<pre>${escaped(drawing.replace(/^\n/, ''))}</pre>
${chartsOf(result)
  .map((chart) => `${chart.title === '' ? '' : `<h3>${escaped(chart.title)}</h3>`}${charts.add(chart)}`)
  .join('')}
${placement}<details><summary>table</summary>${tableOf(['', 'contender', 'median', 'least … greatest', `× ${baselineOf(result.scenario)}`, '95 %', ''], rows.map(cellsOf))}</details></section>`;
}

function cellsOf({ contender, figure, summary, ratio, failed, about }: Row): string[] {
  const what = `${figure.suffix} ${figure.unit}`.trim();
  if (failed !== undefined) return [what, contender, 'FAILED', '', '', '', failed];
  if (summary === undefined) return [what, contender, '—', '', '', '', about];
  const compared = ratio === undefined ? ['—', ''] : [digits(ratio.median), interval(ratio)];
  return [what, contender, digits(summary.median), spread(summary), ...compared, about];
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[], tag: 'td' | 'th') =>
    `<tr>${cells.map((cell) => `<${tag}${verdictClass(cell)}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  return `<div class="table"><table>${row(head, 'th')}${rows.map((cells) => row(cells, 'td')).join('')}</table></div>`;
}

function verdictClass(cell: string): string {
  if (cell === 'ok') return ' class="ok"';
  return cell === 'short' || cell === 'FAILED' ? ' class="failed"' : '';
}

/** Nothing in a script may look like the end of it. */
const inScript = (text: string): string => text.replaceAll('</', '<\\/').replaceAll('<!--', '<\\!--');

function chartLibrary(): string {
  try {
    const path = createRequire(import.meta.url).resolve('chart.js');
    return readFileSync(new URL('chart.umd.min.js', `file://${path}`), 'utf8').replace(
      /\n\/\/# sourceMappingURL.*/,
      '',
    );
  } catch (error) {
    throw new ResultsError(
      `The report needs Chart.js: npm install --save-dev chart.js (${(error as Error).message})`,
    );
  }
}
