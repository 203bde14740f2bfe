import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createBus, f64, guard, memory } from 'millrace';
import { afterEach, expect, test } from 'vitest';

const KILLS_MIN = 5;
const MESSAGES = 30_000;
let bus = createBus(memory());

afterEach(async () => {
  await bus.close();
  bus = createBus(memory());
});

/**
 * Members in threads of their own are killed while a producer sends, as long as it sends. They count in shared memory what they
 * handle, and what comes again although it was committed.
 */
test.each(['partition', 'key', 'none'])(
  'members that die under load lose nothing, and with ordering %s nothing committed comes again',
  async (ordering) => {
    const topic = bus.topic('killed', f64, { partitions: 3, capacity: 256 });
    const handled = new Int32Array(new SharedArrayBuffer(4 * MESSAGES));
    const again = new Int32Array(new SharedArrayBuffer(4));
    const start = async () => {
      const worker = new Worker(new URL('./killed-member.mjs', import.meta.url), {
        workerData: { handled, again, ordering },
      });
      guard(worker, [bus]);
      await once(worker, 'message');
      return worker;
    };
    const workers = await Promise.all([start(), start()]);
    let sending = true;
    const sent = (async () => {
      for (let i = 0; i < MESSAGES; i++) await topic.send(i, { key: `k${i % 50}` });
      sending = false;
    })();
    let kills = 0;
    for (; sending; kills++) {
      await new Promise((resolve) => setTimeout(resolve, (kills * 7) % 20));
      await workers.shift()?.terminate();
      workers.push(await start());
    }
    await sent;
    while (topic.lag('g') > 0) await new Promise((resolve) => setTimeout(resolve, 2));
    for (const worker of workers) await worker.terminate();
    expect(kills).toBeGreaterThanOrEqual(KILLS_MIN);
    expect(handled.filter((count) => count === 0)).toHaveLength(0);
    expect(again[0]).toBe(0);
  },
  60_000,
);
