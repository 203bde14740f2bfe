import { parentPort, workerData } from 'node:worker_threads';
import { open } from 'millrace/ring';

/** Waits for one message, and then for nothing else. */
const { reader } = open(workerData);
parentPort?.postMessage('waiting');
reader.takeSync();
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
