import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createBus, f64, guard, memory, type Topic } from 'millrace';
import { afterEach, expect, test } from 'vitest';

/** MILLRACE_KILLS=1000 for the long form. */
const KILLS = Number(process.env['MILLRACE_KILLS'] ?? 8);
const script = new URL('./killed-sender.mjs', import.meta.url);
const tick = (ms = 1) => new Promise((resolve) => setTimeout(resolve, ms));
let bus = createBus(memory());

afterEach(async () => {
  await bus.close();
  bus = createBus(memory());
});

/** Reads as fast as it can, with little room, so that senders wait and what they wrote is gone soon. */
function countInto(topic: Topic<number>, count: (value: number, name: unknown) => void) {
  topic.consume({ group: 'g' }, ({ value, headers }) => {
    if (value >= 0) count(value, headers?.['name']);
  });
}

function start(workerData: object): { worker: Worker; started: Promise<unknown> } {
  const worker = new Worker(script, { workerData });
  guard(worker, [bus]);
  return { worker, started: once(worker, 'message') };
}

async function kill(senders: ReturnType<typeof start>[], restart: (i: number) => ReturnType<typeof start>) {
  for (let i = 0; i < KILLS; i++) {
    const victim = i % senders.length;
    const { worker, started } = senders[victim] as (typeof senders)[number];
    await started;
    await tick(40 + ((i * 7) % 23));
    await worker.terminate();
    senders[victim] = restart(victim);
  }
  await Promise.all(
    senders.map(async ({ worker, started }) => {
      await started;
      await worker.terminate();
    }),
  );
}

test('of ids that killed threads sent each is written once, and what a sender was told is there', async () => {
  const ids = 20_000;
  const topic = bus.topic('sent', f64, {
    partitions: 3,
    capacity: 64,
    slotSize: 96,
    dedup: { window: 65_536 },
  });
  const counts = new Int32Array(ids);
  countInto(topic, (id) => {
    counts[id] = (counts[id] as number) + 1;
  });
  const told = new Int32Array(new SharedArrayBuffer(4 * ids));
  let seed = 1;
  const sender = () => start({ role: 'ids', told, seed: seed++ });
  await kill([sender(), sender(), sender()], sender);
  for (let id = 0; id < ids; id++) {
    const isNew = !(await topic.send(id, { id: `${id}`, timeout: 1000 })).duplicate;
    if (isNew) expect(told[id]).toBe(0);
  }
  while (topic.lag('g') > 0) await tick();
  expect(counts.filter((count) => count > 1)).toHaveLength(0);
  expect(counts.filter((count) => count === 0)).toHaveLength(0);
}, 600_000);

test('of the numbers of producers that were killed and started again each is written once, in order', async () => {
  const topic = bus.topic('sent', f64, { partitions: 3, capacity: 64, slotSize: 96 });
  const names = ['a', 'b'];
  const counts = new Map(names.map((name) => [name, new Int32Array(2 ** 24)]));
  countInto(topic, (n, name) => {
    const own = counts.get(String(name)) as Int32Array;
    own[n] = (own[n] as number) + 1;
  });
  const told = names.map(() => new Int32Array(new SharedArrayBuffer(4)));
  const sender = (i: number) => start({ role: 'producer', name: names[i], told: told[i], seed: 1 });
  await kill([sender(0), sender(1)], sender);
  while (topic.lag('g') > 0) await tick();
  for (const [i, name] of names.entries()) {
    const { sequence } = topic.producer(name);
    const own = (counts.get(name) as Int32Array).subarray(1);
    expect(sequence).toBeGreaterThan(100);
    expect(told[i]?.[0]).toBeLessThanOrEqual(sequence);
    expect(own.subarray(0, sequence).every((count) => count === 1)).toBe(true);
    expect(own.subarray(sequence).some((count) => count > 0)).toBe(false);
  }
}, 600_000);
