import type { ScenarioResult, Series } from '../run/interleave.ts';
import { wasDisturbed } from '../run/patience.ts';
import { type Metric, type RoundResult, UNITS } from '../run/result.ts';
import { ratios, type Summary, summarise } from '../run/statistics.ts';
import type { Scenario } from '../scenarios/index.ts';

/** One figure of one contender in one scenario, over all rounds: what the table and the JSON lines are made from. */
export interface Row {
  /** The scenario's name, with what is measured where it measures more than one thing. */
  readonly scenario: string;
  readonly contender: string;
  readonly about: string;
  readonly unit: string;
  /** `undefined` when a round failed: then no figure of this contender can be trusted. */
  readonly summary: Summary | undefined;
  /** How many times better than the baseline, over rounds. */
  readonly ratio: Summary | undefined;
  readonly failed: string | undefined;
}

/** The rows of a scenario, figure by figure; each ratio is against the contender named `baseline`. */
export function rowsOf({ scenario, series }: ScenarioResult, baseline: string): Row[] {
  const base = series.find(({ contender }) => contender.name === baseline);
  return figuresOf(scenario, series).flatMap((figure) =>
    series.map((one): Row => {
      const failed = failureOf(one);
      const values = valuesOf(one, figure.suffix);
      const compared = base === undefined ? [] : ratios(values, valuesOf(base, figure.suffix), figure.better);
      return {
        scenario: figure.suffix === '' ? scenario.name : `${scenario.name} ${figure.suffix}`,
        contender: one.contender.name,
        about: one.contender.about(scenario),
        unit: figure.unit,
        summary: failed === undefined ? summarise(values.filter((value) => value !== undefined)) : undefined,
        ratio: failed === undefined && compared.length > 0 ? summarise(compared) : undefined,
        failed,
      };
    }),
  );
}

/** The figures that the rounds of a scenario have given; one without a name when all of them failed. */
function figuresOf(
  scenario: Scenario,
  series: readonly Series[],
): readonly Pick<Metric, 'suffix' | 'unit' | 'better'>[] {
  for (const { rounds } of series) {
    for (const round of rounds) if (round.ok) return round.metrics;
  }
  return [{ suffix: '', unit: UNITS[scenario.kind], better: 'more' }];
}

function valuesOf({ rounds }: Series, suffix: string): (number | undefined)[] {
  return rounds.map((round) => metricsOf(round).find((metric) => metric.suffix === suffix)?.value);
}

function metricsOf(round: RoundResult): readonly Metric[] {
  return round.ok ? round.metrics : [];
}

function failureOf({ rounds }: Series): string | undefined {
  for (const round of rounds) if (!round.ok) return round.reason;
  return undefined;
}

/** Round trips of a cache line, in nanoseconds, over everything that ran in a scenario. */
export function linesOf({ series }: ScenarioResult): Summary | undefined {
  const lines = series.flatMap(({ rounds }) => rounds.flatMap((round) => (round.ok ? round.lines : [])));
  return lines.length === 0 ? undefined : summarise(lines);
}

/** How many of the rounds that count were disturbed, and how many there are. */
export function disturbedOf({ series }: ScenarioResult): { disturbed: number; all: number } {
  const rounds = series.flatMap((one) => one.rounds);
  return { disturbed: rounds.filter(wasDisturbed).length, all: rounds.length };
}
