import { createBus, f64, memory, utf8 } from 'millrace';
import { afterEach, describe, expect, test } from 'vitest';

const handler = (name: string) => new URL(`./handlers/${name}.mjs`, import.meta.url);
const tick = (ms = 1) => new Promise((resolve) => setTimeout(resolve, ms));
let bus = createBus(memory());

afterEach(async () => {
  await bus.close();
  bus = createBus(memory());
});

interface Collected {
  readonly opened: string;
  readonly seen: { partition: number; offset: number; value: unknown; key?: string }[];
}

describe('a consumer on threads', () => {
  test('divides the partitions, and its results are what close returned', async () => {
    const topic = bus.topic('divided', f64, { partitions: 5 });
    for (let i = 0; i < 100; i++) topic.offer(i, { key: `k${i}`, headers: { i } });
    const consumer = topic.consume({ group: 'g', threads: 2 }, handler('collect'));
    await consumer.close({ drain: true });
    const [a, b] = (await consumer.results) as [Collected, Collected];
    expect([a.opened, b.opened]).toEqual(['0 of 2', '1 of 2']);
    const all = [...a.seen, ...b.seen].sort((x, y) => Number(x.value) - Number(y.value));
    expect(all).toHaveLength(100);
    expect(all[42]).toMatchObject({ topic: 'divided', value: 42, key: 'k42', headers: { i: 42 } });
  });

  test('keeps the order of each key', async () => {
    const topic = bus.topic('ordered', f64, { partitions: 3, capacity: 16 });
    const consumer = topic.consume({ group: 'g', threads: 3 }, handler('collect'));
    for (let i = 0; i < 600; i++) await topic.send(i, { key: `k${i % 10}` });
    await consumer.close({ drain: true });
    const threads = (await consumer.results) as Collected[];
    for (const { seen } of threads) {
      for (let key = 0; key < 10; key++) {
        const values = seen.filter((message) => message.key === `k${key}`).map(({ value }) => Number(value));
        expect(values).toEqual(values.toSorted((x, y) => x - y));
      }
    }
    const all = threads.flatMap(({ seen }) => seen.map(({ value }) => Number(value)));
    expect(all.sort((x, y) => x - y)).toEqual(Array.from({ length: 600 }, (_, i) => i));
  });

  test('may have more threads than partitions', async () => {
    const topic = bus.topic('few', f64, { partitions: 1 });
    const consumer = topic.consume({ group: 'g', threads: 3 }, handler('count'));
    for (let i = 0; i < 10; i++) await topic.send(i);
    topic.close();
    expect((await consumer.results).reduce((all: number, count) => all + Number(count), 0)).toBe(10);
  });

  test('gives a batch handler what is there', async () => {
    const topic = bus.topic('batched', utf8(), { capacity: 32 });
    const consumer = topic.consume({ group: 'g' }, handler('batches'));
    for (let i = 0; i < 100; i++) await topic.send(`value ${i}`, { key: `k${i}` });
    await consumer.close({ drain: true });
    const [{ count, keys }] = (await consumer.results) as [{ count: number; keys: string[] }];
    expect(count).toBe(100);
    expect(keys).toEqual(Array.from({ length: 100 }, (_, i) => `k${i}`));
  });

  test('may send to another topic of the same bus', async () => {
    const topic = bus.topic('numbers', f64);
    const results = bus.topic('results', f64);
    const seen: number[] = [];
    results.consume({ group: 'g' }, ({ value }) => seen.push(value));
    const consumer = topic.consume({ group: 'g', threads: 1 }, handler('forwards'));
    for (let i = 0; i < 20; i++) await topic.send(i, { key: 'k' });
    await consumer.close({ drain: true });
    while (seen.length < 20) await tick();
    expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => 2 * i));
  });

  test('rejects with what its handler threw, and the message is there for the next member', async () => {
    const topic = bus.topic('failing', utf8());
    const consumer = topic.consume({ group: 'g', threads: 2 }, handler('throws'));
    await topic.send('this');
    const error = await consumer.results.catch((reason: Error) => reason);
    expect(error).toMatchObject({ name: 'TypeError', message: "can't handle this" });
    expect((error as Error).stack).toContain('throws.mjs');
    await expect(consumer.close()).rejects.toThrow("can't handle this");
    const seen: string[] = [];
    topic.consume({ group: 'g' }, ({ value }) => seen.push(value));
    while (seen.length === 0) await tick();
    expect(seen).toEqual(['this']);
  });

  test('rejects with ThreadDiedError when a thread dies, and another member can go on', async () => {
    const topic = bus.topic('dying', utf8(), { capacity: 2 });
    const consumer = topic.consume({ group: 'g' }, handler('exits'));
    await topic.send('fatal');
    await expect(consumer.results).rejects.toMatchObject({
      code: 'MILLRACE_THREAD_DIED',
      message: expect.stringMatching(/group 'g' of topic 'dying'/),
    });
    const seen: string[] = [];
    topic.consume({ group: 'g' }, ({ value }) => seen.push(value));
    for (let i = 0; i < 5; i++) await topic.send(`later ${i}`);
    while (seen.length < 6) await tick();
    expect(seen[0]).toBe('fatal');
  });

  test('rejects when its handler module is not there', async () => {
    const consumer = bus.topic('any', f64).consume({ group: 'g' }, handler('not-there'));
    await expect(consumer.results).rejects.toMatchObject({ code: 'MILLRACE_HANDLER_MODULE' });
  });
});

describe('a consumer in this thread', () => {
  test('handles one message after the other, also when its handler awaits', async () => {
    const topic = bus.topic('slow', f64, { partitions: 2 });
    let running = 0;
    const seen: number[] = [];
    topic.consume({ group: 'g' }, async ({ value }) => {
      running++;
      await tick();
      expect(running).toBe(1);
      running--;
      seen.push(value);
    });
    for (let i = 0; i < 20; i++) topic.offer(i);
    while (seen.length < 20) await tick();
  });

  test('stops after the batch in hand when closed, and reads what is there with drain', async () => {
    const topic = bus.topic('closing', f64);
    const seen: number[] = [];
    const stopped = topic.consume({ group: 'stopped' }, ({ value }) => seen.push(value));
    await stopped.close();
    topic.offer(1);
    await tick(5);
    expect(seen).toEqual([]);
    const drained = topic.consume({ group: 'stopped' }, ({ value }) => seen.push(value));
    await drained.close({ drain: true });
    expect(seen).toEqual([1]);
  });

  test('rejects with what its handler threw, and frees its partitions', async () => {
    const topic = bus.topic('failing', f64);
    const failing = topic.consume({ group: 'g' }, async ({ value }) => {
      throw new Error(`not ${value}`);
    });
    topic.offer(1);
    await expect(failing.results).rejects.toThrow('not 1');
    const seen: number[] = [];
    topic.consume({ group: 'g' }, ({ value }) => seen.push(value));
    while (seen.length === 0) await tick();
    expect(seen).toEqual([1]);
  });

  test('ends when the topic is closed and read', async () => {
    const topic = bus.topic('ending', f64);
    const seen: number[] = [];
    const consumer = topic.consume({ group: 'g' }, ({ value }) => seen.push(value));
    topic.offer(1);
    topic.close();
    await consumer.results;
    expect(seen).toEqual([1]);
  });
});
