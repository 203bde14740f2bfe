import type { Series } from '../run/interleave.ts';
import { areAlike } from '../run/placement.ts';
import type { Metric, RoundResult } from '../run/result.ts';
import { type Estimate, estimate, estimateRatio } from '../run/statistics.ts';

/** How many times better one contender is than another, over rounds. */
export interface Ratio extends Estimate {
  /** Rounds that were left out because the threads moved, or those of the two stood at other distances. */
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
    if (areAlike(round, base)) all.push(figure.better === 'more' ? value / other : other / value);
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
  const sides = series.rounds.map((like) =>
    [series, baseline].map(({ rounds }) =>
      rounds.filter((round) => areAlike(like, round)).map((round) => valueIn(round, suffix)),
    ),
  );
  const [values = [], others = []] = sides.reduce((best, one) => (least(one) > least(best) ? one : best), []);
  const [ours, theirs] = [values.filter(isKnown), others.filter(isKnown)];
  if (ours.length === 0 || theirs.length === 0) return undefined;
  return better === 'more' ? estimateRatio(ours, theirs) : estimateRatio(theirs, ours);
}

/** How many values the shorter side has. */
const least = (sides: readonly (readonly unknown[])[]): number =>
  sides.length === 0 ? -1 : Math.min(...sides.map(({ length }) => length));

const isKnown = (value: number | undefined): value is number => value !== undefined;

/** The figure of a round; `undefined` when it failed or has none of that name. */
export function valueIn(round: RoundResult | undefined, suffix: string): number | undefined {
  return round?.ok ? round.metrics.find((metric) => metric.suffix === suffix)?.value : undefined;
}
