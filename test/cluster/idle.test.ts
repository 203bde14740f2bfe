import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createBus, f64, memory } from 'millrace';
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
  await tick(300);
  const before = process.cpuUsage();
  await tick(1000);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(50); // Milliseconds, of a second; the test runner has its share.
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
