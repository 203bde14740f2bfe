import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createBus, f64, guard, memory } from 'millrace';
import { afterEach, expect, test } from 'vitest';

/** MILLRACE_KILLS=700 for the long form: with three orderings, 2,100 deaths. */
const KILLS = Number(process.env['MILLRACE_KILLS'] ?? 4);
const MESSAGES_MAX = 2 ** 26;
let bus = createBus(memory());

afterEach(async () => {
  await bus.close();
  bus = createBus(memory());
});

/**
 * A producer sends while members in threads of their own are killed, one after the other. They count in shared memory what they
 * handle, and what comes again although it was committed.
 */
test.each(['partition', 'key', 'none'])(
  'members that die under load lose nothing, and with ordering %s nothing committed comes again',
  async (ordering) => {
    const topic = bus.topic('killed', f64, { partitions: 3, capacity: 256 });
    const handled = new Uint8Array(new SharedArrayBuffer(MESSAGES_MAX));
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
    let killing = true;
    let messages = 0;
    const sent = (async () => {
      for (; killing && messages < MESSAGES_MAX; messages++)
        await topic.send(messages, { key: `k${messages % 50}` });
    })();
    for (let kills = 0; kills < KILLS; kills++) {
      await new Promise((resolve) => setTimeout(resolve, (kills * 7) % 20));
      await workers.shift()?.terminate();
      workers.push(await start());
    }
    killing = false;
    await sent;
    while (topic.lag('g') > 0) await new Promise((resolve) => setTimeout(resolve, 2));
    for (const worker of workers) await worker.terminate();
    expect(messages).toBeGreaterThan(KILLS);
    expect(handled.subarray(0, messages).filter((count) => count === 0)).toHaveLength(0);
    expect(again[0]).toBe(0);
  },
  3_600_000,
);
