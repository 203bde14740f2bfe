import { setTimeout as sleep } from 'node:timers/promises';
import { f64, json, mpmc, mpsc, select, spmc, spsc } from 'millrace/ring';
import { describe, expect, test } from 'vitest';
import { bound, part } from './parts.ts';

/** Properties that Go’s `chan_test.go` check, and the contract does not name by itself. */
describe.each([
  ['spsc', spsc],
  ['mpsc', mpsc],
  ['spmc', spmc],
  ['mpmc', mpmc],
] as const)('Go: a ring %s', (_topology, create) => {
  test('a receive from a closed channel never blocks', async () => {
    const { reader, close } = bound(create(f64));
    close();
    const outcomes = await Promise.allSettled([reader.take(), reader.take({ timeout: 10_000 })]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(reader.poll()).toBeUndefined();
  });

  test('close wakes a sender that is blocked, and what it had is not delivered', async () => {
    const { writer, reader, close } = bound(create(f64, { capacity: 1 }));
    writer.offer(1);
    const blocked = writer.put(2);
    const outcome = expect(blocked).rejects.toThrow(/closed/);
    await sleep(1);
    close();
    await outcome;
    expect([reader.poll(), reader.poll()]).toEqual([1, undefined]);
  });

  test('a select between a ready and a waiting channel takes the ready one', async () => {
    const [a, b] = [create(f64), create(f64)];
    b.writer.offer(1);
    expect((await select([a.reader, b.reader])) === b.reader).toBe(true);
  });

  test('null and other empty values are values', () => {
    const { writer, reader } = create(json<unknown>());
    const values = [null, 0, '', false, [], {}];
    writer.offerAll(values);
    expect(values.map(() => reader.poll())).toEqual(values);
  });

  test('neither a receive from an empty channel nor a send to a full one that does not block succeeds', () => {
    const { writer, reader } = create(f64, { capacity: 2 });
    expect(reader.poll()).toBeUndefined();
    expect([writer.offer(1), writer.offer(2), writer.offer(3)]).toEqual([true, true, false]);
  });

  test('a select may name one channel twice', async () => {
    const { writer, reader } = create(f64);
    setTimeout(() => writer.offer(1), 2);
    expect((await select([reader, reader], { timeout: 5000 })) === reader).toBe(true);
    expect(reader.poll()).toBe(1);
  });

  test('a select finds a channel that is closed while it waits', async () => {
    const [a, b] = [create(f64), create(f64)];
    setTimeout(() => b.close(), 2);
    expect((await select([a.reader, b.reader], { timeout: 5000 })) === b.reader).toBe(true);
    expect(b.reader.ended).toBe(true);
  });

  test('a channel closed twice stays closed, and keeps what it has', () => {
    const { writer, reader, close } = bound(create(f64));
    writer.offer(1);
    close();
    close();
    expect([reader.poll(), reader.ended]).toEqual([1, true]);
  });
});

test('many consumers together receive each message of many producers once', async () => {
  const ring = mpmc(f64, { capacity: 7 });
  const sums = [3000, 2000, 1000].map((count) => part(ring, 'reads', count));
  await Promise.all([2000, 2000, 2000].map((count) => part(ring, 'writes', count)));
  const total = (await Promise.all(sums)).reduce((sum, each) => sum + each, 0);
  expect(total).toBe((3 * 2000 * 1999) / 2);
});
