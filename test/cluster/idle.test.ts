import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createBus, f64, memory } from 'millrace';
import { testBus } from 'millrace/testing';
import { expect, test } from 'vitest';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const tick = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a bus with nothing to do uses no processor', async () => {
  const bus = createBus(memory());
  const topics = Array.from({ length: 8 }, (_, i) => bus.topic(`idle ${i}`, f64, { partitions: 8 }));
  for (const topic of topics) {
    for (const ordering of ['partition', 'key', 'none'] as const)
      topic.consume({ group: ordering, ordering, rate: { perSecond: 10 } }, () => {});
    topic.schedule(1, { delay: 3_600_000 });
  }
  const [first] = topics;
  first?.consume({ group: 'threads', threads: 2 }, new URL('./handlers/count.mjs', import.meta.url));
  await first?.send(0);
  await bus.idle(); // One of the threads has started.
  await tick(300);
  const before = process.cpuUsage();
  await tick(1000);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(50); // Milliseconds, of a second; the test runner has its share.
  await bus.close();
});

test('nobody who waits on it looks now and then whether there is something', async () => {
  const bus = testBus();
  const topic = bus.topic('idle', f64, { partitions: 4, capacity: 64, latency: true });
  const consumers = (['partition', 'key', 'none'] as const).flatMap((ordering) =>
    [1, 2].map(() => {
      const options = { group: ordering, ordering, rate: { perSecond: 1000 }, retry: {}, lease: 10 };
      return topic.consume(options, () => {});
    }),
  );
  for (let i = 0; i < 40; i++) topic.offer(i);
  await bus.clock.advance(1000);
  expect(topic.idle).toBe(true);
  const steps = consumers.map((consumer) => bus.stepsOf(consumer));
  await bus.clock.advance(3_600_000);
  expect(bus.clock.pending).toBe(0);
  expect(consumers.map((consumer) => bus.stepsOf(consumer))).toEqual(steps);
  await bus.close();
});

test('memory stays as it was, however many messages go through', async () => {
  const bus = createBus(memory());
  const topic = bus.topic('steady', f64, { partitions: 2, capacity: 256, dedup: { window: 1024 } });
  topic.consume({ group: 'g', ordering: 'key' }, () => {});
  topic.consume({ group: 'h', ordering: 'none' }, () => {});
  const send = async (from: number, to: number) => {
    for (let i = from; i < to; i++) await topic.send(i, { key: `k${i % 100}`, id: `${i}` });
    await bus.idle();
    collectGarbage();
    const { external, arrayBuffers, heapUsed } = process.memoryUsage();
    return external + arrayBuffers + heapUsed;
  };
  const early = await send(0, 20_000);
  const late = await send(20_000, 60_000);
  expect(late - early).toBeLessThan(4 * 2 ** 20);
  await bus.close();
}, 120_000);
