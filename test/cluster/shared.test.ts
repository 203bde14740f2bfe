import { createBus, f64, memory, StaleMemberError, utf8 } from 'millrace';
import { afterEach, describe, expect, test } from 'vitest';

const handler = (name: string) => new URL(`./handlers/${name}.mjs`, import.meta.url);
const tick = (ms = 1) => new Promise((resolve) => setTimeout(resolve, ms));
const shared = { ordering: 'none' } as const;
let bus = createBus(memory());

afterEach(async () => {
  await bus.close();
  bus = createBus(memory());
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await tick();
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('members that share all partitions', () => {
  test('handle each message once, more of them than partitions', async () => {
    const topic = bus.topic('few', f64, { partitions: 1, capacity: 64 });
    const seen: number[][] = [[], [], []];
    const members = seen.map((mine) =>
      topic.consume({ ...shared, group: 'g', prefetch: 4 }, async ({ value }) => {
        mine.push(value);
        await tick(0);
      }),
    );
    for (const i of range(300)) await topic.send(i);
    topic.close();
    await Promise.all(members.map(({ results }) => results));
    expect(seen.flat().sort((a, b) => a - b)).toEqual(range(300));
    for (const mine of seen) expect(mine.length).toBeGreaterThan(0);
  });

  test('on threads handle each message once, and a lap of the ring and of the window many times over', async () => {
    const topic = bus.topic('many', utf8(), { partitions: 2, capacity: 64 });
    const consumer = topic.consume({ ...shared, group: 'g', threads: 3 }, handler('collect'));
    for (const i of range(3000)) await topic.send(`${i}`.padEnd(1 + (i % 90), '.'));
    await consumer.close({ drain: true });
    const threads = (await consumer.results) as { seen: { value: string }[] }[];
    const all = threads.flatMap(({ seen }) => seen.map(({ value }) => Number.parseInt(value, 10)));
    expect(all.sort((a, b) => a - b)).toEqual(range(3000));
  });

  test('have up to `concurrency` messages with handlers at a time', async () => {
    const topic = bus.topic('concurrent', f64);
    let running = 0;
    let most = 0;
    const consumer = topic.consume({ ...shared, group: 'g', concurrency: 5 }, async () => {
      most = Math.max(most, ++running);
      await tick(2);
      running--;
    });
    for (const i of range(40)) topic.offer(i);
    await consumer.close({ drain: true });
    expect(most).toBe(5);
    expect(consumer.lag).toBe(0);
  });

  test('show each handler its own message, in place', async () => {
    const topic = bus.topic('places', utf8());
    const wrong: unknown[] = [];
    const consumer = topic.consume({ ...shared, group: 'g', concurrency: 8 }, async (message) => {
      const { value, offset } = message;
      await tick(offset % 3);
      if (message.value !== value || message.offset !== offset || message.key !== value) wrong.push(value);
    });
    for (const i of range(60)) topic.offer(`text ${i}`, { key: `text ${i}` });
    await consumer.close({ drain: true });
    expect(wrong).toEqual([]);
  });

  test('get a failed message again without holding up the others', async () => {
    const topic = bus.topic('failing', f64);
    const seen: [number, number][] = [];
    const retry = { attempts: 3, delay: 20, jitter: 'none' } as const;
    const consumer = topic.consume({ ...shared, group: 'g', retry }, ({ value, attempt }) => {
      seen.push([value, attempt]);
      if (value === 0 && attempt < 3) throw new Error('not yet');
    });
    for (const i of range(5)) topic.offer(i);
    await consumer.close({ drain: true });
    expect(seen).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
      [3, 1],
      [4, 1],
      [0, 2],
      [0, 3],
    ]);
  });

  test('give up a message to the dead-letter topic', async () => {
    const topic = bus.topic('buried', f64);
    const dead: unknown[] = [];
    bus.topic('buried.dead', f64).consume({ group: 'd' }, (message) => dead.push(message.copy()));
    topic.consume(
      { ...shared, group: 'g', retry: { attempts: 2, delay: 1 }, deadLetter: 'buried.dead' },
      () => {
        throw new RangeError('no');
      },
    );
    topic.offer(7);
    await until(() => dead.length === 1);
    expect(dead).toMatchObject([
      { value: 7, headers: { 'dead-letter-error': 'RangeError: no', 'dead-letter-attempts': 2 } },
    ]);
  });

  test('fail when nobody has said what to do, and others get the message', async () => {
    const topic = bus.topic('plain', f64);
    const failing = topic.consume({ ...shared, group: 'g' }, () => {
      throw new Error('handler');
    });
    topic.offer(1);
    await expect(failing.results).rejects.toThrow('handler');
    const seen: number[] = [];
    topic.consume({ ...shared, group: 'g' }, ({ value }) => seen.push(value));
    await until(() => seen.length === 1);
  });

  test('lose a lease that runs out, unless they extend it', async () => {
    const topic = bus.topic('leased', f64);
    const attempts: number[] = [];
    const refused: unknown[] = [];
    const consumer = topic.consume({ ...shared, group: 'g', lease: 15, concurrency: 4 }, async (message) => {
      attempts.push(message.attempt);
      if (message.attempt > 1) return;
      if (message.value === 1) message.extend(500);
      await tick(60);
      try {
        message.ack();
      } catch (error) {
        refused.push(error);
      }
    });
    topic.offer(0);
    await until(() => attempts.length === 2);
    topic.offer(1);
    await consumer.close({ drain: true });
    expect(attempts).toEqual([1, 2, 1]);
    expect(refused).toEqual([expect.any(StaleMemberError)]);
  });

  test('get what a thread had in hand when it died', async () => {
    const topic = bus.topic('dying', utf8());
    const results = bus.topic('results', utf8());
    const seen: string[] = [];
    results.consume({ group: 'r' }, ({ value }) => seen.push(value));
    const consumer = topic.consume({ ...shared, group: 'g', threads: 2 }, handler('exits-once'));
    for (const i of range(20)) await topic.send(`${i}`);
    await until(() => new Set(seen).size === 20);
    for (let i = 20; i < 40; i++) await topic.send(i === 30 ? 'exit' : `${i}`);
    await until(() => new Set(seen).size === 40);
    await consumer.close({ drain: true });
  });

  test('do not mix with members that own partitions', async () => {
    const topic = bus.topic('mixed', f64);
    topic.consume({ ...shared, group: 'g' }, () => {});
    await tick(1);
    expect(() => topic.consume({ group: 'g' }, () => {})).toThrow(/assignor/);
  });
});
