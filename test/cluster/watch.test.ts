import { createBus, f64, type GroupLag, type GroupStall, memory, OptionError } from 'millrace';
import { testBus } from 'millrace/testing';
import { expect, test } from 'vitest';

test('a consumer tells of its lag while it is above what is allowed, and while somebody listens', async () => {
  const bus = testBus();
  const topic = bus.topic('behind', f64, { partitions: 2 });
  const consumer = topic.consume({ group: 'g', lagAbove: 2 }, () => {});
  const told: GroupLag[] = [];
  const listen = (lag: GroupLag) => told.push(lag);
  consumer.on('lag', listen);
  consumer.pause();
  await bus.clock.advance(500);
  for (const value of [1, 2]) topic.offer(value);
  await bus.clock.advance(1000);
  expect(told).toEqual([]);
  topic.offer(3);
  await bus.clock.advance(1000);
  await bus.clock.advance(1000);
  expect(told).toEqual([
    { lag: 3, ageMs: 1500 },
    { lag: 3, ageMs: 2500 },
  ]);
  consumer.off('lag', listen);
  await bus.clock.advance(1000);
  expect(bus.clock.pending).toBe(0);
  consumer.on('lag', listen);
  consumer.resume();
  await bus.clock.advance(2000);
  expect(told).toHaveLength(2);
  await bus.close();
});

test.each(['partition', 'key', 'none'] as const)(
  'a consumer tells once of a message with which nothing goes on, with ordering %s',
  async (ordering) => {
    const bus = testBus();
    const topic = bus.topic('stuck', f64, { partitions: 2 });
    const release: (() => void)[] = [];
    const consumer = topic.consume({ group: 'g', ordering, stallAfter: 5000, lease: 60_000 }, ({ value }) =>
      value === 1 ? new Promise<void>((resolve) => release.push(resolve)) : undefined,
    );
    const told: GroupStall[] = [];
    consumer.on('stalled', (stall) => told.push(stall));
    await bus.clock.advance(10_000); // Nothing to do is no stall.
    topic.offer(1, { partition: 1 });
    await bus.clock.advance(4000);
    expect(told).toEqual([]);
    await bus.clock.advance(20_000);
    expect(told).toMatchObject([{ partition: 1, lag: 1 }]);
    expect(told[0]?.forMs).toBeGreaterThanOrEqual(5000);
    for (const go of release) go();
    await bus.settle();
    topic.offer(1, { partition: 1 });
    await bus.clock.advance(20_000);
    expect(told).toHaveLength(2);
    for (const go of release) go();
    await bus.close();
    expect(bus.clock.pending).toBe(0);
  },
);

test('a thread that is blocked is seen from outside', async () => {
  const bus = createBus(memory());
  const topic = bus.topic('blocked', f64);
  const consumer = topic.consume(
    { group: 'g', threads: 1, stallAfter: 50 },
    new URL('./handlers/blocks.mjs', import.meta.url),
  );
  const stalled = new Promise<GroupStall>((resolve) => consumer.once('stalled', resolve));
  topic.offer(400); // Milliseconds.
  expect(await stalled).toMatchObject({ partition: 0, lag: 1 });
  await bus.idle();
  await bus.close();
});

test('limits that are none are refused', () => {
  const topic = testBus().topic('limits', f64);
  expect(() => topic.consume({ group: 'g', lagAbove: -1 }, () => {})).toThrow(OptionError);
  expect(() => topic.consume({ group: 'g', stallAfter: 0 }, () => {})).toThrow(OptionError);
});
