import { createBus, f64, memory } from 'millrace';
import { testBus } from 'millrace/testing';
import { describe, expect, test } from 'vitest';
import { BUCKETS, bucketOf, middleOf } from '../../dist/cluster/group/latency.js';

const handler = (name: string) => new URL(`./handlers/${name}.mjs`, import.meta.url);
const range = (count: number) => Array.from({ length: count }, (_, i) => i);
/** Whether a time is as it should be, within what buckets lose. */
const near = (ms: number) => expect.closeTo(ms, ms === 0 ? 3 : -Math.log10(2 * 0.03 * ms));

test('buckets follow each other without a gap, and their middles are within 1/64', () => {
  for (const us of range(64)) expect(bucketOf(us)).toBe(us);
  for (let bucket = 1; bucket < BUCKETS; bucket++) {
    expect(middleOf(bucket)).toBeGreaterThan(middleOf(bucket - 1));
    expect(bucketOf(middleOf(bucket))).toBe(bucket);
  }
  for (let us = 64; us < 2 ** 32; us = Math.ceil(us * 1.01))
    expect(Math.abs(middleOf(bucketOf(us)) - us) / us).toBeLessThanOrEqual(1 / 64);
  expect(bucketOf(2 ** 32 - 1)).toBe(BUCKETS - 1);
});

describe('metrics of a topic that measures', () => {
  test.each(['partition', 'key', 'none'] as const)(
    'tell how long messages took until they were handled, with ordering %s',
    async (ordering) => {
      const bus = testBus();
      const topic = bus.topic('timed', f64, { latency: true });
      const consumer = topic.consume({ group: 'g', ordering }, () => {});
      topic.consume({ group: 'other' }, () => {});
      await bus.settle();
      consumer.pause();
      for (const value of range(1000)) {
        topic.offer(value);
        await bus.clock.advance(1);
      }
      consumer.resume();
      await bus.settle();
      const { groups } = topic.metrics();
      expect(groups['g']?.latency).toEqual({
        count: 1000,
        p50: near(500),
        p90: near(900),
        p99: near(990),
        p999: near(999),
        max: expect.closeTo(1000, 2),
      });
      expect(groups['other']?.latency).toMatchObject({ count: 1000, max: 0 });
      await bus.close();
    },
  );

  test('add up what all members saw, also those that have ended', async () => {
    const bus = testBus();
    const topic = bus.topic('members', f64, { partitions: 2, latency: true });
    const handle = ({ value }: { value: number }) =>
      new Promise<void>((resolve) => bus.clock.after(value, resolve));
    const members = [topic.consume({ group: 'g' }, handle), topic.consume({ group: 'g' }, handle)];
    await bus.settle();
    topic.offer(10, { partition: 0 });
    topic.offer(40, { partition: 1 });
    await bus.clock.advance(50);
    expect(topic.metrics().groups['g']?.latency).toMatchObject({ count: 2, p50: near(10), p90: near(40) });
    bus.kill(members[0] as object);
    await bus.clock.advance(50);
    topic.consume({ group: 'g' }, handle); // With the number of the one that has ended.
    for (const partition of [0, 1]) topic.offer(200, { partition });
    await bus.clock.advance(500);
    const { latency } = topic.metrics().groups['g'] ?? {};
    expect(latency).toMatchObject({ count: 4, p50: near(40), p90: near(200), max: expect.closeTo(200, 2) });
    await bus.close();
  });

  test('count what was handled once, with the time of the delivery that did it', async () => {
    const bus = testBus();
    const topic = bus.topic('again', f64, { latency: true });
    topic.consume({ group: 'g', retry: { attempts: 3, delay: 100, jitter: 'none' } }, ({ attempt }) => {
      if (attempt === 1) throw new Error('once');
    });
    topic.offer(1);
    await bus.clock.advance(500);
    const latency = topic.metrics().groups['g']?.latency;
    expect(latency).toMatchObject({ count: 1, max: expect.closeTo(100, 2) });
    await bus.close();
  });

  test('time the messages of batches, each until the next one is asked for', async () => {
    const bus = createBus(memory());
    const topic = bus.topic('batches', f64, { latency: true });
    for (const value of range(10)) topic.offer(value);
    topic.close();
    for await (const batch of topic.consume({ group: 'g' })) for (const { value } of batch) void value;
    expect(topic.metrics().groups['g']?.latency).toMatchObject({ count: 10 });
    await bus.close();
  });

  test('compare the clocks of threads below a millisecond', async () => {
    const bus = createBus(memory());
    const topic = bus.topic('threads', f64, { latency: true, partitions: 2 });
    const consumer = topic.consume({ group: 'g', threads: 2 }, handler('count'));
    await topic.send(0);
    await bus.idle(); // The threads run now.
    let longestMs = 0;
    for (const value of range(100)) {
      const beganMs = performance.now();
      await topic.send(value);
      await bus.idle();
      longestMs = Math.max(longestMs, performance.now() - beganMs);
    }
    await consumer.close({ drain: true });
    const latency = topic.metrics().groups['g']?.latency;
    expect(latency?.count).toBe(101);
    expect(latency?.p50).toBeGreaterThan(0); // Whole milliseconds would not show it.
    expect(latency?.p50).toBeLessThan(1.03 * longestMs + 1);
    await bus.close();
  });
});

test('a topic that does not measure has no latency, and whole timestamps', async () => {
  const bus = createBus(memory());
  const topic = bus.topic('plain', f64);
  await topic.consume({ group: 'g' }, () => {}).close();
  topic.offer(1);
  expect(topic.metrics().groups['g']).not.toHaveProperty('latency');
  expect([...topic.browse()].every(({ timestamp }) => Number.isInteger(timestamp))).toBe(true);
  await bus.close();
});
