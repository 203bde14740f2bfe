import { parentPort, workerData } from 'node:worker_threads';
import { openBus } from 'millrace';

/** Counts how often each message is handled. What lies before the group's cursor at the start was committed: it must not come again. */
const { handled, again, ordering } = workerData;
const topic = openBus().topic('killed');

/** @param {import('millrace').Message<any>} message */
const handler = (message) => {
  const { value, partition, offset } = message;
  if (offset < (committed[partition] ?? 0)) Atomics.add(again, 0, 1);
  Atomics.add(handled, value, 1);
  const until = performance.now() + 0.02;
  while (performance.now() < until);
};
const committed = topic.logs.map((log) => {
  log.ensureSubscription(0);
  return log.offsetOf(log.cursorOf(0));
});
topic.consume({ group: 'g', ordering, prefetch: 32 }, handler);
parentPort?.postMessage('started');
