import type { Chart as ChartClass, ChartConfiguration, Plugin, Scale, ScaleOptions } from 'chart.js';
import type { Bars, Chart as ChartData, Lines, Side } from '../report/chart.ts';

/**
 * The script of the report: draws every plot that the page brings along as data, in the colours of the page, and again when
 * those change. Chart.js stands in the page before it.
 */
declare const Chart: typeof ChartClass;

interface Colours {
  readonly text: string;
  readonly grid: string;
  readonly failed: string;
  readonly sides: Readonly<Record<Side, string>>;
}

function coloursOfPage(): Colours {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: colour('text'),
    grid: colour('grid'),
    failed: colour('failed'),
    sides: { ours: colour('ours'), javascript: colour('javascript'), native: colour('native') },
  };
}

const PIXELS_PER_BAR = 26;
/** For the axis and its label. */
const PIXELS_AROUND = 60;
/** Lines of one side differ in how they are drawn. */
const DASHES = [[], [6, 3], [2, 2], [10, 3, 2, 3], [14, 4], [5, 2, 2, 2, 2, 2]];

function barsConfig({ bars, unit, logarithmic }: Bars, colours: Colours): ChartConfiguration<'bar'> {
  const medians = bars.map(({ value }) => value?.[0] ?? null);
  const ranges = bars.map(({ value }): [number, number] | null =>
    value === undefined ? null : [value[1], value[2]],
  );
  return {
    type: 'bar',
    data: {
      labels: bars.map(({ label }) => label),
      datasets: [
        {
          data: ranges,
          backgroundColor: colours.text,
          barThickness: 2,
          grouped: false,
          label: 'least … greatest',
        },
        {
          data: medians,
          backgroundColor: bars.map(({ side }) => colours.sides[side]),
          barPercentage: 0.8,
          grouped: false,
          label: 'median',
        },
      ],
    },
    options: {
      ...commonOptions,
      indexAxis: 'y',
      layout: { padding: { right: 56 } },
      scales: {
        x: axis(unit, colours, logarithmic ? 'logarithmic' : 'linear'),
        y: { ticks: { color: colours.text, autoSkip: false }, grid: { display: false } },
      },
      plugins: { legend: { display: false } },
    },
    plugins: [labelsOf(bars, colours)],
  };
}

/** Writes the median beside each bar, and beside the name of who failed, why. */
function labelsOf(bars: Bars['bars'], colours: Colours): Plugin<'bar'> {
  return {
    id: 'labels',
    afterDatasetsDraw({ ctx, scales, chartArea }) {
      const { x, y } = scales;
      if (x === undefined || y === undefined) return;
      ctx.textBaseline = 'middle';
      for (const [at, { value, failed }] of bars.entries()) {
        ctx.fillStyle = failed === undefined ? colours.text : colours.failed;
        const text = value === undefined ? failed && `failed: ${failed}` : digits(value[0]);
        const left = value === undefined ? chartArea.left : x.getPixelForValue(Math.max(value[0], value[2]));
        ctx.fillText(text ?? 'not measured', left + 6, y.getPixelForValue(at), chartArea.width);
      }
    },
  };
}

const digits = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

function linesConfig(chart: Lines, colours: Colours): ChartConfiguration<'line'> {
  const { lines, xLabel, yLabel, x } = chart;
  const place = x === 'tail' ? tailOf : (value: number) => value;
  return {
    type: 'line',
    data: {
      datasets: lines.map(({ label, side, points }, at) => ({
        label,
        data: points.map(([px, py]) => ({ x: place(px), y: py })),
        borderColor: colours.sides[side],
        backgroundColor: colours.sides[side],
        borderDash:
          DASHES[lines.slice(0, at).filter((line) => line.side === side).length % DASHES.length] ?? [],
        borderWidth: side === 'ours' ? 2.5 : 1.5,
        pointRadius: 2,
      })),
    },
    options: {
      ...commonOptions,
      scales: {
        x: x === 'tail' ? tailAxis(xLabel, colours) : sweepAxis(chart, colours),
        y: axis(yLabel, colours, 'logarithmic'),
      },
      plugins: { legend: { position: 'bottom', labels: { color: colours.text, boxHeight: 0 } } },
    },
  };
}

/** How many nines a percentile has: 0.3 for the median, 1 for p90, 2 for p99. */
const tailOf = (percentile: number): number => -Math.log10(1 - percentile / 100);

