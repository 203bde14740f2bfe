import {
  type BrowseOptions,
  createBus,
  f64,
  type MessageBatch,
  memory,
  OptionError,
  StaleMemberError,
  TopicError,
  utf8,
} from 'millrace';
import { testBus } from 'millrace/testing';
import { afterEach, describe, expect, test } from 'vitest';

const tick = (ms = 1) => new Promise((resolve) => setTimeout(resolve, ms));
let bus = createBus(memory());

afterEach(async () => {
  await bus.close();
  bus = createBus(memory());
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await tick();
}

/** Reads everything that is there with a group of its own. */
async function readAll(topic: ReturnType<typeof numbers>, group: string, from?: object | 'latest') {
  const seen: number[] = [];
  const consumer = topic.consume({ group, ...(from === undefined ? {} : { from: from as 'latest' }) }, (m) =>
    seen.push(m.value),
  );
  await consumer.close({ drain: true });
  return seen;
}

const numbers = (options: object) => bus.topic('numbers', f64, options);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe('a topic that keeps messages', () => {
  test('gives them to a group that comes later', async () => {
    const topic = numbers({ retention: { messages: 128 } });
    for (let i = 0; i < 100; i++) topic.offer(i);
    expect(await readAll(topic, 'a')).toEqual(range(0, 100));
    expect(await readAll(topic, 'b')).toEqual(range(0, 100));
  });

  test('takes the room of the oldest for new ones, but never of what a group has not read', async () => {
    const topic = numbers({ retention: { messages: 128 } });
    expect(await readAll(topic, 'a')).toEqual([]);
    for (let i = 0; i < 100; i++) topic.offer(i);
    expect(await readAll(topic, 'a')).toEqual(range(0, 100));
    let sent = 100;
    while (topic.offer(sent)) sent++;
    expect(sent).toBe(228);
    expect(await readAll(topic, 'a')).toEqual(range(100, 228));
    const kept = await readAll(topic, 'b');
    expect(kept.at(-1)).toBe(227);
    expect(kept.length).toBeGreaterThan(100);
  });

  test('never blocks a producer by what is kept, also one that waits', async () => {
    const topic = numbers({ retention: { bytes: 8192 } });
    const seen: number[] = [];
    topic.consume({ group: 'a' }, ({ value }) => seen.push(value));
    for (let i = 0; i < 5000; i++) await topic.send(i);
    await until(() => seen.length === 5000);
    expect(seen).toEqual(range(0, 5000));
  });

  test('keeps as many as its bytes have room for', async () => {
    const topic = numbers({ retention: { bytes: 8192 }, slotSize: 64 });
    expect(await readAll(topic, 'a')).toEqual([]);
    let sent = 0;
    while (topic.offer(sent)) sent++; // Of what a group has not read, none is given up.
    expect(sent).toBe(128);
    expect(() => bus.topic('odd', f64, { retention: { bytes: 0 } })).toThrow(OptionError);
  });

  test('begins at an offset, at a time, at the end, or with what is not too old', async () => {
    const topic = numbers({ retention: { messages: 64, ms: 5000 } });
    const now = Date.now();
    for (let i = 0; i < 20; i++) topic.offer(i, { timestamp: now - 10_000 + i * 1000 });
    expect(await readAll(topic, 'offset', { offset: 15 })).toEqual(range(15, 20));
    expect(await readAll(topic, 'time', { time: now - 1500 })).toEqual(range(9, 20));
    expect(await readAll(topic, 'latest', 'latest')).toEqual([]);
    expect((await readAll(topic, 'earliest'))[0]).toBeGreaterThanOrEqual(5);
    const looked = (options?: BrowseOptions) => [...topic.browse(options)].map(({ value }) => value);
    expect(looked()[0]).toBeGreaterThanOrEqual(5);
    expect(looked({ from: { time: now - 1500 } })).toEqual(range(9, 20));
    expect(looked({ from: 'latest' })).toEqual([]);
  });

  test('is read again after a seek', async () => {
    const topic = numbers({ retention: { messages: 64 }, partitions: 2 });
    for (let i = 0; i < 20; i++) topic.offer(i, { partition: i % 2 });
    const seen: number[] = [];
    const consumer = topic.consume({ group: 'a' }, ({ value }) => seen.push(value));
    await until(() => seen.length === 20);
    consumer.seek('earliest');
    await until(() => seen.length === 40);
    consumer.seek({ offset: 8 }, 1);
    await until(() => seen.length === 42);
    expect(seen.slice(40)).toEqual([17, 19]);
    consumer.seek('latest');
    await tick(5); // It goes there before its next batch.
    topic.offer(99);
    await until(() => seen.length === 43);
    expect(seen.at(-1)).toBe(99);
  });

  test('is read again from a time on, in one partition or in all', async () => {
    const bus = testBus();
    const topic = bus.topic('timed', f64, { retention: { messages: 64 }, partitions: 2 });
    const seen: number[] = [];
    const consumer = topic.consume({ group: 'a' }, ({ value }) => seen.push(value));
    for (let i = 0; i < 20; i++) {
      topic.offer(i, { partition: i % 2 });
      await bus.clock.advance(1000);
    }
    const fromSeek = async (ago: number, partition?: number) => {
      seen.length = 0;
      consumer.seek({ time: bus.clock.now() - ago }, partition);
      await bus.settle();
      return seen.sort((x, y) => x - y);
    };
    expect(await fromSeek(5000)).toEqual(range(15, 20));
    expect(await fromSeek(5000, 0)).toEqual([16, 18]);
    expect(await fromSeek(-1)).toEqual([]);
    await bus.close();
  });

  test('can be looked at without a group, and nothing counts as read', async () => {
    const topic = bus.topic('texts', utf8(), { retention: { messages: 64 }, partitions: 2 });
    for (let i = 0; i < 10; i++) topic.offer(`text ${i}`, { partition: i % 2, key: `k${i}` });
    const looked = [...topic.browse()];
    expect(looked.map(({ value }) => value)).toEqual([0, 2, 4, 6, 8, 1, 3, 5, 7, 9].map((i) => `text ${i}`));
    expect(looked[1]).toMatchObject({ key: 'k2', partition: 0, offset: expect.any(Number) });
    expect([...topic.browse({ partition: 1, from: { offset: looked[7]?.offset as number } })]).toHaveLength(
      3,
    );
    for (const _ of topic.browse()) break;
    expect([...topic.browse()]).toHaveLength(10);
    const seen: string[] = [];
    topic.consume({ group: 'a' }, ({ value }) => seen.push(value));
    await until(() => seen.length === 10);
  });
});

test.each(['block', 'drop-oldest'])(
  'a look takes nothing away, also while producers look for room: %s',
  async (overflow) => {
    const topic = numbers({ overflow, capacity: 16 });
    for (let i = 0; i < 10; i++) topic.offer(i);
    const look = topic.browse();
    for (let i = 0; i < 5; i++) expect(look.next().value).toMatchObject({ value: i });
    for (let i = 10; i < 16; i++) expect(topic.offer(i)).toBe(true);
    if (overflow === 'block') expect(topic.offer(16)).toBe(false);
    expect([...look].map(({ value }) => value)).toEqual(range(5, 16));
    expect([...topic.browse({ from: 'latest' })]).toEqual([]);
    expect([...topic.browse({ from: { offset: 12 } })].map(({ value }) => value)).toEqual(range(12, 16));
    expect(await readAll(topic, 'a')).toEqual(range(0, 16));
  },
);

test('a work queue has one group', () => {
  const topic = numbers({ retention: 'workqueue' });
  topic.consume({ group: 'a' }, () => {});
  topic.consume({ group: 'a' }, () => {});
  expect(() => topic.consume({ group: 'b' }, () => {})).toThrow(TopicError);
});

test.each(['workqueue', 'interest'] as const)(
  'with retention %s messages stay until they were read, and are gone when room is needed',
  async (retention) => {
    const topic = numbers({ retention, capacity: 8 });
    expect(await readAll(topic, 'a')).toEqual([]);
    for (const i of range(0, 8)) expect(topic.offer(i)).toBe(true);
    expect(topic.offer(8)).toBe(false);
    expect(await readAll(topic, 'a')).toEqual(range(0, 8));
    for (const i of range(8, 16)) expect(topic.offer(i)).toBe(true);
    expect([...topic.browse()].map(({ value }) => value)).toEqual(range(8, 16));
    if (retention === 'interest') expect(await readAll(topic, 'b')).toEqual(range(8, 16));
    expect(topic.offer(16)).toBe(false);
  },
);

describe('batches', () => {
  test('are acknowledged by asking for the next one', async () => {
    const topic = numbers({});
    for (let i = 0; i < 10; i++) topic.offer(i);
    const consumer = topic.consume({ group: 'a', prefetch: 4 });
    const seen: number[] = [];
    for await (const batch of consumer) {
      for (const { value } of batch) seen.push(value);
      if (seen.length === 8) break;
    }
    await consumer.results;
    expect(seen).toEqual(range(0, 8));
    expect(await readAll(topic, 'a')).toEqual([8, 9]);
  });

  test('with manual commits are read again unless they were acknowledged', async () => {
    const topic = numbers({});
    for (let i = 0; i < 12; i++) topic.offer(i);
    const consumer = topic.consume({ group: 'a', prefetch: 4, commit: 'manual' });
    const batches: MessageBatch<number, number>[] = [];
    for await (const batch of consumer) {
      for (const _ of batch);
      batches.push(batch);
      if (batches.length === 2) batches[0]?.ack();
      if (batches.length === 3) break;
    }
    await consumer.results;
    expect(() => batches[2]?.ack()).toThrow(StaleMemberError);
    expect(await readAll(topic, 'a')).toEqual(range(4, 12));
  });

  test('are acknowledged in part: as far as they were looked at', async () => {
    const topic = numbers({});
    for (let i = 0; i < 12; i++) topic.offer(i);
    for await (const batch of topic.consume({ group: 'a', commit: 'manual' })) {
      for (const { value } of batch) {
        if (value === 4) batch.ack();
        if (value === 6) break;
      }
      break;
    }
    const seen: number[] = [];
    const byHand = topic.consume({ group: 'a', commit: 'manual' }, (message) => {
      seen.push(message.value);
      if (message.value === 8) message.ack();
    });
    await until(() => seen.length === 7);
    expect(seen).toEqual(range(5, 12));
    await byHand.close();
    expect(await readAll(topic, 'a')).toEqual(range(9, 12));
  });

  test('end when the topic does', async () => {
    const topic = numbers({});
    topic.offer(1);
    topic.close();
    let count = 0;
    for await (const batch of topic.consume({ group: 'a' })) for (const _ of batch) count++;
    expect(count).toBe(1);
  });
});

describe('a handler that fails', () => {
  test('gets the message again, in order, with its attempt', async () => {
    const topic = numbers({});
    const seen: [number, number][] = [];
    topic.consume({ group: 'a', retry: { attempts: 5, delay: 1 } }, ({ value, attempt }) => {
      seen.push([value, attempt]);
      if (value === 2 && attempt < 4) throw new Error('not yet');
    });
    for (let i = 0; i < 5; i++) topic.offer(i);
    await until(() => seen.length === 8);
    expect(seen).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
      [2, 2],
      [2, 3],
      [2, 4],
      [3, 1],
      [4, 1],
    ]);
  });

  test('too often has its message go to the dead-letter topic, with its past', async () => {
    const topic = numbers({});
    const dead: unknown[] = [];
    topic.consume({ group: 'a', retry: { attempts: 2, delay: 1 }, deadLetter: 'numbers.dead' }, (message) => {
      if (message.value === 1) throw new TypeError('never');
      if (message.value === 2) message.dead('unwanted');
    });
    bus.topic('numbers.dead', f64).consume({ group: 'd' }, (message) => dead.push(message.copy()));
    for (let i = 0; i < 4; i++) topic.offer(i, { key: 'k', headers: { i } });
    await until(() => dead.length === 2);
    expect(dead).toMatchObject([
      {
        value: 1,
        key: 'k',
        headers: {
          i: 1,
          'dead-letter-attempts': 2,
          'dead-letter-reason': 'error',
          'dead-letter-error': 'TypeError: never',
          'dead-letter-offset': expect.any(Number),
        },
      },
      { value: 2, key: 'k', headers: { i: 2, 'dead-letter-attempts': 1, 'dead-letter-reason': 'unwanted' } },
    ]);
  });

  test('may ask for a delay', async () => {
    const topic = numbers({});
    const times: number[] = [];
    topic.consume({ group: 'a' }, (message) => {
      times.push(performance.now());
      if (message.attempt === 1) message.nack({ delay: 40 });
    });
    topic.offer(1);
    await until(() => times.length === 2);
    expect((times[1] as number) - (times[0] as number)).toBeGreaterThan(35);
  });
});

test('a paused consumer reads nothing until it is resumed, by partition', async () => {
  const topic = numbers({ partitions: 2 });
  const seen: number[] = [];
  const consumer = topic.consume({ group: 'a' }, ({ partition }) => seen.push(partition));
  consumer.pause(0);
  for (let i = 0; i < 4; i++) topic.offer(i, { partition: i % 2 });
  await until(() => seen.length === 2);
  await tick(20);
  expect(seen).toEqual([1, 1]);
  consumer.resume();
  await until(() => seen.length === 4);
});
