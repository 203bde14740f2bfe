import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createBus, f64, guard, memory } from 'millrace';

const MESSAGES_MAX = 2 ** 26;
const tick = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * A producer sends while members in threads of their own are killed, one after the other. They count in shared memory what they
 * handle, and what comes again although it was committed.
 * @param {{ ordering: 'partition' | 'key' | 'none', kills: number, onKill?: (kills: number) => void }} options
 */
export async function killMembers({ ordering, kills, onKill }) {
  const bus = createBus(memory());
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
  for (let i = 0; i < kills; i++) {
    await tick((i * 7) % 20);
    await workers.shift()?.terminate();
    onKill?.(i + 1);
    workers.push(await start());
  }
  killing = false;
  await sent;
  while (topic.lag('g') > 0) await tick(2);
  for (const worker of workers) await worker.terminate();
  await bus.close();
  const counts = handled.subarray(0, messages);
  return {
    kills,
    messages,
    lost: counts.reduce((sum, count) => sum + Number(count === 0), 0),
    repeated: counts.reduce((sum, count) => sum + Number(count > 1), 0),
    again: /** @type {number} */ (again[0]),
  };
}
