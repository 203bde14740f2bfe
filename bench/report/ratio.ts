import type { Series } from '../run/interleave.ts';
import type { Measured, Metric, RoundResult } from '../run/result.ts';
import { type Estimate, estimate, estimateRatio } from '../run/statistics.ts';

/** Rounds whose threads were this many times nearer to each other than those of another round say nothing about it. */
const ALIKE = 2;

/** How many times better one contender is than another, over rounds. */
export interface Ratio extends Estimate {
  /** Rounds that were left out because the threads of the two stood at other distances. */
  readonly unlike: number;
}

/**
 * Round by round, because what slows a whole round slows both and falls out; and only where both had their threads alike near
 * to each other, as far as that is known. `undefined` when there is nothing to compare.
 */
export function ratioOf(
  series: Series,
  baseline: Series,
  figure: Pick<Metric, 'suffix' | 'better'>,
): Ratio | undefined {
  const all: number[] = [];
  let unlike = 0;
  for (const [at, round] of series.rounds.entries()) {
    const base = baseline.rounds[at];
    const [value, other] = [valueIn(round, figure.suffix), valueIn(base, figure.suffix)];
    if (value === undefined || other === undefined) continue;
    if (alike(round, base)) all.push(figure.better === 'more' ? value / other : other / value);
    else unlike++;
  }
  return all.length === 0 ? undefined : { ...estimate(all), unlike };
}

/**
 * As `ratioOf`, for rounds that do not belong together in pairs, because they are of two scenarios or of two runs: all
 * rounds of both sides that are alike in placement, of the placement of which there are most.
 */
export function ratioAcross(
  series: Series,
  baseline: Series,
  { suffix, better }: Pick<Metric, 'suffix' | 'better'>,
): Estimate | undefined {
  const sides = placementsOf(series).map((placement) =>
    [series, baseline].map(({ rounds }) =>
      rounds.filter((round) => near(placement, placementOf(round))).map((round) => valueIn(round, suffix)),
    ),
  );
  const [values = [], others = []] = sides.reduce((best, one) => (least(one) > least(best) ? one : best), []);
  const [ours, theirs] = [values.filter(isKnown), others.filter(isKnown)];
  if (ours.length === 0 || theirs.length === 0) return undefined;
  return better === 'more' ? estimateRatio(ours, theirs) : estimateRatio(theirs, ours);
}

const placementsOf = ({ rounds }: Series): (number | undefined)[] => rounds.map(placementOf);

/** How many values the shorter side has. */
const least = (sides: readonly (readonly unknown[])[]): number =>
  sides.length === 0 ? -1 : Math.min(...sides.map(({ length }) => length));

const isKnown = (value: number | undefined): value is number => value !== undefined;

/** The figure of a round; `undefined` when it failed or has none of that name. */
export function valueIn(round: RoundResult | undefined, suffix: string): number | undefined {
  return round?.ok ? round.metrics.find((metric) => metric.suffix === suffix)?.value : undefined;
}

function alike(a: RoundResult, b: RoundResult | undefined): boolean {
  return near(placementOf(a), placementOf(b));
}

/** What is not known may be anything. */
function near(one: number | undefined, other: number | undefined): boolean {
  if (one === undefined || other === undefined) return true;
  return Math.max(one, other) <= ALIKE * Math.min(one, other);
}

/**
 * Nanoseconds of a cache line's round trip. The less of the two that were measured: what else goes on in the machine makes
 * it greater, never less.
 */
export function placementOf(round: RoundResult | undefined): number | undefined {
  if (!round?.ok || round.lines.length === 0) return undefined;
  return Math.min(...(round as Measured).lines);
}
