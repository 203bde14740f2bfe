import { parentPort, Worker, workerData } from 'node:worker_threads';
import { f64, openBus } from 'millrace';

/** Does what it is told with the bus it finds, and tells what came of it; `nested` does it in a thread of its own. */
const { nested = 0, act, ...rest } = workerData;

/** @type {Record<string, () => unknown>} */
const ACTS = {
  send: () => openBus().topic('numbers', f64).send(rest.value, { key: 'k' }),
  'send without codec': () => openBus().topic('numbers').send(rest.value),
  sendSync: () => openBus().topic('numbers').sendSync(rest.value, { timeout: 5000 }),
  'unknown topic': () => openBus().topic('nonsense'),
  'other codec': () => openBus().topic('texts', f64),
  'open only': () => openBus() !== undefined,
};

let answer;
try {
  if (nested > 0) {
    const worker = new Worker(new URL(import.meta.url), {
      workerData: { ...workerData, nested: nested - 1 },
    });
    answer = await new Promise((resolve) => worker.once('message', resolve));
  } else answer = { value: await ACTS[act]?.() };
} catch (error) {
  const { name, message, code } = /** @type {Error & { code?: string }} */ (error);
  answer = { name, message, code };
}
parentPort?.postMessage(answer);
