import { json } from 'millrace/ring';
import { type TestBus, testBus } from 'millrace/testing';
import { expect, test } from 'vitest';

/** Two members, one of which dies; who handled what, in which order. */
async function story(seed: number): Promise<string> {
  const bus = testBus({ seed });
  const orders = bus.topic('orders', json<number>(), { partitions: 4 });
  const seen: string[] = [];
  const start = (name: string) =>
    orders.consume({ group: 'g' }, ({ value, attempt }) => {
      seen.push(`${name}${value}${attempt > 1 ? '!' : ''}`);
    });
  start('a');
  const b = start('b');
  for (let i = 0; i < 20; i++) await orders.send(i, { key: `${i}` });
  bus.kill(b, { afterSteps: 4 });
  await bus.settle();
  expect(orders.lag('g')).toBe(0);
  await bus.close();
  return seen.join(' ');
}

test('the same seed gives the same order, another seed another', async () => {
  const first = await story(3);
  expect(await story(3)).toBe(first);
  expect(new Set([first, await story(4), await story(5), await story(6)]).size).toBeGreaterThan(1);
});

test('a thread that ends between its handler and the acknowledgement leaves the message to another', async () => {
  const bus = testBus();
  const topic = bus.topic('t', json<string>());
  const seen: string[] = [];
  const handle = (name: string) => (message: { value: string; attempt: number }) => {
    seen.push(`${name}:${message.value}:${message.attempt}`);
  };
  const first = topic.consume({ group: 'g' }, handle('first'));
  await bus.settle();
  bus.kill(first, { afterSteps: 2 }); // It wakes, it begins the handler; it does not come to its end.
  await topic.send('m');
  await bus.settle();
  topic.consume({ group: 'g' }, handle('second'));
  await bus.settle();
  expect(seen).toEqual(['first:m:1', 'second:m:2']);
  await bus.close();
});

/** When a message was handled, in milliseconds from the beginning. */
async function timesOf(
  act: (bus: TestBus, note: () => void) => void | Promise<void>,
  ms: number,
): Promise<number[]> {
  const bus = testBus();
  const begin = bus.clock.now();
  const times: number[] = [];
  await act(bus, () => times.push(bus.clock.now() - begin));
  await bus.clock.advance(ms);
  await bus.close();
  return times;
}

test('the clock brings what was delayed', async () => {
  const times = await timesOf(async (bus, note) => {
    const topic = bus.topic('t', json<string>());
    topic.consume({ group: 'g' }, note);
    await topic.send('now');
    await topic.send('later', { delay: 60_000 });
    await bus.settle();
  }, 3_600_000);
  expect(times).toEqual([0, 60_000]);
});

test('the clock brings retries', async () => {
  const times = await timesOf(async (bus, note) => {
    const topic = bus.topic('t', json<string>());
    const retry = { attempts: 4, delay: 1000, jitter: 'none' } as const;
    topic.consume({ group: 'g', retry }, ({ attempt }) => {
      note();
      if (attempt < 4) throw new Error('not yet');
    });
    await topic.send('m');
  }, 60_000);
  expect(times).toEqual([0, 1000, 3000, 7000]);
});

test('retries come at any part of their delay, as chance has it', async () => {
  const firstRetry = async (seed: number) => {
    const bus = testBus({ seed });
    const topic = bus.topic('t', json<string>());
    const begin = bus.clock.now();
    let at = Number.NaN;
    topic.consume({ group: 'g', retry: { attempts: 2, delay: 1000 } }, ({ attempt }) => {
      at = bus.clock.now() - begin;
      if (attempt === 1) throw new Error('once');
    });
    await topic.send('m');
    await bus.clock.advance(1000);
    expect(topic.lag('g')).toBe(0);
    await bus.close();
    return at;
  };
  const times = [await firstRetry(11), await firstRetry(22), await firstRetry(33)];
  expect(new Set(times).size).toBe(3);
  for (const at of times) expect(at).toBeLessThan(1000);
});

test('the clock ends leases: the message goes to another member', async () => {
  const times = await timesOf(async (bus, note) => {
    const topic = bus.topic('t', json<string>());
    const never = new Promise(() => {});
    const handle = ({ attempt }: { attempt: number }) => {
      note();
      return attempt === 1 ? never : undefined;
    };
    const options = { group: 'g', ordering: 'none', lease: 5000 } as const;
    const members = [topic.consume(options, handle), topic.consume(options, handle)];
    await topic.send('m');
    await bus.settle();
    await bus.clock.advance(5000);
    for (const member of members) bus.kill(member); // One of them would never close.
  }, 10_000);
  expect(times).toEqual([0, 5000]);
});

