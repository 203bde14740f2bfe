import type { ScenarioResult, Series } from '../run/interleave.ts';
import { wasDisturbed } from '../run/patience.ts';
import { hasMoved, placementOf } from '../run/placement.ts';
import type { Metric } from '../run/result.ts';
import { type Summary, summarise } from '../run/statistics.ts';
import { baselineOf } from './baseline.ts';
import { type Ratio, ratioOf, valueIn } from './ratio.ts';

/** What a scenario measures; those with more than one thing have a suffix for each. */
export type Figure = Pick<Metric, 'suffix' | 'unit' | 'better'>;

/** One figure of one contender in one scenario, over all rounds: what tables and plots are made from. */
export interface Row {
  /** The scenario's name, with what is measured where it measures more than one thing. */
  readonly scenario: string;
  readonly contender: string;
  /** Whom the ratio is against. */
  readonly baseline: string;
  readonly about: string;
  readonly figure: Figure;
  /** `undefined` when a round failed: then no figure of this contender can be trusted. */
  readonly summary: Summary | undefined;
  /** How many times better than the baseline. */
  readonly ratio: Ratio | undefined;
  readonly failed: string | undefined;
}

/** The rows of a scenario, figure by figure; each ratio is against the scenario's baseline. */
export function rowsOf(result: ScenarioResult): Row[] {
  const baseline = baselineOf(result.scenario);
  const base = result.series.find(({ contender }) => contender === baseline);
  return figuresOf(result).flatMap((figure) => result.series.map((one) => rowOf(result, figure, one, base)));
}

function rowOf({ scenario }: ScenarioResult, figure: Figure, one: Series, base: Series | undefined): Row {
  const failed = failureOf(one);
  const values = valuesOf(one, figure.suffix);
  const usable = failed === undefined && values.length > 0;
  return {
    scenario: figure.suffix === '' ? scenario.name : `${scenario.name} ${figure.suffix}`,
    contender: one.contender,
    baseline: baselineOf(scenario),
    about: one.about,
    figure,
    summary: usable ? summarise(values) : undefined,
    ratio:
      usable && base !== undefined && failureOf(base) === undefined ? ratioOf(one, base, figure) : undefined,
    failed,
  };
}

/** The figures that the rounds of a scenario have given; one without a name when all of them failed. */
export function figuresOf({ series }: ScenarioResult): readonly Figure[] {
  for (const { rounds } of series) {
    for (const round of rounds) if (round.ok) return round.metrics;
  }
  return [{ suffix: '', unit: '', better: 'more' }];
}

/** The values of all rounds. */
export function valuesOf({ rounds }: Series, suffix: string): number[] {
  return rounds.map((round) => valueIn(round, suffix)).filter((value) => value !== undefined);
}

/** Why a contender has no figures here, if it has none. */
export function failureOf({ rounds }: Series): string | undefined {
  for (const round of rounds) if (!round.ok) return round.reason;
  return rounds.length === 0 ? 'did not run' : undefined;
}

/** Round trips of a cache line, in nanoseconds, over everything that ran in a scenario. */
export function linesOf({ series }: ScenarioResult): Summary | undefined {
  const lines = series
    .flatMap(({ rounds }) => rounds.map(placementOf))
    .filter((line): line is number => line !== undefined);
  return lines.length === 0 ? undefined : summarise(lines);
}

/** How many of the rounds that count were spoiled, and how many there are. */
export function spoiledOf({ series }: ScenarioResult): { disturbed: number; moved: number; all: number } {
  const rounds = series.flatMap((one) => one.rounds);
  return {
    disturbed: rounds.filter(wasDisturbed).length,
    moved: rounds.filter(hasMoved).length,
    all: rounds.length,
  };
}
