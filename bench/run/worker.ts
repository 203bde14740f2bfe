import { parentPort } from 'node:worker_threads';
import { checkViews } from 'millrace/ring';
import type { Job } from './jobs.ts';
import { perform } from './perform.ts';

checkViews(false); // Whatever NODE_ENV says: what is measured is what users run.

/** The entry point of every worker of a round: it does one job after the other. An error ends it, and with it the round. */
parentPort?.on('message', async (job: Job) => {
  if (job.kind === 'leave') return parentPort?.close();
  const result = await perform(job, () => parentPort?.postMessage({ kind: 'ready' }));
  parentPort?.postMessage({ kind: 'done', result });
});
