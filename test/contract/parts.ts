import { Worker } from 'node:worker_threads';
import type { Ring } from 'millrace/ring';

/** The ends of a ring, and its calls as functions. */
export function bound<
  R extends { writer: unknown; reader: unknown; stats(): { depth: number }; close(): void },
>(ring: R) {
  const { writer, reader } = ring as { writer: R['writer']; reader: R['reader'] };
  return { writer, reader, stats: () => ring.stats(), close: () => ring.close() };
}

/**
 * A thread that does one thing a number of times: it writes 0, 1, 2 …, or reads and adds up, or writes and reads in turn and
 * counts how often it found nothing.
 */
export async function part(
  ring: Ring<number>,
  does: 'writes' | 'reads' | 'writes and reads',
  count: number,
): Promise<number> {
  const data = { handle: ring.handle, does, count };
  const worker = new Worker(new URL('./part-thread.mjs', import.meta.url), { workerData: data });
  const { threadId } = worker;
  worker.once('exit', () => ring.repair(threadId));
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
