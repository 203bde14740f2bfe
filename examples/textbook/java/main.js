import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { i32, mpmc } from 'millrace/ring';

/**
 * `ProducerConsumer.java` beside this file, with threads of Node: one producer, two consumers, and a bounded queue between them.
 *
 *   node examples/textbook/java/main.js
 */
const ITEMS = 100_000;
const queue = mpmc(i32, { capacity: 16 });
const workerData = { queue: queue.handle, items: ITEMS };

const consumers = [1, 2].map(() => new Worker(new URL('./consumer.js', import.meta.url), { workerData }));
new Worker(new URL('./producer.js', import.meta.url), { workerData });

const sums = await Promise.all(consumers.map((consumer) => once(consumer, 'message')));
console.log(`${ITEMS} items, sum ${Number(sums[0]) + Number(sums[1])}`);
