import type { JobScenario } from './scenario.ts';

/** The job of `npm start`. */
export const flights: JobScenario = {
  kind: 'job',
  name: 'flights',
  title: 'examples/flights: three million flights from reader threads to consumer threads',
  drawing: `
flights-3m.parquet ──▶ reader threads ──▶ [ 8 partitions, keyed by origin ] ──▶ consumer threads: totals`,
};
