/** A plot as data: what the page of the report draws. */
export type Chart = Bars | Lines;

export interface Bars {
  readonly kind: 'bars';
  readonly title: string;
  readonly unit: string;
  /** Where the figures lie so far apart that the small ones would not be seen. */
  readonly logarithmic: boolean;
  readonly bars: readonly Bar[];
}

export interface Bar {
  readonly label: string;
  readonly side: Side;
  /** The median over rounds, and the least and the greatest; `undefined` for who failed. */
  readonly value?: readonly [median: number, least: number, greatest: number];
  readonly failed?: string;
}

export interface Lines {
  readonly kind: 'lines';
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** `tail`: percentiles, each nine as far from the one before as that from the one before it. */
  readonly x: 'logarithmic' | 'tail';
  readonly lines: readonly Line[];
}

export interface Line {
  readonly label: string;
  readonly side: Side;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** Whose it is, which gives it a colour. */
export type Side = 'ours' | 'javascript' | 'native';

const NATIVE = /^(java|cpp|python)-/;

export function sideOf(contender: string): Side {
  if (contender.startsWith('millrace')) return 'ours';
  return NATIVE.test(contender) ? 'native' : 'javascript';
}
