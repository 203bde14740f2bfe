import { parentPort, workerData } from 'node:worker_threads';
import { open } from 'millrace/ring';

/** Says whether it could have the end it was told to take, and stays. */
const ring = open(workerData.handle);
let answer = 'attached';
try {
  ring[/** @type {'writer' | 'reader'} */ (workerData.end)];
} catch (error) {
  answer = /** @type {Error} */ (error).name;
}
parentPort?.postMessage(answer);
setInterval(() => {}, 1000);
