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
export type RoundResult = Measured | { readonly ok: false; readonly reason: string };

export interface Measured {
  readonly ok: true;
  readonly metrics: readonly Metric[];
  /** Nanoseconds of a round trip of one cache line, before and after; none in one thread. */
  readonly lines: readonly number[];
  /** Cores that others took away meanwhile. */
  readonly disturbance?: number | undefined;
}

/** What the figures of each kind of scenario are counted in. */
export const UNITS: Readonly<Record<Scenario['kind'], string>> = {
  flow: 'M msg/s',
  'round-trip': 'µs',
  'one-thread': 'ns',
};
