import { parentPort, workerData } from 'node:worker_threads';
import { open } from 'millrace/ring';

const ticks = open(workerData); // the codec came with the handle
const total = { count: 0, volume: 0 };

for await (const batch of ticks.reader) {
  for (const tick of batch) {
    total.count++; // `tick` is a view of the shared memory: nothing was copied
    total.volume += tick.price;
  }
}
parentPort?.postMessage(total);
