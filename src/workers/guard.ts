import type { Worker } from 'node:worker_threads';

/** What can be repaired after a thread's death: rings, `latest()` cells. */
export interface Repairable {
  repair(threadId: number): void;
}

/**
 * Repairs what a worker used as soon as it has ended, however it ended: nobody waits for it any longer, and
 * what it had not finished goes to others. Call it right after `new Worker(…)`, in the thread that created
 * it.
 */
export function guard(worker: Worker, used: Iterable<Repairable>): void {
  const { threadId } = worker; // -1 once it has ended.
  const things = [...used];
  worker.once('exit', () => {
    for (const thing of things) thing.repair(threadId);
  });
}
