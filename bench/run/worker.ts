import { parentPort } from 'node:worker_threads';
import type { Job } from './jobs.ts';
import { perform } from './perform.ts';

/** The entry point of every worker of a round: it does one job after the other. An error ends it, and with it the round. */
parentPort?.on('message', async (job: Job) => {
  if (job.kind === 'leave') return parentPort?.close();
  const result = await perform(job, () => parentPort?.postMessage({ kind: 'ready' }));
  parentPort?.postMessage({ kind: 'done', result });
});
