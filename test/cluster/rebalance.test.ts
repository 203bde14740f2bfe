import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createBus, f64, guard, memory, utf8 } from 'millrace';
import { testBus } from 'millrace/testing';
import { afterEach, describe, expect, test } from 'vitest';

const handler = (name: string) => new URL(`./handlers/${name}.mjs`, import.meta.url);
const tick = (ms = 1) => new Promise((resolve) => setTimeout(resolve, ms));
let bus = createBus(memory());

afterEach(async () => {
  await bus.close();
  bus = createBus(memory());
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await tick();
}

describe('members of a group', () => {
  test('share the partitions, and every message is read once, in order, while members come and go', async () => {
    const topic = bus.topic('shared', f64, { partitions: 6 });
    const seen: number[][] = Array.from({ length: 6 }, () => []);
    const start = () =>
      topic.consume({ group: 'g', prefetch: 7 }, async ({ partition, value }) => {
        seen[partition]?.push(value);
        if (value % 5 === 0) await tick(0);
      });
    const members = [start()];
    for (let i = 0; i < 1200; i++) {
      await topic.send(Math.floor(i / 6), { partition: i % 6 });
      if (i % 200 === 100) members.push(start());
      if (i % 300 === 299) await members.shift()?.close();
    }
    topic.close();
    await Promise.all(members.map(({ results }) => results));
    for (const values of seen) expect(values).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });

  test('tell what they gained and lost', async () => {
    const topic = bus.topic('told', f64, { partitions: 4 });
    const first = topic.consume({ group: 'g' }, () => {});
    const changes: unknown[] = [];
    first.on('rebalance', (change) => changes.push(change));
    await until(() => first.partitions.length === 4);
    const second = topic.consume({ group: 'g' }, () => {});
    await until(() => second.partitions.length === 2);
    expect(changes.at(-1)).toMatchObject({ revoked: [expect.any(Number), expect.any(Number)] });
    await second.close();
    await until(() => first.partitions.length === 4);
    expect(first.lag).toBe(0);
  });

  test('with the assignor single stand by, until the active one leaves', async () => {
    const topic = bus.topic('single', f64, { partitions: 3 });
    const start = () => topic.consume({ group: 'g', assignor: 'single' }, () => {});
    const [first, second, third] = [start(), start(), start()];
    await until(() => first.partitions.length === 3);
    expect([second.partitions, third.partitions]).toEqual([[], []]);
    await first.close();
    await until(() => second.partitions.length === 3);
    expect(third.partitions).toEqual([]);
  });

  test('with the assignor single take over what the active one had when its thread ended', async () => {
    const bus = testBus();
    const topic = bus.topic('single', f64, { partitions: 3 });
    const seen: string[] = [];
    const start = (name: string) =>
      topic.consume({ group: 'g', assignor: 'single' }, ({ value }) => {
        seen.push(`${name}${value}`);
        return value === 1 && name === 'a' ? new Promise(() => {}) : undefined;
      });
    const [active, , last] = [start('a'), start('b'), start('c')] as const;
    for (const value of [0, 1, 2]) topic.offer(value, { partition: 1 });
    await bus.settle();
    expect(seen).toEqual(['a0', 'a1']);
    bus.kill(active);
    await bus.settle();
    expect(seen).toEqual(['a0', 'a1', 'b0', 'b1', 'b2']); // The batch had not been acknowledged.
    expect(last.partitions).toEqual([]);
    for (const partition of [0, 1, 2]) topic.offer(3, { partition });
    await bus.settle();
    expect(seen.slice(5)).toEqual(['b3', 'b3', 'b3']);
    await bus.close();
  });

  test('a static member gets its partitions back', async () => {
    const topic = bus.topic('static', f64, { partitions: 4 });
    const start = (memberId: string) => topic.consume({ group: 'g', memberId }, () => {});
    let a = start('a');
    const b = start('b');
    await until(() => a.partitions.length === 2 && b.partitions.length === 2);
    const before = [...a.partitions].sort();
    await a.close();
    await until(() => b.partitions.length === 4);
    a = start('a');
    await until(() => a.partitions.length === 2);
    expect([...a.partitions].sort()).toEqual(before);
  });
});

describe('a thread that dies', () => {
  test('is replaced, and its partitions are read on; nothing is lost', async () => {
    const topic = bus.topic('replaced', utf8(), { partitions: 2 });
    const results = bus.topic('results', utf8());
    const errors: unknown[] = [];
    const consumer = topic.consume({ group: 'g', threads: 2 }, handler('exits-once'));
    consumer.on('error', (error) => errors.push(error));
    const seen: string[] = [];
    results.consume({ group: 'r' }, ({ value }) => seen.push(value));
    for (let i = 0; i < 20; i++) await topic.send(`${i}`, { partition: i % 2 });
    await until(() => new Set(seen).size === 20); // Both threads have started.
    for (let i = 20; i < 40; i++) await topic.send(i === 30 ? 'exit' : `${i}`, { partition: i % 2 });
    await until(() => new Set(seen).size === 40);
    await until(() => errors.length > 0);
    expect(errors[0]).toMatchObject({ code: 'MILLRACE_THREAD_DIED' });
  });

  test('again and again with one message gives it to the dead-letter topic', async () => {
    const topic = bus.topic('poisoned', utf8());
    const dead = bus.topic('poisoned.dead', utf8());
    const letters: unknown[] = [];
    dead.consume({ group: 'd' }, (message) => letters.push(message.copy()));
    const consumer = topic.consume({ group: 'g', deadLetter: 'poisoned.dead' }, handler('exits-on-poison'));
    for (const value of ['a', 'b', 'poison', 'c']) await topic.send(value);
    await until(() => letters.length > 0);
    await consumer.close({ drain: true });
    expect(await consumer.results).toEqual([['c']]);
    expect(letters).toEqual([
      expect.objectContaining({
        value: 'poison',
        headers: expect.objectContaining({
          'dead-letter-topic': 'poisoned',
          'dead-letter-group': 'g',
          'dead-letter-deaths': 3,
        }),
      }),
    ]);
  });

  test('hands its partitions to a standby within 10 ms of its exit event', async () => {
    const topic = bus.topic('standby', f64);
    const times: number[] = [];
    for (let round = 0; round < 5; round++) {
      const worker = new Worker(new URL('./member-thread.mjs', import.meta.url), {
        workerData: { topic: 'standby', group: `g${round}` },
      });
      let exited = 0;
      worker.once('exit', () => {
        exited = performance.now();
      });
      guard(worker, [bus]);
      await once(worker, 'message');
      const standby = topic.consume({ group: `g${round}`, from: 'latest' }, () => {
        times.push(performance.now() - exited);
      });
      await tick(5);
      expect(standby.partitions).toEqual([]);
      await topic.send(1);
      await worker.terminate();
      await until(() => times.length > round);
      await standby.close();
    }
    expect(times.sort((a, b) => a - b)[2]).toBeLessThan(10);
  });
});

describe('resizing a pool', () => {
  test('shares the partitions out anew', async () => {
    const topic = bus.topic('resized', f64, { partitions: 4 });
    const results = bus.topic('readers', f64);
    const readers = new Map<number, number>();
    results.consume({ group: 'r' }, ({ key, value }) => readers.set(Number(key), value));
    const consumer = topic.consume({ group: 'g', threads: 1 }, handler('names-thread'));
    const distinct = async (count: number) => {
      do {
        for (let partition = 0; partition < 4; partition++) await topic.send(0, { partition });
        await tick(5);
      } while (new Set(readers.values()).size !== count || readers.size < 4);
    };
    await distinct(1);
    consumer.resize(3);
    await distinct(3);
    consumer.resize(1);
    await distinct(1);
  });
});
