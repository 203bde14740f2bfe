import { type Ratio, ratioAcross, ratioOf } from '../report/ratio.ts';
import { failureOf, figuresOf, valuesOf } from '../report/row.ts';
import type { ScenarioResult, Series } from '../run/interleave.ts';
import { type Estimate, estimate, medianOf } from '../run/statistics.ts';
import type { Place, Pledge } from './pledge.ts';

/** What came of a pledge. */
export interface Outcome {
  readonly pledge: Pledge;
  /** Against whom, where the pledge names several. */
  readonly rival: string;
  /** `undefined` when one of the two did not run. */
  readonly measured: Estimate | undefined;
  readonly verdict: 'ok' | 'short' | 'unknown';
  /** Why nothing is known. */
  readonly reason?: string;
}

export function outcomeOf(pledge: Pledge, results: readonly ScenarioResult[]): Outcome {
  const { against, least } = pledge;
  const ours = find(results, pledge.ours);
  if (typeof ours === 'string')
    return hasFailed(pledge, results) ? failed(pledge, ours) : unknown(pledge, rivalOf(pledge), ours);
  if ('unit' in against) return judged(pledge, against.unit, estimate(ours.values), least);
  if ('bestOf' in against) return bestOf(pledge, against.bestOf, results, ours);
  const theirs = find(results, against);
  if (typeof theirs === 'string') return unknown(pledge, against.contender, theirs);
  return judged(pledge, against.contender, compare(ours, theirs), least);
}

/** A figure that was found: where, and its values over rounds. */
interface Found {
  readonly scenario: string;
  readonly series: Series;
  readonly values: readonly number[];
  readonly figure: { readonly suffix: string; readonly better: 'more' | 'less' };
}

/** The figure, or why there is none. */
function find(
  results: readonly ScenarioResult[],
  { scenario, contender, suffix = '' }: Place,
): Found | string {
  const result = results.find((one) => one.scenario.name === scenario);
  const series = result?.series.find((one) => one.contender === contender);
  if (result === undefined || series === undefined) return `${contender} did not run in ${scenario}`;
  const failure = failureOf(series);
  if (failure !== undefined) return `${contender} failed in ${scenario}: ${failure}`;
  const figure = figuresOf(result).find((one) => one.suffix === suffix);
  if (figure === undefined) return `${scenario} has no figure ${suffix}`;
  return { scenario, series, figure, values: valuesOf(series, suffix) };
}

/** Round by round where both ran in the same rounds. */
function compare(ours: Found, theirs: Found): Estimate | undefined {
  const ratio = ours.scenario === theirs.scenario ? ratioOf : ratioAcross;
  return ratio(ours.series, theirs.series, ours.figure);
}

function bestOf(
  pledge: Pledge,
  names: readonly string[],
  results: readonly ScenarioResult[],
  ours: Found,
): Outcome {
  const rivals = names
    .map((contender) => find(results, { scenario: ours.scenario, contender, suffix: ours.figure.suffix }))
    .filter((found) => typeof found !== 'string')
    .sort((a, b) => medianOf(b.values) - medianOf(a.values));
  const best = rivals[ours.figure.better === 'more' ? 0 : rivals.length - 1];
  if (best === undefined) return unknown(pledge, names.join(', '), 'none of them ran');
  return judged(pledge, best.series.contender, compare(ours, best), pledge.least);
}

function judged(
  pledge: Pledge,
  rival: string,
  measured: Ratio | Estimate | undefined,
  least: number,
): Outcome {
  if (measured === undefined)
    return unknown(pledge, rival, 'no two rounds with the threads alike near to each other');
  return { pledge, rival, measured, verdict: measured.median >= least ? 'ok' : 'short' };
}

function unknown(pledge: Pledge, rival: string, reason: string): Outcome {
  return { pledge, rival, measured: undefined, verdict: 'unknown', reason };
}

/** Whether ours did run, and failed. */
function hasFailed({ ours }: Pledge, results: readonly ScenarioResult[]): boolean {
  const result = results.find(({ scenario }) => scenario.name === ours.scenario);
  return (
    result?.series.some((one) => one.contender === ours.contender && failureOf(one) !== undefined) ?? false
  );
}

/** Ours failed: a promise that is not kept, whatever the rival does. */
function failed(pledge: Pledge, reason: string): Outcome {
  return { pledge, rival: rivalOf(pledge), measured: undefined, verdict: 'short', reason };
}

const rivalOf = ({ against }: Pledge): string => ('contender' in against ? against.contender : '');
