/** How long and how often. */
export interface Plan {
  readonly rounds: number;
  /** Milliseconds, about: the flow before what is measured lasts this long. */
  readonly warmUpMs: number;
  /** Milliseconds, about. */
  readonly measureMs: number;
  /** Milliseconds after which a round that gives no answer has failed. */
  readonly timeoutMs: number;
  /** Seconds to wait in all for others to leave the machine. */
  readonly patience: number;
}

export const FULL: Plan = { rounds: 5, warmUpMs: 100, measureMs: 160, timeoutMs: 20_000, patience: 60 };

/** Enough to see that everything works, not enough to quote. */
export const QUICK: Plan = { rounds: 1, warmUpMs: 20, measureMs: 40, timeoutMs: 10_000, patience: 0 };
