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

/** A figure, and between what it lies with a probability of 95 %. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** How many values it is made from. */
  readonly runs: number;
}

const RESAMPLES = 2000;

/**
 * The median and its interval by the bootstrap (Efron 1979): what the median would have been had other rounds of the same
 * kind been drawn. The same values always give the same interval.
 */
export function estimate(values: readonly number[]): Estimate {
  const random = randomFrom(1);
  const medians = resample(() => medianOf(drawFrom(values, random)));
  return { median: medianOf(values), ...middleOf(medians), runs: values.length };
}

/** How many times the median of `values` is that of `baseline`, where rounds do not belong together in pairs. */
export function estimateRatio(values: readonly number[], baseline: readonly number[]): Estimate {
  const random = randomFrom(2);
  const drawn = () => medianOf(drawFrom(values, random)) / medianOf(drawFrom(baseline, random));
  const runs = Math.min(values.length, baseline.length);
  return { median: medianOf(values) / medianOf(baseline), ...middleOf(resample(drawn)), runs };
}

function resample(draw: () => number): number[] {
  return Array.from({ length: RESAMPLES }, draw).sort((a, b) => a - b);
}

/** The middle 95 % of sorted values. */
function middleOf(sorted: readonly number[]): { low: number; high: number } {
  return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}

function drawFrom(values: readonly number[], random: () => number): number[] {
  return values.map(() => values[Math.floor(random() * values.length)] as number);
}

export function medianOf(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
