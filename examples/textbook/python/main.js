import { createBus, memory } from 'millrace';
import { u32 } from 'millrace/ring';

/**
 * `worker.py` beside this file, with a worker thread: it takes items, and `bus.idle()` waits until all are done.
 *
 *   node examples/textbook/python/main.js
 */
const bus = createBus(memory());
const tasks = bus.topic('tasks', u32, { capacity: 8 });
const worker = tasks.consume({ group: 'worker', threads: 1 }, new URL('./worker.js', import.meta.url));

for (let item = 0; item < 30; item++) await tasks.send(item);

await bus.idle(); // queue.join(): a message is done when its handler has returned, which is task_done()
await worker.close();
const done = /** @type {number[]} */ ((await worker.results)[0]);
await bus.close();
console.log(`all ${done.length} done, sum ${done.reduce((sum, square) => sum + square, 0)}`);