test('the clock lets messages expire', async () => {
  const times = await timesOf(async (bus, note) => {
    const topic = bus.topic('t', json<string>());
    await topic.send('m', { ttl: 100 });
    await bus.clock.advance(101);
    topic.consume({ group: 'g' }, note);
  }, 1000);
  expect(times).toEqual([]);
});

test('sending waits while a partition is full, and goes on when somebody reads', async () => {
  const bus = testBus();
  const topic = bus.topic('t', json<number>(), { capacity: 4 });
  topic.consume({ group: 'g' }, () => {});
  const sends = Array.from({ length: 20 }, (_, i) => topic.send(i));
  expect((await Promise.all(sends)).map(({ offset }) => offset)).toEqual([...Array(20).keys()]);
  await bus.close();
});

test('calls are answered, or given up when their time is over', async () => {
  const bus = testBus();
  const topic = bus.topic('t', json<number>(), { replies: json<number>() });
  topic.consume({ group: 'g' }, (message) => {
    if (message.value > 0) message.reply(message.value * 2);
  });
  await expect(bus.call(topic, 21)).resolves.toBe(42);
  const late = expect(bus.call(topic, 0, { timeout: 1000 })).rejects.toThrow('no reply within 1000 ms');
  await bus.clock.advance(1000);
  await late;
  await bus.close();
});

test('a reply that comes too late answers no other call', async () => {
  const bus = testBus();
  const topic = bus.topic('t', json<number>(), { replies: json<number>() });
  const slow = (ms: number) => new Promise<void>((resolve) => bus.clock.after(ms, resolve));
  topic.consume({ group: 'g', ordering: 'key', concurrency: 8 }, async (message) => {
    const { value } = message;
    await slow(value);
    message.reply(value);
  });
  const calls = [
    bus.call(topic, 500, { key: 'a', timeout: 100 }),
    bus.call(topic, 700, { key: 'b' }),
    bus.call(topic, 600, { key: 'c', timeout: 601 }),
  ];
  const outcomes = Promise.allSettled(calls);
  await bus.clock.advance(1000);
  expect(
    (await outcomes).map((outcome) => ('value' in outcome ? outcome.value : outcome.reason.code)),
  ).toEqual(['MILLRACE_TIMEOUT', 700, 600]);
  expect(bus.clock.pending).toBe(0);
  await bus.close();
});

test('a handler module is refused, a consumer of another bus too', async () => {
  const bus = testBus();
  const topic = bus.topic('t', json<number>());
  expect(() => topic.consume({ group: 'g' }, new URL('file:///handler.js'))).toThrow('one thread');
  expect(() => bus.kill({})).toThrow('a consumer of this bus');
  await bus.close();
});

test('batches are read on a thread of their own', async () => {
  const bus = testBus();
  const topic = bus.topic('t', json<number>());
  await topic.send(7);
  topic.close();
  const seen: number[] = [];
  for await (const batch of topic.consume({ group: 'g' })) for (const { value } of batch) seen.push(value);
  expect(seen).toEqual([7]);
});

test.each(['partition', 'key', 'none'] as const)(
  'a thread that ends while it gives its event loop a turn does nothing more, with ordering %s',
  async (ordering) => {
    for (let afterSteps = 1; afterSteps < 16; afterSteps++) {
      const bus = testBus({ seed: afterSteps });
      const topic = bus.topic('t', json<number>(), { capacity: 16 });
      const many = ordering === 'partition' ? {} : { concurrency: 2 };
      const handle = () => new Promise<void>((resolve) => bus.clock.after(20, resolve));
      const first = topic.consume({ group: 'g', ordering, prefetch: 1, ...many }, handle);
      bus.kill(first, { afterSteps });
      for (let i = 0; i < 6; i++) await topic.send(i, { key: `${i}` });
      await bus.clock.advance(200);
      const steps = bus.stepsOf(first);
      await topic.send(6, { key: '6' });
      await bus.clock.advance(200);
      if (topic.lag('g') > 0) expect(bus.stepsOf(first)).toBeLessThanOrEqual(steps + 1);
      await bus.close();
    }
  },
);

test('a loop over batches whose thread has ended sleeps for ever', async () => {
  const bus = testBus();
  const topic = bus.topic('t', json<number>());
  const consumer = topic.consume({ group: 'g' });
  let batches = 0;
  void (async () => {
    for await (const _ of consumer) batches++;
  })();
  await topic.send(1);
  await bus.settle();
  expect(batches).toBe(1);
  bus.kill(consumer);
  await bus.settle();
  await topic.send(2);
  await bus.settle();
  expect(batches).toBe(1);
  await bus.close();
});
