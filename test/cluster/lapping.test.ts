import { createBus, f64, memory, UnsupportedError, utf8 } from 'millrace';
import { testBus } from 'millrace/testing';
import { afterEach, expect, test } from 'vitest';

const handler = (name: string) => new URL(`./handlers/${name}.mjs`, import.meta.url);
const tick = (ms = 1) => new Promise((resolve) => setTimeout(resolve, ms));
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
let bus = createBus(memory());

afterEach(async () => {
  await bus.close();
  bus = createBus(memory());
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await tick();
}

const numbers = (options: object = {}) =>
  bus.topic('numbers', f64, { capacity: 64, overflow: 'drop-oldest', ...options });

test('a group that is too slow misses the oldest messages, is told how many, and holds up nobody', async () => {
  const topic = numbers();
  const seen: number[] = [];
  const missed: unknown[] = [];
  let open: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const consumer = topic.consume({ group: 'slow', prefetch: 4 }, async ({ value }) => {
    seen.push(value);
    await gate;
  });
  consumer.on('missed', (what) => missed.push([what, seen.length]));
  await topic.send(0);
  await until(() => seen.length === 1);
  for (const i of range(1, 300)) expect(topic.offer(i)).toBe(true);
  open();
  await until(() => topic.lag('slow') === 0 && seen.at(-1) === 299);
  const total = topic.metrics().groups['slow']?.missed as number;
  expect(seen.length + total).toBe(300);
  expect(total).toBeGreaterThan(200);
  expect(missed[0]).toEqual([{ partition: 0, missed: total }, 1]); // Before the first message after the gap.
  expect(seen).toEqual([0, ...range(300 - seen.length + 1, 300)]);
});

test('each group is told of what it missed itself, partition by partition', async () => {
  const bus = testBus();
  const topic = bus.topic('numbers', f64, { capacity: 64, overflow: 'drop-oldest', partitions: 2 });
  const read = (group: string) => {
    const told = new Map<number, number>();
    const seen = new Map<number, number>();
    const count = (counts: Map<number, number>, partition: number, by: number) =>
      counts.set(partition, (counts.get(partition) ?? 0) + by);
    const consumer = topic.consume({ group }, ({ partition }) => count(seen, partition, 1));
    consumer.on('missed', ({ partition, missed }) => count(told, partition, missed));
    return { consumer, told, seen };
  };
  const [fast, slow] = [read('fast'), read('slow')];
  await bus.settle();
  slow.consumer.pause();
  for (const i of range(0, 300)) {
    topic.offer(i, { partition: i % 3 === 0 ? 1 : 0 });
    await bus.settle();
  }
  slow.consumer.resume();
  await bus.settle();
  expect(fast.told.size).toBe(0);
  expect([...fast.seen].sort()).toEqual([
    [0, 200],
    [1, 100],
  ]);
  for (const [partition, sent] of [200, 100].entries()) {
    const missed = slow.told.get(partition) as number;
    expect(missed).toBeGreaterThanOrEqual(sent - 64);
    expect(missed + (slow.seen.get(partition) as number)).toBe(sent);
    expect(topic.metrics().groups['slow']?.partitions[partition]?.missed).toBe(missed);
    expect(topic.metrics().groups['fast']?.partitions[partition]?.missed).toBe(0);
  }
  await bus.close();
});

test('what was not committed comes again for the next member, as far as it is still there', async () => {
  const topic = numbers();
  for (const i of range(0, 20)) topic.offer(i);
  const seen: number[] = [];
  const first = topic.consume({ group: 'g', prefetch: 8 }, ({ value }) => {
    if (value === 10) throw new Error('stop');
    seen.push(value);
  });
  await expect(first.results).rejects.toThrow('stop');
  expect(seen).toEqual(range(0, 10));
  topic.consume({ group: 'g' }, ({ value }) => seen.push(value));
  await until(() => seen.length === 20);
  expect(seen).toEqual(range(0, 20));
});

test('a message that is retried is shown from its copy, whatever producers have done meanwhile', async () => {
  const topic = numbers();
  const seen: [number, number][] = [];
  topic.consume({ group: 'g', retry: { attempts: 3, delay: 20, jitter: 'none' } }, ({ value, attempt }) => {
    if (value < 5) seen.push([value, attempt]);
    if (value === 1 && attempt < 3) throw new Error('not yet');
  });
  for (const i of range(0, 3)) topic.offer(i);
  await until(() => seen.length >= 2);
  for (const i of range(100, 300)) topic.offer(i);
  await until(() => topic.lag('g') === 0);
  expect(seen.filter(([value]) => value === 1)).toEqual([
    [1, 1],
    [1, 2],
    [1, 3],
  ]);
});

test('messages acknowledged by hand, batches, seeking and a place to begin', async () => {
  const topic = numbers({ retention: { messages: 64 } });
  for (const i of range(0, 40)) topic.offer(i);
  let count = 0;
  for await (const batch of topic.consume({ group: 'hand', commit: 'manual', prefetch: 10 })) {
    for (const _ of batch) count++;
    if (count === 10) batch.ack();
    if (count === 20) break;
  }
  const seen: number[] = [];
  const consumer = topic.consume({ group: 'hand' }, ({ value }) => seen.push(value));
  await until(() => seen.length === 30);
  expect(seen).toEqual(range(10, 40));
  consumer.seek({ offset: 5 });
  await until(() => seen.length === 65);
  expect(seen.slice(30)).toEqual(range(5, 40));
  const late: number[] = [];
  topic.consume({ group: 'late', from: { offset: 38 } }, ({ value }) => late.push(value));
  topic.consume({ group: 'latest', from: 'latest' }, ({ value }) => late.push(-value));
  await until(() => late.length === 2);
  topic.offer(40);
  await until(() => late.length === 4);
  expect(late.sort((a, b) => a - b)).toEqual([-40, 38, 39, 40]);
  expect([...topic.browse()].length).toBeGreaterThan(30);
});

test('producers go on over a member on a thread that is killed, and nothing is counted twice', async () => {
  const topic = bus.topic('killed', utf8(), { capacity: 64, overflow: 'drop-oldest' });
  const results = bus.topic('results', utf8());
  const seen = new Set<string>();
  results.consume({ group: 'r' }, ({ value }) => seen.add(value));
  const consumer = topic.consume({ group: 'g' }, handler('exits-once'));
  for (const i of range(0, 10)) await topic.send(`${i}`);
  await until(() => seen.size === 10);
  await topic.send('exit');
  for (const i of range(10, 500)) topic.offer(`${i}`);
  await until(() => seen.has('499'));
  await consumer.close({ drain: true });
});

test.each(['key', 'none'] as const)('ordering %s needs messages that stay where they are', (ordering) => {
  expect(() => numbers().consume({ group: 'g', ordering }, () => {})).toThrow(UnsupportedError);
});
