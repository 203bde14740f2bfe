import { parentPort, workerData } from 'node:worker_threads';
import { openBroadcast } from 'millrace/ring';

/** Attaches to the subscription it is told, and stays. */
openBroadcast(workerData.handle).attach(workerData.subscription);
parentPort?.postMessage('attached');
setInterval(() => {}, 1000);
