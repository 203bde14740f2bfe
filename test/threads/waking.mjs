import { parentPort, workerData } from 'node:worker_threads';
import { copy, open } from 'millrace/ring';

/** Waits in the way it is told to, and tells how the wait ended. */
const { handle, way } = workerData;
const ring = open(handle);
/** @type {Record<string, () => unknown>} */
const WAYS = {
  takeSync: () => ring.reader.takeSync(),
  take: () => ring.reader.take(),
  drainSync: () => ring.reader.drainSync((/** @type {unknown} */ view) => copy(view)),
  'for of': () => [...ring.reader],
  'for await': async () => {
    for await (const _ of ring.reader);
    return 'ended';
  },
  putSync: () => ring.writer.putSync(99),
  put: () => ring.writer.put(99),
};
parentPort?.postMessage('waits');
let answer;
try {
  answer = await WAYS[way]?.();
} catch (error) {
  answer = /** @type {Error} */ (error).message;
}
parentPort?.postMessage(answer);
