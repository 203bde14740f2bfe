import {
  createBus,
  f64,
  json,
  type Message,
  type MessageCopy,
  memory,
  OptionError,
  partitionFor,
  struct,
  TopicError,
  u32,
  utf8,
} from 'millrace';
import { afterEach, describe, expect, test } from 'vitest';

let bus = createBus(memory());

afterEach(async () => {
  await bus.close();
  bus = createBus(memory());
});

/** Consumes in this thread, until `count` messages have been seen. */
function collector<T, V>(
  count: number,
): {
  handler: (message: Message<T, V>) => void;
  seen: MessageCopy<T>[];
  done: Promise<void>;
} {
  const seen: MessageCopy<T>[] = [];
  let resolve = () => {};
  const done = new Promise<void>((settle) => {
    resolve = settle;
  });
  const handler = (message: Message<T, V>) => {
    seen.push(message.copy());
    if (seen.length === count) resolve();
  };
  return { handler, seen, done };
}

const tick = (ms = 1) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a message', () => {
  test('carries value, key, headers and timestamp', async () => {
    const topic = bus.topic('orders', json<{ item: string }>());
    const { handler, seen, done } = collector<{ item: string }, unknown>(1);
    topic.consume({ group: 'g' }, handler as never);
    await topic.send(
      { item: 'tea' },
      { key: 'ann', headers: { urgent: true, n: 1, s: 'é' }, timestamp: 12345.5 },
    );
    await done;
    expect(seen).toEqual([
      {
        topic: 'orders',
        partition: 0,
        offset: 0,
        value: { item: 'tea' },
        key: 'ann',
        headers: { urgent: true, n: 1, s: 'é' },
        timestamp: 12345.5,
      },
    ]);
  });

  test('has no key and no headers when none were sent, and the time it was sent', async () => {
    const topic = bus.topic('plain', f64);
    const { handler, seen, done } = collector<number, number>(1);
    topic.consume({ group: 'g' }, handler);
    const before = Date.now();
    await topic.send(1);
    await done;
    expect(seen[0]).toMatchObject({ key: undefined, headers: undefined, value: 1 });
    expect(seen[0]?.timestamp).toBeGreaterThanOrEqual(before);
    expect(seen[0]?.timestamp).toBeLessThanOrEqual(Date.now());
  });

  test('tells empty keys and headers from none', async () => {
    const topic = bus.topic('empty', utf8());
    const { handler, seen, done } = collector<string, string>(3);
    topic.consume({ group: 'g' }, handler);
    await topic.send('', { key: '' });
    await topic.send('x', { headers: {} });
    await topic.send('', {});
    await done;
    expect(seen.map(({ value, key, headers }) => ({ value, key, headers }))).toEqual([
      { value: '', key: '', headers: undefined },
      { value: 'x', key: undefined, headers: {} },
      { value: '', key: undefined, headers: undefined },
    ]);
  });

  test('shows nothing of the message before it', async () => {
    const topic = bus.topic('mixed', utf8(), { capacity: 4 });
    const seen: unknown[] = [];
    topic.consume({ group: 'g' }, ({ key, headers, value }) => seen.push([value, key, headers]));
    for (let i = 0; i < 20; i++) {
      const options = { ...(i % 2 ? { key: `k${i}` } : {}), ...(i % 3 ? {} : { headers: { i } }) };
      await topic.send('v'.repeat(i * 7), options);
    }
    while (seen.length < 20) await tick();
    for (const [i, message] of seen.entries()) {
      expect(message).toEqual(['v'.repeat(i * 7), i % 2 ? `k${i}` : undefined, i % 3 ? undefined : { i }]);
    }
  });

  test('is kept by copy when the message itself moves on', async () => {
    const topic = bus.topic('copies', struct({ id: u32, name: utf8(8) }), { capacity: 2 });
    const copies: MessageCopy<{ id: number; name: string }>[] = [];
    const messages = new Set<unknown>();
    topic.consume({ group: 'g' }, (message) => {
      copies.push(message.copy());
      messages.add(message);
    });
    for (let id = 0; id < 10; id++) await topic.send({ id, name: `n${id}` }, { key: `k${id}` });
    while (copies.length < 10) await tick();
    expect(copies.map(({ value, key }) => [value, key])).toEqual(
      Array.from({ length: 10 }, (_, id) => [{ id, name: `n${id}` }, `k${id}`]),
    );
    expect(messages.size).toBe(1);
  });

  test('has an offset that grows within its partition, and that send has told', async () => {
    const topic = bus.topic('offsets', utf8(), { partitions: 3, capacity: 16 });
    const { handler, seen, done } = collector<string, string>(60);
    topic.consume({ group: 'g' }, handler);
    const sent: { partition: number; offset: number; value: string }[] = [];
    for (let i = 0; i < 60; i++) {
      const value = 'x'.repeat((i * 37) % 200) + i;
      const { partition, offset } = await topic.send(value, { key: `key ${i % 7}` });
      sent.push({ partition, offset, value });
    }
    await done;
    for (let partition = 0; partition < 3; partition++) {
      const got = seen.filter((message) => message.partition === partition);
      const expected = sent.filter((message) => message.partition === partition);
      expect(got.map(({ offset, value }) => ({ partition, offset, value }))).toEqual(expected);
      const offsets = got.map(({ offset }) => offset);
      expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
    }
  });
});

