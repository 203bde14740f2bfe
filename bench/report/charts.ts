import type { ScenarioResult, Series } from '../run/interleave.ts';
import { medianOf } from '../run/statistics.ts';
import { type Bar, type Bars, type Chart, type Lines, sideOf } from './chart.ts';
import { failureOf, figuresOf, type Row, rowsOf, valuesOf } from './row.ts';

/** Figures that lie further apart than this are drawn on a logarithmic axis. */
const FAR = 30;

/** The plots of one scenario: bars for its first figure, and for latencies the curve of all percentiles. */
export function chartsOf(result: ScenarioResult): Chart[] {
  const [figure] = figuresOf(result);
  const rows = rowsOf(result).filter((row) => row.figure.suffix === figure?.suffix);
  const curve = curveOf(result);
  return curve === undefined ? [barsOf(rows)] : [barsOf(rows), curve];
}

function barsOf(rows: readonly Row[]): Bars {
  const { figure } = rows[0] as Row;
  const best = (row: Row) => (row.summary?.median ?? Number.NaN) * (figure.better === 'more' ? 1 : -1);
  const sorted = [...rows].sort((a, b) => (best(b) || -Infinity) - (best(a) || -Infinity));
  const medians = rows.flatMap(({ summary }) => summary?.median ?? []);
  return {
    kind: 'bars',
    title: figure.suffix === '' ? '' : `${figure.suffix}, less is better`,
    unit: figure.better === 'more' ? figure.unit : `${figure.unit} (less is better)`,
    logarithmic: Math.min(...medians) > 0 && Math.max(...medians) > FAR * Math.min(...medians),
    bars: sorted.map(barOf),
  };
}

function barOf({ contender, summary, failed }: Row): Bar {
  const bar = { label: contender, side: sideOf(contender) };
  if (failed !== undefined) return { ...bar, failed };
  return summary === undefined ? bar : { ...bar, value: [summary.median, summary.min, summary.max] };
}

/** Percentiles, each the median over rounds. */
function curveOf({ series }: ScenarioResult): Lines | undefined {
  const lines = series.flatMap((one) => {
    const points = failureOf(one) === undefined ? percentilesOf(one) : [];
    return points.length === 0 ? [] : [{ label: one.contender, side: sideOf(one.contender), points }];
  });
  if (lines.length === 0) return undefined;
  return { kind: 'lines', title: 'percentiles', xLabel: 'percentile', yLabel: 'µs', x: 'tail', lines };
}

function percentilesOf({ rounds }: Series): [number, number][] {
  const curves = rounds.flatMap((round) => (round.ok && round.curve !== undefined ? [round.curve] : []));
  return (curves[0] ?? []).map(([percentile], at) => [
    percentile,
    medianOf(curves.flatMap((curve) => curve[at]?.[1] ?? [])),
  ]);
}

/** A line for each contender through the scenarios of a sweep; sweeps of which only one scenario ran are left out. */
export function sweepsOf(results: readonly ScenarioResult[]): Lines[] {
  const sweeps = new Map<string, Point[]>();
  for (const result of results)
    for (const { of, at } of result.scenario.sweeps ?? [])
      sweeps.set(of, [...(sweeps.get(of) ?? []), { at, result }]);
  return [...sweeps].filter(([, points]) => points.length > 1).map(([of, points]) => sweepOf(of, points));
}

/** A scenario as a point of a sweep. */
interface Point {
  readonly at: number;
  readonly result: ScenarioResult;
}

function sweepOf(of: string, points: readonly Point[]): Lines {
  const sorted = [...points].sort((a, b) => a.at - b.at);
  const names = new Set(sorted.flatMap(({ result }) => result.series.map(({ contender }) => contender)));
  const lines = [...names].map((name) => ({
    label: name,
    side: sideOf(name),
    points: sorted.flatMap(({ at, result }): [number, number][] =>
      mediansIn(result, name).map((median) => [at, median]),
    ),
  }));
  const { unit } = figuresOf((sorted[0] as Point).result)[0] ?? { unit: '' };
  const more = lines.filter(({ points: its }) => its.length > 1);
  return { kind: 'lines', title: of, xLabel: of, yLabel: unit, x: 'logarithmic', lines: more };
}

/** One median, or none. */
function mediansIn({ series }: ScenarioResult, contender: string): number[] {
  const one = series.find((candidate) => candidate.contender === contender);
  const values = one === undefined || failureOf(one) !== undefined ? [] : valuesOf(one, '');
  return values.length === 0 ? [] : [medianOf(values)];
}
