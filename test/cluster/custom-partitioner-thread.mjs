import { parentPort } from 'node:worker_threads';
import { f64, openBus } from 'millrace';

/** Sends to a topic whose partitioner is a function: without it, to a partition by number, and with it. */
const topic = openBus().topic('custom');
const without = await topic.send(1).catch((error) => error.code);
const byNumber = await topic.send(1, { partition: 0 });
openBus().topic('custom', f64, { partitioner: ({ value }, partitions) => value % partitions });
const withIt = await topic.send(4);
parentPort?.postMessage([without, byNumber.partition, withIt.partition]);
