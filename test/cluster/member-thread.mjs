import { parentPort, workerData } from 'node:worker_threads';
import { openBus } from 'millrace';

/** Joins a group and stays. Never answers a message: it blocks in the handler. */
const consumer = openBus()
  .topic(workerData.topic)
  .consume({ group: workerData.group, from: 'latest' }, () => {
    for (;;);
  });
while (consumer.partitions.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
parentPort?.postMessage('owns');
