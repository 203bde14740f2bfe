import { threadId } from 'node:worker_threads';
import { createBus, deadLetterOf, f64, memory, OptionError, utf8 } from 'millrace';
import { testBus } from 'millrace/testing';
import { afterEach, describe, expect, test } from 'vitest';

const handler = (name: string) => new URL(`./handlers/${name}.mjs`, import.meta.url);
const tick = (ms = 1) => new Promise((resolve) => setTimeout(resolve, ms));
const range = (count: number) => Array.from({ length: count }, (_, i) => i);
let bus = createBus(memory());

afterEach(async () => {
  await bus.close();
  bus = createBus(memory());
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await tick();
}

describe('a message over its time to live', () => {
  test.each(['partition', 'key', 'none'] as const)('is not delivered with ordering %s', async (ordering) => {
    const topic = bus.topic('expiring', f64, { ttl: 15 });
    for (const i of range(6)) topic.offer(i, i % 2 ? { ttl: 60_000 } : {});
    await tick(20);
    const seen: number[] = [];
    topic.consume({ group: 'g', ordering }, ({ value }) => seen.push(value));
    topic.offer(6, { ttl: 60_000 });
    await until(() => topic.lag('g') === 0 && seen.length === 4);
    expect(seen.sort()).toEqual([1, 3, 5, 6]);
    expect(topic.metrics().groups['g']).toMatchObject({ expired: 3, dead: 0 });
  });

  test('may become a dead letter', async () => {
    const topic = bus.topic('expiring', f64);
    topic.offer(1, { ttl: 1, key: 'k' });
    await tick(5);
    topic.consume({ group: 'g', deadLetter: 'expired', expired: 'deadLetter' }, () => {});
    await until(() => topic.lag('g') === 0);
    const [letter] = [...bus.topic<number>('expired').browse()];
    expect(letter).toMatchObject({ value: 1, key: 'k' });
    expect(deadLetterOf(letter?.headers)).toMatchObject({
      reason: 'expired',
      attempts: 0,
      topic: 'expiring',
    });
    expect(() => topic.consume({ group: 'h', expired: 'deadLetter' }, () => {})).toThrow(OptionError);
  });

  test('is left out of batches, and a bad ttl is refused', async () => {
    const topic = bus.topic('expiring', f64);
    for (const i of range(4)) topic.offer(i, i < 2 ? { ttl: 1 } : {});
    await tick(5);
    topic.close();
    const seen: number[] = [];
    for await (const batch of topic.consume({ group: 'g' })) for (const { value } of batch) seen.push(value);
    expect(seen).toEqual([2, 3]);
    expect(topic.metrics().groups['g']).toMatchObject({ expired: 2 });
    expect(() => bus.topic('odd', f64, { ttl: 0 })).toThrow(OptionError);
    expect(() => topic.offer(1, { ttl: 2 ** 31 })).toThrow(OptionError);
  });
});

describe('at most once', () => {
  test('a message counts as read before it is handled, and is the same when the ring has gone on', async () => {
    const topic = bus.topic('once', utf8(), { capacity: 2, slotSize: 64 });
    const seen: string[] = [];
    const lags: number[] = [];
    topic.consume({ group: 'g', commit: 'before' }, async (message) => {
      lags.push(topic.lag('g'));
      await tick(5);
      seen.push(`${message.value} ${message.key}`);
    });
    await topic.send('a', { key: 'of a' });
    await until(() => lags.length === 1);
    expect(lags).toEqual([0]);
    for (const value of ['b', 'c', 'd', 'e']) await topic.send(value, { key: `of ${value}` });
    await until(() => seen.length === 5);
    expect(seen).toEqual(['a', 'b', 'c', 'd', 'e'].map((value) => `${value} of ${value}`));
  });

  test('what a thread had in hand when it died does not come again', async () => {
    const topic = bus.topic('once', utf8());
    const consumer = topic.consume({ group: 'g', commit: 'before' }, handler('exits-on-poison'));
    for (const value of ['a', 'poison', 'b']) await topic.send(value);
    await consumer.close({ drain: true });
    expect((await consumer.results)[0]).toEqual(['b']);
  });

  test('a handler that fails ends the consumer, and the message is gone', async () => {
    const topic = bus.topic('once', f64);
    const consumer = topic.consume({ group: 'g', commit: 'before' }, () => {
      throw new Error('handler');
    });
    for (const i of range(2)) topic.offer(i);
    await expect(consumer.results).rejects.toThrow('handler');
    const seen: number[] = [];
    topic.consume({ group: 'g' }, ({ value }) => seen.push(value));
    await until(() => seen.length === 1);
    expect(seen).toEqual([1]);
    for (const options of [{ retry: {} }, { ordering: 'key' }, { ordering: 'none' }] as const)
      expect(() => topic.consume({ group: 'h', commit: 'before', ...options }, () => {})).toThrow(
        OptionError,
      );
  });
});

/** Keeps this thread for so many milliseconds. */
function beBusy(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe('a rate limit', () => {
  test.each(['partition', 'key', 'none'] as const)(
    'holds with ordering %s, over all members',
    async (ordering) => {
      const topic = bus.topic('limited', f64, { partitions: 4 });
      const times: number[] = [];
      const rate = { perSecond: 200, burst: 10 };
      for (const i of range(70)) topic.offer(i, { key: `k${i}` });
      const began = performance.now();
      for (const _ of range(3))
        topic.consume({ group: 'g', ordering, rate }, () => times.push(performance.now() - began));
      await until(() => times.length === 70);
      // 60 messages beyond the burst take 300 ms; nothing is lost, nothing comes early.
      expect(times.at(-1)).toBeGreaterThan(290);
      for (const [i, ms] of times.entries()) expect(i + 1).toBeLessThanOrEqual(10 + ms * 0.2 + 1.5);
    },
  );

  test('holds over threads', async () => {
    const topic = bus.topic('limited', f64, { partitions: 2 });
    const rate = { perSecond: 300, burst: 1 };
    const consumer = topic.consume({ group: 'g', threads: 2, rate }, handler('count'));
    await tick(300);
    const began = performance.now();
    for (const i of range(60)) topic.offer(i);
    await consumer.close({ drain: true });
    expect(performance.now() - began).toBeGreaterThan(190);
    expect((await consumer.results).reduce((sum: number, n) => sum + Number(n), 0)).toBe(60);
  });

  test.each(['partition', 'key'] as const)(
    'that opens again while a member gives its event loop a turn keeps nothing from being drained, with ordering %s',
    async (ordering) => {
      const topic = bus.topic('limited', f64);
      let handled = 0;
      // A message is allowed each 20 ms. The handler ends before, its turn is over then, and what others do takes until after.
      const consumer = topic.consume({ group: 'g', ordering, rate: { perSecond: 50, burst: 1 } }, () => {
        beBusy(12);
        handled++;
      });
      for (const i of range(8)) topic.offer(i);
      const others = setInterval(() => beBusy(15), 0);
      await consumer.close({ drain: true });
      clearInterval(others);
      expect(handled).toBe(8);
    },
  );

  test('is refused when it makes no sense', () => {
    const topic = bus.topic('limited', f64);
    for (const rate of [{ perSecond: 0 }, { perSecond: 1, burst: 0 }])
      expect(() => topic.consume({ group: 'g', rate }, () => {})).toThrow(OptionError);
  });
});

test('a key with many messages does not keep the others from being handled', async () => {
  const topic = bus.topic('noisy', f64, { capacity: 4096 });
  for (const i of range(3000)) topic.offer(i, { key: 'noisy' });
  for (const i of range(10)) topic.offer(i, { key: `quiet ${i}` });
  let noisy = 0;
  const quiet: number[] = [];
  const consumer = topic.consume({ group: 'g', ordering: 'key', concurrency: 4 }, async ({ key }) => {
    await tick(0);
    if (key === 'noisy') noisy++;
    else quiet.push(noisy);
  });
  await until(() => quiet.length === 10);
  expect(quiet.at(-1)).toBeLessThan(20);
  await consumer.close();
});

describe('attempts', () => {
  test('go on with the next member, errors and deaths apart', async () => {
    const topic = bus.topic('moved', f64);
    const seen: number[] = [];
    const start = () =>
      topic.consume(
        { group: 'g', retry: { attempts: 5, delay: 5, jitter: 'none' } },
        ({ attempt, deaths }) => {
          expect(deaths).toBe(0);
          seen.push(attempt);
          if (attempt < 4) throw new Error('not yet');
        },
      );
    topic.offer(1);
    const first = start();
    await until(() => seen.length === 2);
    await first.close();
    start();
    await until(() => seen.length === 4);
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  test('a message that kills threads is found among others with ordering by key, too', async () => {
    const topic = bus.topic('poisoned', utf8());
    const consumer = topic.consume(
      { group: 'g', ordering: 'key', concurrency: 4, deadLetter: 'letters', retry: { deaths: 2 } },
      handler('exits-on-poison'),
    );
    for (const value of ['a', 'b', 'poison', 'c', 'd']) await topic.send(value, { key: value });
    await until(() => topic.lag('g') === 0);
    await consumer.close({ drain: true });
    const letters = [...bus.topic<string>('letters').browse()];
    expect(letters.map(({ value }) => value)).toEqual(['poison']);
    expect(deadLetterOf(letters[0]?.headers)).toMatchObject({ reason: 'death', deaths: 2, group: 'g' });
  });
});

describe('the signal of a message', () => {
  const waiting = (signal: AbortSignal) =>
    new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));

  test.each(['partition', 'key', 'none'] as const)(
    'tells its handler that the consumer is to stop, with ordering %s',
    async (ordering) => {
      const bus = testBus();
      const topic = bus.topic('stopping', f64);
      const signals: AbortSignal[] = [];
      const consumer = topic.consume({ group: 'g', ordering }, ({ signal }) => {
        signals.push(signal);
        return waiting(signal);
      });
      topic.offer(1);
      await bus.settle();
      expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
      const closing = consumer.close();
      await bus.settle();
      expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
      await closing;
      expect(topic.lag('g')).toBe(0);
      await bus.close();
    },
  );

  test('tells it with ordering key also that its partition is to go to another member', async () => {
    const bus = testBus();
    const topic = bus.topic('going', f64, { partitions: 2 });
    const start = () => topic.consume({ group: 'g', ordering: 'key' }, ({ signal }) => waiting(signal));
    const first = start();
    topic.offer(1, { partition: 1 });
    await bus.settle();
    const second = start();
    await bus.settle();
    expect([first.partitions, second.partitions, topic.lag('g')]).toEqual([[0], [1], 0]);
    await bus.close();
  });
});

describe('a batch', () => {
  test('that fails is delivered again from behind what was acknowledged', async () => {
    const topic = bus.topic('batches', utf8());
    for (const value of ['a', 'b', 'bad', 'c']) topic.offer(value);
    const consumer = topic.consume(
      { group: 'g', retry: { attempts: 2, delay: 0 }, deadLetter: 'letters' },
      handler('acks-in-part'),
    );
    await consumer.close({ drain: true });
    expect(await consumer.results).toEqual([['a', 'b', 'bad', 'bad', 'bad', 'c']]);
    expect([...bus.topic('letters').browse()].map(({ value }) => value)).toEqual(['bad']);
  });
});

describe('dead letters', () => {
  const fail = (options: object = {}) => {
    const topic = bus.topic('source', f64, { partitions: 3 });
    let broken = true;
    const seen: unknown[] = [];
    const retry = { attempts: 1 };
    topic.consume({ group: 'g', retry, deadLetter: 'letters', ...options }, (message) => {
      if (broken) throw new RangeError(`no ${message.value}`);
      seen.push([message.value, message.key, message.partition, message.headers]);
    });
    const mend = () => {
      broken = false;
    };
    return { topic, seen, mend, letters: bus.topic<number>('letters') };
  };

  test.each(['partition', 'key', 'none'] as const)(
    'say what became of it, with ordering %s',
    async (ordering) => {
      const { topic, letters } = fail({ ordering });
      const { partition, offset } = await topic.send(1, { key: 'k', headers: { h: 1 } });
      await until(() => letters.written()[0] === 1);
      const [letter] = [...letters.browse()];
      expect(deadLetterOf(letter?.headers)).toEqual({
        topic: 'source',
        group: 'g',
        partition,
        offset,
        reason: 'error',
        error: 'RangeError: no 1',
        stack: expect.stringContaining('consuming.test'),
        attempts: 1,
        deaths: 0,
        thread: threadId,
        at: expect.closeTo(Date.now(), -4),
      });
      expect(letter).toMatchObject({ value: 1, key: 'k', headers: { h: 1 } });
    },
  );

  test('name the thread that gave it up', async () => {
    const topic = bus.topic('source', utf8());
    const letters = bus.topic('letters', utf8(), { retention: { messages: 64 } });
    topic.consume({ group: 'g', retry: { attempts: 2, delay: 0 }, deadLetter: 'letters' }, handler('throws'));
    await topic.send('this');
    await until(() => letters.written()[0] === 1);
    const past = deadLetterOf([...letters.browse()][0]?.headers);
    expect(past).toMatchObject({ attempts: 2, stack: expect.stringContaining('throws.mjs') });
    expect(past?.thread).toBeGreaterThan(threadId);
  });

  test('are written in short where their topic has no room for all that is to be said', async () => {
    const topic = bus.topic('source', utf8());
    const letters = bus.topic('letters', utf8(), { retention: { messages: 8 } });
    const said = 'no '.repeat(100);
    topic.consume({ group: 'g', deadLetter: 'letters' }, () => {
      throw new Error(said);
    });
    await topic.send('this');
    await until(() => letters.written()[0] === 1);
    const [letter] = [...letters.browse()];
    expect(letter?.value).toBe('this');
    expect(deadLetterOf(letter?.headers)).toMatchObject({
      reason: 'error',
      error: `Error: ${said}`.slice(0, 64),
      stack: undefined,
    });
  });

  test('can be sent back, all or some of them', async () => {
    const { topic, seen, mend, letters } = fail();
    const sent = new Map<number, number>();
    for (const i of range(6)) sent.set(i, (await topic.send(i, { key: `k${i}`, headers: { i } })).partition);
    await until(() => letters.written()[0] === 6);
    mend();
    expect(await letters.redrive({ filter: ({ value }) => value % 2 === 0, limit: 2 })).toBe(2);
    await until(() => seen.length === 2);
    expect(seen.sort()).toEqual([0, 2].map((i) => [i, `k${i}`, sent.get(i), { i }]));
    expect(await letters.redrive({ filter: (_, { error }) => error === 'RangeError: no 5' })).toBe(1);
    await until(() => seen.length === 3);
    expect(await letters.redrive()).toBe(3);
    await until(() => seen.length === 6);
    expect(await letters.redrive()).toBe(0);
  });
});

describe('a consumer on threads', () => {
  test('can be paused and resumed, by partition, also in threads that start later', async () => {
    const topic = bus.topic('paused', f64, { partitions: 2 });
    const results = bus.topic('readers', f64);
    const seen: string[] = [];
    results.consume({ group: 'r' }, ({ key }) => seen.push(String(key)));
    const consumer = topic.consume({ group: 'g' }, handler('names-thread'));
    consumer.pause(0);
    for (const i of range(4)) topic.offer(i, { partition: i % 2 });
    await until(() => seen.length === 2);
    consumer.resize(2);
    await tick(200);
    expect(seen).toEqual(['1', '1']);
    consumer.resume();
    await until(() => seen.length === 4);
  });

  test('can seek', async () => {
    const topic = bus.topic('sought', f64, { retention: { messages: 64 } });
    const results = bus.topic('readers', f64);
    let seen = 0;
    results.consume({ group: 'r' }, () => seen++);
    const consumer = topic.consume({ group: 'g' }, handler('names-thread'));
    for (const i of range(10)) topic.offer(i);
    await until(() => seen === 10);
    consumer.seek({ offset: 4 });
    await until(() => seen === 16);
  });
});