describe('a topic', () => {
  test('sends a key to its Kafka partition, in order', async () => {
    const topic = bus.topic('keyed', f64, { partitions: 4, capacity: 8 });
    const { handler, seen, done } = collector<number, number>(200);
    topic.consume({ group: 'g' }, handler);
    for (let i = 0; i < 200; i++) {
      const key = `user-${i % 11}`;
      const { partition } = await topic.send(i, { key });
      expect(partition).toBe(partitionFor(key, 4));
    }
    await done;
    for (let user = 0; user < 11; user++) {
      const values = seen.filter(({ key }) => key === `user-${user}`).map(({ value }) => value);
      expect(values).toEqual(Array.from({ length: values.length }, (_, i) => user + 11 * i));
    }
  });

  test('deals messages without a key to all partitions', () => {
    const topic = bus.topic('dealt', f64, { partitions: 3, capacity: 8 });
    for (let i = 0; i < 9; i++) topic.offer(i);
    expect(topic.written()).toEqual([3, 3, 3]);
  });

  test('sends to the partition it is told', async () => {
    const topic = bus.topic('chosen', f64, { partitions: 3 });
    expect(await topic.send(1, { partition: 2, key: 'whatever' })).toMatchObject({ partition: 2 });
    for (const partition of [-1, 3, 1.5, Number.NaN]) {
      await expect(topic.send(1, { partition })).rejects.toThrow(OptionError);
    }
  });

  test('gives every group everything', async () => {
    const topic = bus.topic('shared', f64, { partitions: 2, capacity: 8 });
    const collectors = [
      collector<number, number>(50),
      collector<number, number>(50),
      collector<number, number>(50),
    ];
    for (const [i, { handler }] of collectors.entries()) topic.consume({ group: `group ${i}` }, handler);
    for (let i = 0; i < 50; i++) await topic.send(i);
    for (const { seen, done } of collectors) {
      await done;
      expect(seen.map(({ value }) => value).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 50 }, (_, i) => i),
      );
    }
  });

  test('keeps what was sent before the first group, and the first group reads it', async () => {
    const topic = bus.topic('early', f64, { capacity: 4 });
    for (let i = 0; i < 4; i++) expect(topic.offer(i)).toBe(true);
    expect(topic.offer(4)).toBe(false);
    expect(topic.sendSync(4, { timeout: 1 })).toBe(false);
    const { handler, seen, done } = collector<number, number>(4);
    topic.consume({ group: 'late' }, handler);
    await done;
    expect(seen.map(({ value }) => value)).toEqual([0, 1, 2, 3]);
  });

  test('lets a group go on where its last member stopped', async () => {
    const topic = bus.topic('resumed', f64, { capacity: 8 });
    const first = collector<number, number>(3);
    const member = topic.consume({ group: 'g' }, first.handler);
    for (let i = 0; i < 3; i++) await topic.send(i);
    await first.done;
    await member.close({ drain: true });
    for (let i = 3; i < 6; i++) await topic.send(i);
    const second = collector<number, number>(3);
    topic.consume({ group: 'g' }, second.handler);
    await second.done;
    expect(second.seen.map(({ value }) => value)).toEqual([3, 4, 5]);
  });

  test('blocks send while its partition is full, until it is read', async () => {
    const topic = bus.topic('full', f64, { capacity: 2 });
    const seen: number[] = [];
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    topic.consume({ group: 'g' }, async ({ value }) => {
      await gate;
      seen.push(value);
    });
    await topic.send(0);
    await topic.send(1);
    let sent = false;
    const third = topic.send(2).then(() => {
      sent = true;
    });
    await tick(10);
    expect(sent).toBe(false);
    open();
    await third;
    while (seen.length < 3) await tick();
    expect(seen).toEqual([0, 1, 2]);
  });

  test('gives send up after its time, and nothing arrives', async () => {
    const topic = bus.topic('slow', f64, { capacity: 1 });
    topic.offer(0);
    await expect(topic.send(1, { timeout: 3 })).rejects.toMatchObject({ code: 'MILLRACE_TIMEOUT' });
    const { handler, seen, done } = collector<number, number>(2);
    topic.consume({ group: 'g' }, handler);
    await topic.send(2);
    await done;
    expect(seen.map(({ value }) => value)).toEqual([0, 2]);
  });

  test('reports how far a group is behind, and knows no group by accident', async () => {
    const topic = bus.topic('lagging', f64, { partitions: 2, capacity: 4 });
    expect(() => topic.lag('typo')).toThrow(TopicError);
    const { handler, done } = collector<number, number>(2);
    const member = topic.consume({ group: 'g' }, handler);
    topic.offer(1);
    topic.offer(2);
    await done;
    await member.close({ drain: true });
    expect(topic.lag('g')).toBe(0);
    for (let i = 0; i < 5; i++) topic.offer(i);
    expect(topic.lag('g')).toBe(5);
  });

  test('is the same topic however often it is asked for', () => {
    const topic = bus.topic('same', f64);
    expect(bus.topic('same', f64)).toBe(topic);
    expect(bus.topic('same')).toBe(topic);
  });

  test('is refused when it is asked for with another codec', () => {
    bus.topic('typed', f64);
    expect(() => bus.topic('typed', utf8())).toThrow(TopicError);
  });

  test('needs a codec to begin with', () => {
    expect(() => bus.topic('unknown')).toThrow(TopicError);
  });

  test.each([{ partitions: 0 }, { partitions: 1.5 }, { partitions: 1025 }, { capacity: 0 }, { partions: 3 }])(
    'is refused with the options %o',
    (options) => {
      expect(() => bus.topic('odd', f64, options)).toThrow(OptionError);
    },
  );

  test('refuses a group without a name, and one whose name is too long', () => {
    const topic = bus.topic('groups', f64);
    for (const group of ['', 'x'.repeat(121), 'é'.repeat(61)]) {
      expect(() => topic.consume({ group }, () => {})).toThrow(OptionError);
    }
    expect(() => topic.consume({ group: 'é'.repeat(60) }, () => {})).not.toThrow();
  });
});
