import { digits } from '../report/table.ts';
import type { Estimate } from '../run/statistics.ts';
import type { Outcome } from './outcome.ts';

/** One line of `npm run bench:guard`: scenario, promised, measured, and whether that is enough. */
export function outcomeText(outcome: Outcome): string {
  const { title } = outcome.pledge;
  return `${title.padEnd(52)}  ${promisedText(outcome).padEnd(40)}  ${measuredText(outcome).padEnd(24)}  ${verdictText(outcome)}`;
}

export function promisedText({ pledge, rival }: Outcome): string {
  const { least, against } = pledge;
  if ('unit' in against) return `≥ ${digits(least)} ${against.unit}`;
  const name =
    'bestOf' in against
      ? `${against.title}${rival === '' ? '' : ` (${rival})`}`
      : rivalText(pledge.ours.scenario, against, rival);
  // A time that may be so many times another is said as it was promised.
  return least < 1 && pledge.ours.suffix !== undefined
    ? `≤ ${digits(1 / least)} × ${name}`
    : `≥ ${digits(least)} × ${name}`;
}

function rivalText(scenario: string, against: { readonly scenario: string }, rival: string): string {
  return against.scenario === scenario ? rival : `${rival} in ${against.scenario}`;
}

export function measuredText({ measured, pledge }: Outcome): string {
  if (measured === undefined) return '—';
  if (pledge.least < 1 && pledge.ours.suffix !== undefined) return estimateText(inverse(measured));
  return estimateText(measured);
}

export const estimateText = ({ median, low, high }: Estimate): string =>
  `${digits(median)} (${digits(low)} … ${digits(high)})`;

function inverse({ median, low, high, runs }: Estimate): Estimate {
  return { median: 1 / median, low: 1 / high, high: 1 / low, runs };
}

export function verdictText({ verdict, reason }: Outcome): string {
  if (verdict === 'unknown') return `not measured: ${reason}`;
  return reason === undefined ? verdict : `${verdict}: ${reason}`;
}
