import type { Outcome } from '../goals/outcome.ts';
import type { Summary } from '../run/statistics.ts';
import type { Row } from './row.ts';

/** One line of `--json`. A contender that failed has no figures, and a reason. */
export interface JsonLine {
  readonly scenario: string;
  readonly contender: string;
  readonly unit: string;
  readonly median: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly runs: number;
  readonly failed?: string;
}

export function jsonLine({ scenario, contender, figure, summary, failed }: Row): JsonLine {
  const line = lineOf(scenario, contender, figure.unit, summary);
  return failed === undefined ? line : { ...line, failed };
}

/** The ratios of the goals: they are taken round by round, so the medians above do not give them. */
export function goalLine({ pledge, rival, measured }: Outcome): JsonLine {
  const { median, low: min, high: max, runs } = measured ?? { median: 0, low: 0, high: 0, runs: 0 };
  return lineOf(`${pledge.title} / ${rival}`, 'ratio', '×', measured && { median, min, max, runs });
}

/** What the raw memory did meanwhile. */
export function cacheLineLine(scenario: string, lines: Summary): JsonLine {
  return lineOf(`${scenario} cache line round trip`, 'machine', 'ns', lines);
}

function lineOf(scenario: string, contender: string, unit: string, summary: Summary | undefined): JsonLine {
  const { median = null, min = null, max = null, runs = 0 } = summary ?? {};
  return { scenario, contender, unit, median, min, max, runs };
}
