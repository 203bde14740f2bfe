import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createBus, f64, json, memory, OptionError, openBus, TopicError, utf8 } from 'millrace';
import { testBus } from 'millrace/testing';
import { afterEach, describe, expect, test } from 'vitest';

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

describe('a message with an id', () => {
  test('is written once, however it is sent again, and its sender is told where it is', async () => {
    const topic = bus.topic('ids', f64, { partitions: 3 });
    const first = await topic.send(1, { id: 'a', key: 'k' });
    expect(first).toMatchObject({ duplicate: false, offset: 0 });
    expect(await topic.send(2, { id: 'a', key: 'other' })).toEqual({ ...first, duplicate: true });
    expect(topic.offer(3, { id: 'a' })).toBe(true);
    expect(topic.sendSync(4, { id: 'a' })).toBe(true);
    await topic.send(5, { id: 'b' });
    expect([...topic.browse()].map(({ value }) => value).sort()).toEqual([1, 5]);
  });

  test('that finds no room, however often, pushes no other id out of the window', async () => {
    const topic = bus.topic('refused', f64, { dedup: { window: 4 }, capacity: 8, partitions: 1 });
    const group = topic.consume({ group: 'g' }, () => {});
    group.pause();
    const { offset } = await topic.send(0, { id: 'a' });
    while (topic.offer(1));
    for (let i = 0; i < 20; i++) {
      expect(topic.offer(2, { id: 'b' })).toBe(false);
      expect(topic.offer(3, { id: 'c' })).toBe(false);
    }
    expect(topic.sendSync(2, { id: 'b', timeout: 30 })).toBe(false);
    group.resume();
    await until(() => topic.offer(2, { id: 'b' }));
    expect(await topic.send(4, { id: 'a' })).toMatchObject({ offset, duplicate: true });
    expect(await topic.send(4, { id: 'b' })).toMatchObject({ duplicate: true });
  });

  test('pushes none out either, when many are refused once each', async () => {
    const topic = bus.topic('refused once', f64, { dedup: { window: 4 }, capacity: 8 });
    const { offset } = await topic.send(0, { id: 'a' });
    while (topic.offer(1));
    for (const i of range(500)) expect(topic.offer(2, { id: `${i}` })).toBe(false);
    expect(await topic.send(4, { id: 'a' })).toMatchObject({ offset, duplicate: true });
  });

  test('waits for as much room as it needs, whatever another one needed that was refused after it', async () => {
    const topic = bus.topic('sizes', utf8(), { capacity: 8, slotSize: 128 });
    while (topic.offer('small'));
    expect(topic.offer('small', { id: 'a' })).toBe(false);
    expect(topic.offer('large'.repeat(100), { id: 'b' })).toBe(false);
    let goOn = () => {};
    const second = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let handled = 0;
    topic.consume({ group: 'g', prefetch: 1 }, () => (++handled === 2 ? second : undefined));
    await until(() => handled === 2);
    expect(topic.offer('large'.repeat(100), { id: 'b' })).toBe(false);
    expect(topic.offer('small', { id: 'a' })).toBe(true);
    goOn();
  });

  test('is remembered from when it is written, however long it had to wait', async () => {
    const own = testBus();
    const topic = own.topic('late', f64, { dedup: { ms: 1000 }, capacity: 1, slotSize: 256 });
    topic.offer(0);
    const sent = topic.send(1, { id: 'a' });
    await own.clock.advance(5000);
    topic.consume({ group: 'g' }, () => {});
    await own.clock.advance(999);
    expect(await sent).toMatchObject({ duplicate: false });
    expect(await topic.send(2, { id: 'a' })).toMatchObject({ duplicate: true });
    await own.clock.advance(1000);
    expect(await topic.send(3, { id: 'a' })).toMatchObject({ duplicate: false });
    await own.close();
  });

  test('waits when more of them wait than the topic can remember', async () => {
    const topic = bus.topic('crowded', f64, { dedup: { window: 4 }, capacity: 8 });
    while (topic.offer(-1));
    const sending = range(300).map((i) => topic.send(i, { id: `${i}` }));
    expect(topic.offer(1, { id: 'another' })).toBe(false);
    await expect(topic.send(1, { id: 'another', timeout: 3 })).rejects.toThrow(/dedup/);
    const seen: number[] = [];
    topic.consume({ group: 'g' }, ({ value }) => value >= 0 && seen.push(value));
    await Promise.all(sending);
    await until(() => topic.lag('g') === 0);
    expect(seen.sort((a, b) => a - b)).toEqual(range(300));
  });

  test('waits by the clock of its bus', async () => {
    const own = testBus();
    const topic = own.topic('virtual', f64, { capacity: 1, slotSize: 256 });
    topic.offer(0);
    const [first, second] = [topic.send(1, { id: 'a' }), topic.send(2, { id: 'a' })];
    let outcome: unknown;
    topic.send(3, { id: 'a', timeout: 3 }).catch(({ code }) => {
      outcome = code;
    });
    const began = performance.now();
    while (performance.now() - began < 20) await own.settle();
    expect(outcome).toBeUndefined();
    await own.clock.advance(3);
    expect(outcome).toBe('MILLRACE_TIMEOUT');
    topic.consume({ group: 'g' }, () => {});
    await own.settle(); // Without the clock: the first one tells the second.
    expect(await second).toEqual({ ...(await first), duplicate: true });
    await own.close();
  });

  test('waits for both, the outcome of another one and room, no longer than its timeout', async () => {
    const topic = bus.topic('both', f64, { capacity: 1, slotSize: 256 });
    topic.offer(0);
    const began = performance.now();
    topic.send(1, { id: 'a', timeout: 400 }).catch(() => {});
    await expect(topic.send(2, { id: 'a', timeout: 500 })).rejects.toMatchObject({
      code: 'MILLRACE_TIMEOUT',
    });
    expect(performance.now() - began).toBeLessThan(880); // One after the other they would take 900.
  });

  test('shows it', async () => {
    const topic = bus.topic('shown', f64);
    const seen: unknown[] = [];
    topic.consume({ group: 'g' }, ({ id, headers }) => seen.push([id, headers]));
    await topic.send(1, { id: 'x', headers: { h: 1 } });
    await topic.send(2);
    await until(() => seen.length === 2);
    expect(seen).toEqual([
      ['x', { h: 1, 'message-id': 'x' }],
      [undefined, undefined],
    ]);
  });

  test('may be sent again when it was not written', async () => {
    const topic = bus.topic('full', json<unknown>(), { capacity: 1, slotSize: 256 });
    topic.offer('first');
    expect(topic.offer('x', { id: 'a' })).toBe(false);
    await expect(topic.send('x', { id: 'a', timeout: 2 })).rejects.toMatchObject({
      code: 'MILLRACE_TIMEOUT',
    });
    await expect(topic.send(() => {}, { id: 'a' })).rejects.toMatchObject({ code: 'MILLRACE_ENCODE' });
    expect(topic.sendSync('x', { id: 'a', timeout: 2 })).toBe(false);
    const seen: unknown[] = [];
    topic.consume({ group: 'g' }, ({ value }) => seen.push(value));
    expect(await topic.send('x', { id: 'a' })).toMatchObject({ duplicate: false });
    await until(() => seen.length === 2);
  });

  test('waits for the outcome of another one with the same id', async () => {
    const topic = bus.topic('open', f64, { capacity: 1, slotSize: 256 });
    topic.offer(0);
    const [first, second] = [topic.send(1, { id: 'a' }), topic.send(2, { id: 'a' })];
    await expect(topic.send(3, { id: 'a', timeout: 3 })).rejects.toThrow(/being sent/);
    topic.consume({ group: 'g' }, () => {});
    expect((await first).duplicate).toBe(false);
    expect(await second).toEqual({ ...(await first), duplicate: true });
  });

  test('is told of its own place, when others learn of theirs at the same time', async () => {
    const topic = bus.topic('places', f64, { capacity: 8, slotSize: 256 });
    while (topic.offer(0));
    const ids = ['a', 'b', 'c'];
    const first = ids.map((id, i) => topic.send(i, { id }));
    const second = ids.map((id, i) => topic.send(i, { id }));
    topic.consume({ group: 'g' }, () => {});
    const places = await Promise.all(first);
    expect(await Promise.all(second)).toEqual(places.map((place) => ({ ...place, duplicate: true })));
  });

  test('that was dropped counts as not sent', async () => {
    const topic = bus.topic('dropping', f64, { capacity: 1, slotSize: 256, overflow: 'drop-newest' });
    expect(await topic.send(1)).toMatchObject({ offset: 0 });
    expect(await topic.send(2, { id: 'a' })).toEqual({ partition: 0, offset: -1, duplicate: false });
    expect(await topic.send(3)).toMatchObject({ offset: -1 });
    const seen: number[] = [];
    topic.consume({ group: 'g' }, ({ value }) => seen.push(value));
    await until(() => topic.lag('g') === 0);
    expect(await topic.send(4, { id: 'a' })).toMatchObject({ duplicate: false, offset: 1 });
  });

  test('is forgotten when the window has gone on', async () => {
    const topic = bus.topic('window', f64, { dedup: { window: 4 }, capacity: 64 });
    for (const i of range(6)) await topic.send(i, { id: `${i}` });
    expect(await topic.send(5, { id: '5' })).toMatchObject({ duplicate: true });
    expect(await topic.send(0, { id: '0' })).toMatchObject({ duplicate: false });
  });
});

