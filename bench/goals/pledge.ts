/** What is promised: a contender of ours, in a scenario, against somebody. */
export interface Pledge {
  readonly title: string;
  readonly ours: Place;
  /** Somebody else's figure, the best of several, or, where there is nobody, a figure as such. */
  readonly against: Place | BestOf | Absolute;
  /** Ours is at least this many times as good; for figures as such, at least this much. */
  readonly least: number;
}

/** A figure: where it is measured, and of whom. */
export interface Place {
  readonly scenario: string;
  readonly contender: string;
  /** Of scenarios that measure several things. */
  readonly suffix?: string;
}

export interface BestOf {
  readonly bestOf: readonly string[];
  /** What to call them. */
  readonly title: string;
}

export interface Absolute {
  readonly unit: string;
}
