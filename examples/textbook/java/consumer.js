import { parentPort, workerData } from 'node:worker_threads';
import { open } from 'millrace/ring';

let sum = 0;
for (const item of open(workerData.queue).reader) sum += item; // waits while the queue is empty
parentPort?.postMessage(sum);
