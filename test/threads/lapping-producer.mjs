import { parentPort, workerData } from 'node:worker_threads';
import { produce } from '../stress/producer.mjs';

await produce(workerData);
parentPort?.postMessage('done');