describe('a producer', () => {
  test('numbers its messages, and writes each number once', async () => {
    const topic = bus.topic('numbered', f64, { partitions: 3 });
    const producer = topic.producer('import');
    for (const i of range(10)) await producer.send(i + 1, { key: `k${i}` });
    expect(producer.sequence).toBe(10);
    expect(await producer.send(7, { sequence: 7, key: 'k6' })).toMatchObject({ duplicate: true });
    const next = topic.producer('import');
    expect(next.sequence).toBe(10);
    for (let i = 8; i <= 12; i++) await next.send(i, { sequence: i, key: `k${i - 1}` });
    const values = [...topic.browse()].map(({ value }) => value);
    expect(values.sort((a, b) => a - b)).toEqual(range(12).map((i) => i + 1));
    await expect(producer.send(13)).rejects.toMatchObject({ code: 'MILLRACE_STALE_PRODUCER' });
    expect(topic.producer('another').sequence).toBe(0);
  });

  test('writes nothing behind a gap', async () => {
    const topic = bus.topic('gaps', f64, { capacity: 1, partitions: 2 });
    const producer = topic.producer('p');
    await producer.send(1, { partition: 0 });
    const outcomes = await Promise.allSettled([
      producer.send(2, { partition: 0, timeout: 2 }),
      producer.send(3, { partition: 1 }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(producer.sequence).toBe(1);
    expect(topic.written()).toEqual([1, 0]);
    expect(await producer.send(2, { partition: 1 })).toMatchObject({ duplicate: false });
    expect(producer.sequence).toBe(2);
  });
});

describe('the partition', () => {
  test('of messages without a key stays for a while with the sticky partitioner, and a key has its own', async () => {
    const topic = bus.topic('sticky', f64, { partitions: 4, capacity: 256, partitioner: 'sticky' });
    const partitions: number[] = [];
    for (const i of range(256)) partitions.push((await topic.send(i)).partition);
    const changes = partitions.filter((partition, i) => i > 0 && partition !== partitions[i - 1]);
    expect(changes).toHaveLength(4);
    expect(new Set(partitions)).toEqual(new Set(range(4)));
    const keyed = await Promise.all(range(5).map((i) => topic.send(i, { key: 'k' })));
    expect(new Set(keyed.map(({ partition }) => partition)).size).toBe(1);
  });

  test('follows from the timestamp with buckets of time', async () => {
    const topic = bus.topic('buckets', f64, { partitions: 3, partitioner: { bucketMs: 60_000 } });
    const at = async (timestamp: number, key?: string) =>
      (await topic.send(0, { timestamp, ...(key === undefined ? {} : { key }) })).partition;
    expect(await at(0)).toBe(0);
    expect(await at(59_999, 'k')).toBe(0);
    expect(await at(60_000)).toBe(1);
    expect(await at(3 * 60_000)).toBe(0);
    expect(await at(-1)).toBe(2);
  });

  test('is what a function says, which every thread brings itself', async () => {
    const partitioner = ({ value }: { value: number }, partitions: number) => value % partitions;
    const topic = bus.topic('custom', f64, { partitions: 3, partitioner });
    expect(await topic.send(7, { key: 'k' })).toMatchObject({ partition: 1 });
    expect(await topic.send(7, { partition: 2 })).toMatchObject({ partition: 2 });
    await expect(topic.send(0.5)).rejects.toThrow(OptionError);
    expect(await openBus().topic('custom', f64, { partitioner }).send(5)).toMatchObject({ partition: 2 });
    const elsewhere = new Worker(new URL('./custom-partitioner-thread.mjs', import.meta.url));
    expect(await once(elsewhere, 'message')).toEqual([['MILLRACE_TOPIC', 0, 1]]);
    expect(() => openBus().topic('custom', f64, { partitioner: 'sticky' })).toThrow(TopicError);
  });

  test.each([[{}], [{ bucketMs: 0 }], ['random'], [null]])(
    'is refused of the partitioner %o',
    (partitioner) => {
      expect(() => bus.topic('odd', f64, { partitioner: partitioner as never })).toThrow(OptionError);
    },
  );
});

test('with acks: 0 nobody waits, and nobody is told', async () => {
  const topic = bus.topic('careless', f64, { capacity: 1 });
  for (const i of range(3)) {
    expect(await topic.send(i, { acks: 0 })).toEqual({ partition: 0, offset: -1, duplicate: false });
  }
  expect([...topic.browse()].map(({ value }) => value)).toEqual([0]);
});

test.each([{ acks: 1 }, { acks: 'all' }, {}] as const)(
  'with %j the message is in its partition',
  async (options) => {
    const topic = bus.topic('confirmed', f64, { capacity: 2 });
    expect(await topic.send(0, options)).toEqual({ partition: 0, offset: 0, duplicate: false });
    expect(await topic.send(1, options)).toMatchObject({ offset: 1 });
    await expect(topic.send(2, { ...options, timeout: 2 })).rejects.toMatchObject({
      code: 'MILLRACE_TIMEOUT',
    });
    expect([...topic.browse()].map(({ value }) => value)).toEqual([0, 1]);
  },
);

test('a strict topic refuses what finds no room, and says so', async () => {
  const topic = bus.topic('strict', f64, { capacity: 2, overflow: 'strict' });
  for (const i of range(2)) expect(topic.offer(i)).toBe(true);
  expect(topic.offer(2)).toBe(false);
  await expect(topic.send(2)).rejects.toMatchObject({ code: 'MILLRACE_FULL' });
  expect(() => topic.sendSync(2)).toThrow(expect.objectContaining({ code: 'MILLRACE_FULL' }));
  await expect(topic.send(2, { id: 'a' })).rejects.toMatchObject({ code: 'MILLRACE_FULL' });
  expect(() => topic.sendSync(2, { id: 'b', timeout: 1000 })).toThrow(
    expect.objectContaining({ code: 'MILLRACE_FULL' }),
  );
  expect([...topic.browse()].map(({ value }) => value)).toEqual([0, 1]);
});

describe('a message for later', () => {
  test('is written when its time has come, with what it was sent with', async () => {
    const bus = testBus({ startMs: 1000 });
    const topic = bus.topic('later', utf8(), { partitions: 2 });
    const seen: [string, number][] = [];
    topic.consume({ group: 'g' }, (message) => {
      seen.push([message.value, bus.clock.now()]);
      expect(message.copy()).toMatchObject({ key: 'k', headers: { h: 1 } });
    });
    const options = { key: 'k', headers: { h: 1 } };
    expect(await topic.send('second', { ...options, delay: 60 })).toMatchObject({ offset: -1 });
    expect(topic.offer('third', { ...options, at: new Date(1090) })).toBe(true);
    expect(topic.sendSync('first', { ...options, delay: 30 })).toBe(true);
    await bus.clock.advance(29);
    expect(seen).toEqual([]);
    await bus.clock.advance(71);
    expect(seen).toEqual([
      ['first', 1030],
      ['second', 1060],
      ['third', 1090],
    ]);
    await bus.close();
  });

  test('can be taken back', async () => {
    const topic = bus.topic('taken', f64);
    const kept = topic.schedule(1, { delay: 20 });
    const taken = topic.schedule(2, { delay: 10 });
    expect([taken.cancel(), taken.cancel()]).toEqual([true, false]);
    await until(() => topic.written()[0] === 1);
    await tick(10);
    expect([...topic.browse()].map(({ value }) => value)).toEqual([1]);
    expect(kept.cancel()).toBe(false);
  });

  test('comes again and again with a cron pattern, by the clock of its time zone, until it is cancelled', async () => {
    const bus = testBus({ startMs: Date.UTC(2026, 2, 27, 12) });
    const topic = bus.topic('cron', utf8());
    const seen: string[] = [];
    topic.consume({ group: 'g' }, ({ value }) => {
      seen.push(`${value} ${new Date(bus.clock.now()).toISOString()}`);
    });
    const cron = '30 9 * * *';
    const daily = topic.schedule('tick', { cron, timeZone: 'Europe/Berlin' });
    expect(daily.at).toBe(Date.UTC(2026, 2, 28, 8, 30));
    await bus.clock.advance(3 * 24 * 3_600_000); // The clocks there go forward on the 29th.
    expect(seen).toEqual([28, 29, 30].map((day) => `tick 2026-03-${day}T0${day < 29 ? 8 : 7}:30:00.000Z`));
    expect([daily.cancel(), daily.cancel()]).toEqual([true, false]);
    await bus.clock.advance(7 * 24 * 3_600_000);
    expect(seen).toHaveLength(3);
    expect(() => topic.schedule('x', { cron: 'soon' })).toThrow(OptionError);
    await bus.close();
  });

  test('waits on while its partition is full, and its id is looked at when it is written', async () => {
    const topic = bus.topic('full', f64, { capacity: 2, slotSize: 256 });
    await topic.send(1, { id: 'a' });
    topic.schedule(2, { delay: 1, id: 'a' });
    topic.schedule(3, { delay: 2, id: 'b' });
    topic.schedule(4, { delay: 3 });
    await until(() => topic.written()[0] === 2);
    await tick(20);
    const seen: number[] = [];
    topic.consume({ group: 'g' }, ({ value }) => seen.push(value));
    await until(() => seen.length === 3);
    expect(seen).toEqual([1, 3, 4]);
  });

  test('is refused when as many wait as can, and when it is too large', () => {
    const topic = bus.topic('many', utf8(), { delayed: { capacity: 2, maxMessageSize: 128 } });
    expect(() => topic.schedule('x'.repeat(200), { delay: 1000 })).toThrow(/maxMessageSize/);
    for (const i of range(2)) topic.schedule(`${i}`, { delay: 60_000 });
    expect(() => topic.offer('2', { delay: 1000 })).toThrow(/delayed/);
    expect(() => topic.schedule('x', { delay: Number.NaN })).toThrow(OptionError);
  });
});
