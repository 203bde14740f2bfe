import { createBus, f64, memory } from 'millrace';
import { testBus } from 'millrace/testing';
import { afterEach, describe, expect, test } from 'vitest';

const tick = (ms = 1) => new Promise((resolve) => setTimeout(resolve, ms));
const keyed = { ordering: 'key', concurrency: 8 } as const;
let bus = createBus(memory());

afterEach(async () => {
  await bus.close();
  bus = createBus(memory());
});

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('ordering by key', () => {
  test('handles keys side by side, and the messages of each key one at a time and in order', async () => {
    const topic = bus.topic('keyed', f64, { partitions: 2, capacity: 128 });
    const running = new Set<string>();
    const seen = new Map<string, number[]>();
    let most = 0;
    const consumer = topic.consume({ ...keyed, group: 'g' }, async ({ key = '', value }) => {
      expect(running.has(key)).toBe(false);
      running.add(key);
      most = Math.max(most, running.size);
      await tick(value % 3);
      running.delete(key);
      seen.set(key, [...(seen.get(key) ?? []), value]);
    });
    for (const i of range(400)) await topic.send(i, { key: `k${i % 13}` });
    await consumer.close({ drain: true });
    for (const k of range(13)) expect(seen.get(`k${k}`)).toEqual(range(400).filter((i) => i % 13 === k));
    expect(most).toBeGreaterThan(4);
    expect(most).toBeLessThanOrEqual(8);
    expect(consumer.lag).toBe(0);
  });

  test('commits nothing that lies behind a message not done', async () => {
    const topic = bus.topic('gaps', f64);
    let release: () => void = () => {};
    const blocked = new Promise<void>((resolve) => {
      release = resolve;
    });
    const done: number[] = [];
    const consumer = topic.consume({ ...keyed, group: 'g' }, async ({ value }) => {
      if (value === 2) await blocked;
      done.push(value);
    });
    for (const i of range(10)) topic.offer(i, { key: `k${i}` });
    while (done.length < 9) await tick();
    expect(consumer.lag).toBe(8);
    release();
    while (done.length < 10) await tick();
    expect(consumer.lag).toBe(0);
  });

  test('a message that is retried holds up its key alone', async () => {
    const topic = bus.topic('retried', f64);
    const seen: string[] = [];
    const retry = { attempts: 3, delay: 20, jitter: 'none' } as const;
    const consumer = topic.consume({ ...keyed, group: 'g', retry }, async ({ key, value, attempt }) => {
      if (value === 0 && attempt < 2) throw new Error('not yet');
      seen.push(`${key}${value}`);
    });
    for (const i of range(6)) topic.offer(i, { key: i % 2 === 0 ? 'a' : 'b' });
    await consumer.close({ drain: true });
    expect(seen).toEqual(['b1', 'b3', 'b5', 'a0', 'a2', 'a4']);
  });

  test('a message that waits to be retried takes no place of another one, and is not waited for by close', async () => {
    const bus = testBus();
    const topic = bus.topic('retried', f64);
    const seen: number[] = [];
    const retry = { attempts: 9, delay: 60_000, jitter: 'none' } as const;
    const consumer = topic.consume({ group: 'g', ordering: 'key', concurrency: 1, retry }, ({ value }) => {
      seen.push(value);
      if (value < 2) throw new Error('not yet');
    });
    for (const i of range(5)) topic.offer(i, { key: `k${i}` });
    await bus.settle();
    expect(seen).toEqual(range(5));
    let closed = false;
    void consumer.close().then(() => {
      closed = true;
    });
    await bus.settle();
    expect(closed).toBe(true);
    expect(topic.lag('g')).toBe(5);
    expect(bus.clock.pending).toBe(0);
    await bus.close();
  });

  test('a partition goes to another member without waiting for a message that is to be retried', async () => {
    const bus = testBus();
    const topic = bus.topic('retried', f64, { partitions: 2 });
    const seen: string[] = [];
    const retry = { attempts: 9, delay: 60_000, jitter: 'none' } as const;
    const start = (name: string) =>
      topic.consume({ group: 'g', ordering: 'key', retry, prefetch: 1 }, ({ value }) => {
        seen.push(`${name}${value}`);
        if (value === 1) throw new Error('not yet');
      });
    const first = start('a');
    topic.offer(1, { partition: 1, key: 'k' });
    await bus.settle();
    const second = start('b');
    await bus.settle();
    expect([first.partitions, second.partitions]).toEqual([[0], [1]]);
    expect(seen).toEqual(['a1', 'b1']);
    await bus.close();
  });

  test('a partition that stays is read on while another one waits for its handler before it goes', async () => {
    const bus = testBus();
    const topic = bus.topic('moving', f64, { partitions: 2 });
    const seen: string[] = [];
    const told: unknown[] = [];
    const start = (name: string) =>
      topic.consume({ group: 'g', ordering: 'key' }, async ({ value }) => {
        seen.push(`${name}${value}`);
        if (value === 1) await new Promise<void>((resolve) => bus.clock.after(60_000, resolve));
        if (value === 1) seen.push(`${name}${value} done`);
      });
    const first = start('a');
    first.on('rebalance', (change) => told.push(change));
    topic.offer(1, { partition: 1, key: 'k' });
    await bus.settle();
    const second = start('b');
    for (const value of [2, 3]) topic.offer(value, { partition: value % 2, key: 'k' });
    await bus.settle();
    expect(seen).toEqual(['a1', 'a2']);
    expect(second.partitions).toEqual([]);
    await bus.clock.advance(60_000);
    expect(seen).toEqual(['a1', 'a2', 'a1 done', 'b3']);
    expect(told).toEqual([
      { assigned: [0, 1], revoked: [] },
      { assigned: [], revoked: [1] },
    ]);
    await bus.close();
  });

  test('a partition that is wanted back while it is on its way is read on after that', async () => {
    const bus = testBus();
    const topic = bus.topic('returning', f64, { partitions: 2 });
    const seen: number[] = [];
    const start = () =>
      topic.consume({ group: 'g', ordering: 'key' }, async ({ value }) => {
        if (value === 1) await new Promise<void>((resolve) => bus.clock.after(60_000, resolve));
        seen.push(value);
      });
    const first = start();
    for (const value of [1, 2]) topic.offer(value, { partition: 1, key: 'k' });
    await bus.settle();
    const second = start();
    await bus.settle();
    expect(first.partitions).toEqual([0]);
    await second.close();
    await bus.settle();
    expect(first.partitions).toEqual([0]);
    await bus.clock.advance(60_000);
    expect(first.partitions).toEqual([0, 1]);
    expect(seen).toEqual([1, 2]);
    await bus.close();
  });

  test('a seek leaves out what was read ahead, and commits nothing beyond it', async () => {
    const bus = testBus();
    const topic = bus.topic('sought', f64, { retention: { messages: 64 } });
    const seen: number[] = [];
    const inHand: (() => void)[] = [];
    const consumer = topic.consume({ group: 'g', ordering: 'key', concurrency: 2 }, ({ value }) => {
      seen.push(value);
      return new Promise<void>((resolve) => inHand.push(resolve));
    });
    const done = async (count: number) => {
      for (const finish of inHand.splice(0, count)) finish();
      await bus.settle();
    };
    for (const i of range(6)) topic.offer(i, { key: `k${i}` });
    await bus.settle();
    consumer.seek('latest');
    await bus.settle();
    await done(2);
    expect(seen).toEqual([0, 1]);
    expect(topic.lag('g')).toBe(0);
    for (const i of [6, 7]) topic.offer(i, { key: `k${i}` });
    await bus.settle();
    consumer.seek({ offset: 3 });
    await done(1);
    expect(seen).toEqual([0, 1, 6, 7]); // The other one is in hand still.
    await done(1);
    expect(seen).toEqual([0, 1, 6, 7, 3, 4]);
    await done(1);
    expect(topic.lag('g')).toBe(4);
    while (inHand.length > 0) await done(1);
    expect(seen).toEqual([0, 1, 6, 7, 3, 4, 5, 6, 7]);
    expect(topic.lag('g')).toBe(0);
    await bus.close();
  });

  test('a partition that is read as far ahead as it may be keeps no other one waiting', async () => {
    const bus = testBus();
    const topic = bus.topic('full', f64, { partitions: 2 });
    const seen: number[] = [];
    topic.consume({ group: 'g', ordering: 'key', prefetch: 2 }, async ({ value }) => {
      if (value === 0) await new Promise<void>((resolve) => bus.clock.after(60_000, resolve));
      seen.push(value);
    });
    for (const value of range(4)) topic.offer(value, { partition: 0, key: `k${value}` });
    await bus.settle();
    topic.offer(4, { partition: 1, key: 'k' });
    await bus.settle();
    expect(seen).toEqual([1, 4]);
    await bus.clock.advance(60_000);
    expect(seen.slice(2).sort()).toEqual([0, 2, 3]);
    await bus.close();
  });

  test('keeps the order of keys while members come and go; nothing is lost', async () => {
    const topic = bus.topic('moving', f64, { partitions: 4 });
    const seen = new Map<string, number[]>();
    const start = () =>
      topic.consume({ ...keyed, group: 'g', prefetch: 16 }, async ({ key = '', value }) => {
        await tick(0);
        seen.set(key, [...(seen.get(key) ?? []), value]);
      });
    const members = [start()];
    for (const i of range(800)) {
      await topic.send(i, { key: `k${i % 10}` });
      if (i % 200 === 50) members.push(start());
      if (i % 200 === 150) await members.shift()?.close();
    }
    topic.close();
    await Promise.all(members.map(({ results }) => results));
    for (const k of range(10)) {
      const values = seen.get(`k${k}`) ?? [];
      const first = values.filter((value, i) => values.indexOf(value) === i);
      expect(first).toEqual(range(800).filter((i) => i % 10 === k));
    }
  });

  test('fails with what its handler threw', async () => {
    const topic = bus.topic('failing', f64);
    const consumer = topic.consume({ ...keyed, group: 'g' }, async () => {
      throw new Error('handler');
    });
    topic.offer(1, { key: 'k' });
    await expect(consumer.results).rejects.toThrow('handler');
    expect(topic.lag('g')).toBe(1);
  });
});