const TAIL_TICKS = [50, 90, 99, 99.9, 99.99];

/** What of a scale is needed to choose its ticks. */
type Ticked = Pick<Scale, 'max' | 'ticks'>;

/** An axis with ticks at these values only. */
function tickedAxis(
  label: string,
  colours: Colours,
  type: AxisType,
  ticks: readonly Tick[],
): ScaleOptions<AxisType> {
  const options = {
    ...axis(label, colours, type),
    afterBuildTicks(scale: Ticked): void {
      scale.ticks = ticks.filter(({ value }) => value <= scale.max * 1.001).map((tick) => ({ ...tick }));
    },
    ticks: {
      color: colours.text,
      autoSkip: false,
      callback: (_value: number | string, at: number) => ticks[at]?.label ?? '',
    },
  };
  // The type of an axis with ticks of its own is wider than what it may be.
  return options as ScaleOptions<AxisType>;
}

interface Tick {
  readonly value: number;
  readonly label: string;
}

function tailAxis(label: string, colours: Colours) {
  const ticks = TAIL_TICKS.map((percentile) => ({ value: tailOf(percentile), label: `p${percentile}` }));
  return tickedAxis(label, colours, 'linear', ticks);
}

/** Ticks where there are points. */
function sweepAxis({ xLabel, lines }: Lines, colours: Colours) {
  const values = [...new Set(lines.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
  const ticks = values.map((value) => ({ value, label: String(value) }));
  return tickedAxis(xLabel, colours, 'logarithmic', ticks);
}

type AxisType = 'linear' | 'logarithmic';

/** A bar from where there is no zero says less by its length, so the label says which kind of axis it is. */
function axis<T extends AxisType>(label: string, colours: Colours, type: T) {
  const logarithmic = type === 'logarithmic';
  return {
    type,
    title: { display: true, text: logarithmic ? `${label}, logarithmic` : label, color: colours.text },
    grid: { color: colours.grid },
    ticks: { color: colours.text, maxTicksLimit: 8, ...(logarithmic ? { callback: plain } : {}) },
    ...(logarithmic ? { afterBuildTicks: keepRound } : {}),
  };
}

/** Of the many ticks of a logarithmic axis those at 1, 2 and 5, or, where they would be too many, at 1. */
function keepRound(scale: Ticked): void {
  const beginWith = (...leading: number[]) =>
    scale.ticks.filter(({ value }) => leading.some((digit) => startsWith(value, digit)));
  const round = beginWith(1, 2, 5);
  scale.ticks = round.length <= TICKS_MOST ? round : beginWith(1);
}

/** Without zeros behind it. */
const plain = (value: number | string): string => String(Number(Number(value).toPrecision(3)));

/** Whether a value is 0.1, 1, 10 … times the digit. */
function startsWith(value: number, digit: number): boolean {
  const exponent = Math.log10(value / digit);
  return Math.abs(exponent - Math.round(exponent)) < 1e-6;
}

const TICKS_MOST = 7;

const commonOptions = { animation: false, maintainAspectRatio: false, responsive: true } as const;

/** Pixels of a window in which long names would not fit beside their bars. */
const NARROW = 600;

let drawn: { destroy(): void }[] = [];

function drawAll(charts: readonly ChartData[]): void {
  for (const chart of drawn) chart.destroy();
  const colours = coloursOfPage();
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = innerWidth < NARROW ? 10 : 12;
  drawn = [...document.querySelectorAll<HTMLCanvasElement>('canvas[data-chart]')].map((canvas) =>
    draw(canvas, charts[Number(canvas.dataset['chart'])] as ChartData, colours),
  );
}

function draw(canvas: HTMLCanvasElement, data: ChartData, colours: Colours): { destroy(): void } {
  const box = canvas.parentElement as HTMLElement;
  if (data.kind === 'lines') return new Chart(canvas, linesConfig(data, colours));
  box.style.height = `${data.bars.length * PIXELS_PER_BAR + PIXELS_AROUND}px`;
  return new Chart(canvas, barsConfig(data, colours));
}

const charts = JSON.parse(document.querySelector('#charts')?.textContent ?? '[]') as ChartData[];
const redraw = () => drawAll(charts);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
document.querySelector('#theme')?.addEventListener('click', () => {
  const root = document.documentElement;
  const dark = getComputedStyle(root).colorScheme === 'dark';
  root.dataset['theme'] = dark ? 'light' : 'dark';
  redraw();
});
redraw();
