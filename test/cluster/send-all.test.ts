import { channel } from 'node:diagnostics_channel';
import { createBus, f64, json, memory, partitionFor, utf8 } from 'millrace';
import { afterEach, describe, expect, test } from 'vitest';

const range = (count: number) => Array.from({ length: count }, (_, i) => i);
let bus = createBus(memory());

afterEach(async () => {
  await bus.close();
  bus = createBus(memory());
});

/** What lies in a topic, partition by partition. */
const valuesOf = <T>(topic: { browse(): Iterable<{ value: T }> }) => [...topic.browse()].map((m) => m.value);

describe('messages sent together', () => {
  test('go where each would go by itself, in their order, with what they were sent with', async () => {
    const topic = bus.topic('mixed', utf8(), { partitions: 4 });
    const messages = range(200).map((i) => ({
      value: `${'x'.repeat(i)}${i}`, // Of one slot, and of several.
      key: `key-${i % 7}`,
      ...(i % 3 === 0 ? { headers: { i } } : {}),
      ...(i % 5 === 0 ? { timestamp: i + 0.5 } : {}),
    }));
    await topic.sendAll(messages);
    const seen = [...topic.browse()];
    for (const partition of range(4)) {
      const wanted = messages.filter(({ key }) => partitionFor(key, 4) === partition);
      const found = seen.filter((message) => message.partition === partition);
      expect(found.map(({ value, key, headers }) => ({ value, key, headers }))).toEqual(
        wanted.map(({ value, key, headers }) => ({ value, key, headers })),
      );
    }
    for (const [i, { timestamp = 0 }] of messages.entries())
      if (timestamp > 0)
        expect(seen.find(({ value }) => value === messages[i]?.value)?.timestamp).toBe(timestamp);
  });

  test('without a timestamp are of one time', () => {
    const topic = bus.topic('dated', f64, { partitions: 2 });
    const before = Date.now();
    topic.sendAllSync(range(100).map((value) => ({ value })));
    const times = new Set([...topic.browse()].map(({ timestamp }) => timestamp));
    expect(times.size).toBe(1);
    const [time = 0] = times;
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now());
  });

  test('that are many more than there is room for are not encoded over and over', async () => {
    const capacity = 8;
    const topic = bus.topic('many', json<unknown>(), { partitions: 1, capacity });
    const received: unknown[] = [];
    const consumer = topic.consume({ group: 'g' }, ({ value }) => void received.push(value));
    let encoded = 0;
    const encode = (i: number) => {
      encoded++;
      return i;
    };
    const messages = range(400).map((i) => ({ value: { toJSON: () => encode(i) } }));
    await topic.sendAll(messages);
    await consumer.close({ drain: true });
    expect(received).toEqual(range(400));
    expect(encoded).toBeLessThanOrEqual(messages.length * (capacity + 1));
  });

  test('may be none, or name their partitions', async () => {
    const topic = bus.topic('explicit', f64, { partitions: 3 });
    await topic.sendAll([]);
    expect(topic.sendAllSync([])).toBe(0);
    await topic.sendAll(range(9).map((value) => ({ value, partition: 2 - (value % 3) })));
    expect(topic.written()).toEqual([3, 3, 3]);
    await expect(topic.sendAll([{ value: 1, partition: 3 }])).rejects.toMatchObject({
      code: 'MILLRACE_OPTION',
    });
    expect(topic.written()).toEqual([3, 3, 3]);
  });

  test('more of them than a partition holds wait for room, and no partition for another one', async () => {
    const topic = bus.topic('narrow', f64, { partitions: 2, capacity: 4 });
    const sending = topic.sendAll(range(40).map((value) => ({ value, partition: value < 30 ? 0 : 1 })));
    expect(topic.written()).toEqual([4, 4]);
    const seen: number[] = [];
    topic.consume({ group: 'g' }, ({ value }) => void seen.push(value));
    await sending;
    await bus.idle();
    expect(seen.filter((value) => value < 30)).toEqual(range(30));
    expect(seen.filter((value) => value >= 30)).toEqual(range(10).map((i) => i + 30));
  });

  test('block the thread no longer than they may; the answer is how many were sent', () => {
    const topic = bus.topic('blocked', f64, { partitions: 2, capacity: 4 });
    const messages = range(20).map((value) => ({ value, partition: value & 1 }));
    const began = performance.now();
    expect(topic.sendAllSync(messages, { timeout: 20 })).toBe(8);
    expect(performance.now() - began).toBeGreaterThanOrEqual(19);
    expect(valuesOf(topic).sort((a, b) => a - b)).toEqual(range(8));
  });

  test('are given up after their time, or by a signal, and nothing is under way then', async () => {
    const topic = bus.topic('late', f64, { partitions: 2, capacity: 4 });
    const messages = range(20).map((value) => ({ value, partition: value & 1 }));
    await expect(topic.sendAll(messages, { timeout: 5 })).rejects.toMatchObject({ code: 'MILLRACE_TIMEOUT' });
    const abort = new AbortController();
    const aborted = topic.sendAll(messages, { signal: abort.signal });
    abort.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    const seen: number[] = [];
    topic.consume({ group: 'g' }, ({ value }) => void seen.push(value));
    await bus.idle();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(seen.sort((a, b) => a - b)).toEqual(range(8));
  });

  test('are refused by a strict topic that is full, and lost where it drops the newest', async () => {
    const strict = bus.topic('strict', f64, { capacity: 4, overflow: 'strict' });
    await expect(strict.sendAll(range(9).map((value) => ({ value })))).rejects.toMatchObject({
      code: 'MILLRACE_FULL',
    });
    expect(valuesOf(strict)).toEqual(range(4));
    const lossy = bus.topic('lossy', f64, { capacity: 4, overflow: 'drop-newest' });
    expect(lossy.sendAllSync(range(9).map((value) => ({ value })))).toBe(9);
    expect(valuesOf(lossy)).toEqual(range(4));
  });

  test('of which one can not be encoded: none of its partition is sent, and the call says why', async () => {
    const topic = bus.topic('bad', json<unknown>(), { partitions: 2 });
    const messages = [1, 2, () => {}].map((value) => ({ value, partition: 0 }));
    await expect(topic.sendAll(messages)).rejects.toMatchObject({ code: 'MILLRACE_ENCODE' });
    expect(() => topic.sendAllSync(messages)).toThrow(expect.objectContaining({ code: 'MILLRACE_ENCODE' }));
    expect(topic.written()).toEqual([0, 0]);
  });

  test('may have ids, each of which is written once', async () => {
    const topic = bus.topic('named', f64, { partitions: 2 });
    const messages = [1, 2, 1, 3, 2].map((value) => ({ value, id: `id-${value}` }));
    await topic.sendAll(messages);
    expect(topic.sendAllSync(messages)).toBe(5);
    expect(valuesOf(topic).sort()).toEqual([1, 2, 3]);
  });

  test('are told of one by one', async () => {
    const topic = bus.topic('heard', f64, { partitions: 2 });
    const told: unknown[] = [];
    const listen = (event: unknown) => told.push((event as { attributes: object }).attributes);
    channel('millrace.send').subscribe(listen);
    await topic.sendAll(range(4).map((value) => ({ value, partition: value & 1 })));
    channel('millrace.send').unsubscribe(listen);
    const partitions = told.map(
      (one) => (one as Record<string, string>)['messaging.destination.partition.id'],
    );
    expect(partitions.sort()).toEqual(['0', '0', '1', '1']);
  });
});

test('a value that sends another message while it is encoded does not change its own', () => {
  const topic = bus.topic('nested', json<unknown>(), { partitions: 2 });
  const value = {
    toJSON: () => {
      topic.offer('inner', { key: 'inner', partition: 1, timestamp: 1, headers: { inner: true } });
      return 'outer';
    },
  };
  topic.offer(value, { key: 'outer', partition: 0, timestamp: 2 });
  topic.sendSync(value, { key: 'outer', partition: 0, timestamp: 3 });
  expect([...topic.browse({ partition: 0 })]).toMatchObject([
    { value: 'outer', key: 'outer', timestamp: 2, headers: undefined },
    { value: 'outer', key: 'outer', timestamp: 3, headers: undefined },
  ]);
  expect([...topic.browse({ partition: 1 })].map(({ key }) => key)).toEqual(['inner', 'inner']);
});
