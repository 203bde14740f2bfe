import type { JobScenario } from './scenario.ts';

/** The job of `npm start`, whole and cut short. */
export const flights: readonly JobScenario[] = [
  job('flights-600k', 'the first 600,000', 600_000),
  job('flights', 'three million', 3_000_000),
];

function job(name: string, many: string, count: number): JobScenario {
  return {
    kind: 'job',
    name,
    title: `examples/flights: ${many} flights from reader threads to consumer threads`,
    drawing: `
flights-3m.parquet ──▶ reader threads ──▶ [ 8 partitions, keyed by origin ] ──▶ consumer threads: totals`,
    count,
  };
}
