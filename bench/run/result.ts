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
  /** Cores that others had meanwhile. */
  readonly disturbance?: number | undefined;
}
