import { createBus, f64, memory } from 'millrace';
import { expect, test } from 'vitest';

test('a consumer on threads can be started and ended more often than there are seats', async () => {
  const bus = createBus(memory());
  const topic = bus.topic('again', f64, { partitions: 16, capacity: 8 });
  let handled = 0;
  for (let round = 0; round < 9; round++) {
    const consumer = topic.consume(
      { group: 'g', threads: 16 },
      new URL('./handlers/count.mjs', import.meta.url),
    );
    topic.offer(round);
    await consumer.close({ drain: true });
    handled += ((await consumer.results) as number[]).reduce((sum, count) => sum + count, 0);
  }
  expect(handled).toBe(9);
  await bus.close();
}, 300_000);
