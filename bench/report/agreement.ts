import { type Change, changesBetween } from './compare.ts';
import type { Ratio } from './ratio.ts';
import type { Results } from './results.ts';
import { digits, interval } from './table.ts';

/** Of ten ratios of two runs so many have to agree, otherwise the intervals are too narrow to be believed. */
const PROMISED = 0.9;

/** How two runs of the same code agree: what one of them says is worth as much. */
export interface Agreement {
  /** Ratios that both runs have, from enough rounds to have an interval. */
  readonly compared: number;
  /** Those whose intervals have nothing in common. */
  readonly apart: readonly (Change & Required<Pick<Change, 'ratios'>>)[];
  readonly verdict: 'ok' | 'short' | 'unknown';
}

export function agreementOf(one: Results, other: Results): Agreement {
  const changes = changesBetween(one, other).filter(hasRatios);
  const apart = changes.filter(({ ratios: { before, now } }) => !overlap(before, now));
  const part = 1 - apart.length / changes.length;
  const verdict = changes.length === 0 ? 'unknown' : part >= PROMISED ? 'ok' : 'short';
  return { compared: changes.length, apart, verdict };
}

const hasRatios = (change: Change): change is Agreement['apart'][number] => change.ratios !== undefined;

const overlap = (a: Ratio, b: Ratio): boolean => a.low <= b.high && b.low <= a.high;

export function agreementText(one: Results, other: Results): string {
  const { compared, apart, verdict } = agreementOf(one, other);
  return [
    ...differenceText(one, other),
    ...apart.map(
      ({ scenario, contender, ratios: { before, now } }) =>
        `  ${scenario.padEnd(28)} ${contender.padEnd(24)} ${ratioText(before)} and ${ratioText(now)} lie apart`,
    ),
    `${compared - apart.length} of ${compared} ratios agree within their intervals, promised ${PROMISED * 100} %: ${verdict}`,
  ].join('\n');
}

const ratioText = (ratio: Ratio): string => `${digits(ratio.median)} (${interval(ratio)})`;

/** Runs of different code need not agree. */
function differenceText({ machine: a }: Results, { machine: b }: Results): string[] {
  if (a.commit === b.commit && a.node === b.node) return [];
  return [`not the same code: commit ${a.commit} on Node ${a.node}, commit ${b.commit} on Node ${b.node}`];
}
