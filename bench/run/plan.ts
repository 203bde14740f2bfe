/** How long and how often. */
export interface Plan {
  readonly rounds: number;
  /** Milliseconds, about: the flow before what is measured lasts at least this long. */
  readonly warmUpMs: number;
  /** Milliseconds, about. */
  readonly measureMs: number;
  /** Milliseconds after which a round that gives no answer has failed. */
  readonly patienceMs: number;
  /** How often a round may be run again in which others had more than `DISTURBED` of a core. */
  readonly retries: number;
}

/** Cores that others may have during a round. */
export const DISTURBED = 0.15;

export const FULL: Plan = { rounds: 7, warmUpMs: 250, measureMs: 500, patienceMs: 60_000, retries: 4 };

/** Enough to see that everything works, not enough to quote. */
export const QUICK: Plan = { rounds: 3, warmUpMs: 40, measureMs: 60, patienceMs: 20_000, retries: 0 };
