import { getEnvironmentData } from 'node:worker_threads';

/** Notes in shared memory, in a bit for each stage, that it has seen a record, and tells who else had before. */
const seen = new Int32Array(/** @type {SharedArrayBuffer} */ (getEnvironmentData('seen')));
/** @type {Record<string, number>} */
const BITS = { journal: 1, replicate: 2, logic: 4 };
let order = 0;

/** @param {{ n: number, user: string, slow?: boolean, dies?: boolean }} record @param {{ stage: string, thread: number }} context */
export default function marks({ n, user, slow, dies }, { stage, thread }) {
  const until = performance.now() + (slow && stage === 'journal' ? 5 : 0);
  while (performance.now() < until);
  const bit = BITS[stage] ?? 8;
  const before = Atomics.or(seen, n, bit);
  if (dies && (before & bit) === 0) process.exit(3); // The first time it meets it.
  return { n, user, before, thread, order: order++ };
}
