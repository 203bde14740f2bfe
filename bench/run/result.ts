import type { Scenario } from '../scenarios/index.ts';

/** One figure of one round. */
export interface Metric {
  /** Tells the figures of one scenario apart; empty where there is only one. */
  readonly suffix: string;
  readonly unit: string;
  readonly better: 'more' | 'less';
  readonly value: number;
}

/** What a round of one contender in one scenario gave. */
export type RoundResult = Measured | Failed;

export interface Failed {
  readonly ok: false;
  readonly reason: string;
}

export interface Measured {
  readonly ok: true;
  readonly metrics: readonly Metric[];
  /** Nanoseconds of a round trip of one cache line, before and after; none where no two threads exchange anything. */
  readonly lines: readonly number[];
  /** Of latencies: pairs of a percentile and microseconds. */
  readonly curve?: readonly (readonly [percentile: number, us: number])[];
  /** Cores that others took away meanwhile. */
  readonly disturbance?: number | undefined;
}

/** What the figures of each kind of scenario are counted in. */
export const UNITS: Readonly<Record<Scenario['kind'], string>> = {
  flow: 'M msg/s',
  broadcast: 'M msg/s each',
  topic: 'M msg/s',
  job: 'M msg/s',
  pool: 'k items/s',
  'round-trip': 'µs',
  'one-thread': 'ns',
  idle: 'ms of processor time/s',
  flood: 'MiB more',
};

/** The kinds of which less is better: times, and what is used up. */
const LESS: readonly Scenario['kind'][] = ['round-trip', 'one-thread', 'idle', 'flood'];

/** A figure of a scenario of this kind. */
export function metricOf(kind: Scenario['kind'], value: number, suffix = ''): Metric {
  return { suffix, unit: UNITS[kind], better: LESS.includes(kind) ? 'less' : 'more', value };
}

/** Percentiles that are figures of the table. */
const FIGURES: readonly number[] = [50, 99, 99.9];

/** What round trips gave. */
export function latenciesOf(curve: NonNullable<Measured['curve']>, lines: Measured['lines']): Measured {
  const figures = curve.filter(([percentile]) => FIGURES.includes(percentile));
  const metrics = figures.map(([percentile, us]) => metricOf('round-trip', us, `p${percentile}`));
  return { ok: true, metrics, lines, curve };
}
