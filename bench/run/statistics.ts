/** A median and how far the rounds lay apart. With a handful of rounds, least and greatest say more than a deviation. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

export function summarise(values: readonly number[]): Summary {
  if (values.length === 0) throw new Error('There is nothing to summarise.');
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    min: sorted[0] as number,
    max: sorted[sorted.length - 1] as number,
    runs: sorted.length,
  };
}

/** The value below which `part` of them lie, interpolated between neighbours. `sorted` is in ascending order. */
export function quantile(sorted: ArrayLike<number>, part: number): number {
  const at = (sorted.length - 1) * part;
  const below = sorted[Math.floor(at)] as number;
  const above = sorted[Math.ceil(at)] as number;
  return below + (above - below) * (at - Math.floor(at));
}

/**
 * How many times better `values` are than `baseline`, round by round: what slows a whole round slows both, and falls
 * out. `undefined` marks a round that failed.
 */
export function ratios(
  values: readonly (number | undefined)[],
  baseline: readonly (number | undefined)[],
  better: 'more' | 'less',
): number[] {
  const all: number[] = [];
  for (const [round, value] of values.entries()) {
    const base = baseline[round];
    if (value === undefined || base === undefined) continue;
    all.push(better === 'more' ? value / base : base / value);
  }
  return all;
}
