import { escaped } from './escaped.ts';
import { factsOf } from './facts.ts';
import type { Results } from './results.ts';
import { type Exhibit, exhibitsOf, type Shown } from './showcase.ts';
import { digits } from './table.ts';
import { DARK, LIGHT } from './theme.ts';

/**
 * The picture of the README: a panel for each scenario of its table, with bars from zero on an axis of their own, and thin lines from
 * the least to the greatest round. One file of SVG, light or dark as the reader's system is.
 */
const WIDTH = 900;
const MARGIN = 24;
const COLUMNS = 2;
const GAP = 36;
const PANEL_WIDTH = (WIDTH - 2 * MARGIN - (COLUMNS - 1) * GAP) / COLUMNS;
const LABEL_WIDTH = 176;
const VALUE_WIDTH = 44;
const BAR_WIDTH = PANEL_WIDTH - LABEL_WIDTH - VALUE_WIDTH;
const BAR_HEIGHT = 13;
const LINE_HEIGHT = 19;
const TITLE_HEIGHT = 26;
const HEADER_HEIGHT = 44;
const FOOTER_HEIGHT = 22;
/** More would not be read. */
const BARS_MOST = 7;

export function pictureOf(results: Results): string {
  const rows = rowsOfPanels(exhibitsOf(results).map(barsOf));
  const heights = rows.map((row) => Math.max(...row.map(heightOf)));
  const tops = heights.map((_, at) => HEADER_HEIGHT + sum(heights.slice(0, at)) + at * GAP);
  const height = HEADER_HEIGHT + sum(heights) + rows.length * GAP + FOOTER_HEIGHT;
  const panels = rows.flatMap((row, at) =>
    row.map((panel, column) => {
      const left = MARGIN + column * (PANEL_WIDTH + GAP);
      return `<g transform="translate(${left} ${tops[at]})">${panelText(panel)}</g>`;
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Millrace and others, measured">
<style>${STYLE}</style>
<rect class="page" width="100%" height="100%"/>
${legend()}
${panels.join('\n')}
<text class="quiet" x="${MARGIN}" y="${height - 14}">${escaped(`${factsOf(results)} Bars: median of ${results.plan.rounds} rounds; lines: least to greatest.`)}</text>
</svg>
`;
}

const STYLE = `svg{${LIGHT}}@media(prefers-color-scheme:dark){svg{${DARK}}}
text{font:12px system-ui,sans-serif;fill:var(--text)}
.page{fill:var(--page)}.title{font-weight:600;font-size:13px}.quiet{fill:var(--quiet);font-size:11px;font-weight:400}.mine{font-weight:600}
.label{text-anchor:end}.ours{fill:var(--ours)}.javascript{fill:var(--javascript)}.native{fill:var(--native)}
.range{stroke:var(--text);stroke-width:1.5}`;

interface Panel extends Exhibit {
  readonly bars: readonly Shown[];
}

/** Times are shown up to so many times the best: one that is far longer would leave no room for the others. */
const FAR = 20;

/** Ours in its place among the best of the others, and what Node has itself. */
function barsOf(exhibit: Exhibit): Panel {
  const { ours, others, lessIsBetter } = exhibit;
  const best = others.filter(({ contender }, at) => at < BARS_MOST - 2 || contender === ours.baseline);
  const least = Math.min(ours.summary.median, ...best.map(({ summary }) => summary.median));
  const sign = lessIsBetter ? 1 : -1;
  const bars = [ours, ...best]
    .filter(({ summary }) => !lessIsBetter || summary.median < FAR * least)
    .sort((a, b) => sign * (a.summary.median - b.summary.median));
  return { ...exhibit, bars };
}

const heightOf = ({ bars }: Panel): number => TITLE_HEIGHT + bars.length * LINE_HEIGHT;

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

function rowsOfPanels(panels: readonly Panel[]): Panel[][] {
  const rows = Math.ceil(panels.length / COLUMNS);
  return Array.from({ length: rows }, (_, row) => panels.slice(row * COLUMNS, (row + 1) * COLUMNS));
}

function panelText({ title, unit, lessIsBetter, bars }: Panel): string {
  const most = Math.max(...bars.map(({ summary }) => summary.max));
  const what = lessIsBetter ? `${unit}, less is better` : unit;
  return [
    `<text class="title" y="12">${escaped(title)} <tspan class="quiet">${escaped(what)}</tspan></text>`,
    ...bars.map((bar, at) => barText(bar, TITLE_HEIGHT + at * LINE_HEIGHT, BAR_WIDTH / most)),
  ].join('');
}

function barText(
  { contender, side, summary: { median, min, max } }: Shown,
  top: number,
  scale: number,
): string {
  const at = (value: number) => (LABEL_WIDTH + value * scale).toFixed(1);
  const middle = top + BAR_HEIGHT / 2;
  const mine = side === 'ours' ? ' mine' : '';
  return `<text class="label${mine}" x="${LABEL_WIDTH - 8}" y="${middle + 4}">${escaped(contender)}</text>
<rect class="${side}" x="${LABEL_WIDTH}" y="${top}" width="${(median * scale).toFixed(1)}" height="${BAR_HEIGHT}"/>
<path class="range" d="M${at(min)} ${middle}H${at(max)}"/>
<text class="value${mine}" x="${Number(at(max)) + 6}" y="${middle + 4}">${digits(median)}</text>`;
}

function legend(): string {
  const keys = [
    ['ours', 'millrace', 0],
    ['javascript', 'others in JavaScript', 90],
    ['native', 'other languages', 240],
  ] as const;
  return keys
    .map(
      ([side, name, left]) =>
        `<rect class="${side}" x="${MARGIN + left}" y="16" width="11" height="11"/><text x="${MARGIN + 17 + left}" y="26">${name}</text>`,
    )
    .join('');
}
