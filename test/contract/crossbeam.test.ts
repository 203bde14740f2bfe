import { setTimeout as sleep } from 'node:timers/promises';
import { f64, mpmc, mpsc, spmc, spsc } from 'millrace/ring';
import { describe, expect, test } from 'vitest';
import { bound, part } from './parts.ts';

/** Properties that crossbeam-channel’s `array.rs` check, and the contract does not name by itself. */
describe.each([
  ['spsc', spsc],
  ['mpsc', mpsc],
  ['spmc', spmc],
  ['mpmc', mpmc],
] as const)('crossbeam: a ring %s', (_topology, create) => {
  test('a message sent before the disconnection is received, one after is not', () => {
    const { writer, reader, close } = bound(create(f64, { capacity: 2 }));
    writer.offerAll([1, 2]);
    close();
    expect(() => writer.offer(3)).toThrow(/closed/);
    expect([reader.takeSync(), reader.takeSync()]).toEqual([1, 2]);
    expect(() => reader.takeSync()).toThrow(/closed/);
  });

  test('recv_timeout returns in time, and the next one gets the message', async () => {
    const { writer, reader } = create(f64);
    await expect(reader.take({ timeout: 10 })).rejects.toThrow(/10 ms/);
    setTimeout(() => writer.offer(7), 5);
    expect(await reader.take({ timeout: 5000 })).toBe(7);
  });

  test('iteration ends with the disconnection and starts no second time', () => {
    const { writer, reader, close } = bound(create(f64));
    writer.offerAll([1, 2, 3]);
    close();
    let sum = 0;
    for (const value of reader) sum += value;
    for (const value of reader) sum += value;
    expect(sum).toBe(6);
  });

  test('a message is not dropped by being received through an iterator that is not used up', () => {
    const { writer, reader } = create(f64);
    writer.offerAll([1, 2]);
    expect(reader[Symbol.iterator]().next().value).toBe(1);
    expect(reader.poll()).toBe(2);
  });

  test('closing wakes a receiver that waits', async () => {
    const { reader, close } = bound(create(f64));
    const waiting = expect(reader.take()).rejects.toThrow(/closed/);
    await sleep(1);
    close();
    await waiting;
  });

  test('send_timeout returns in time and leaves nothing behind', async () => {
    const { writer, reader } = create(f64, { capacity: 1 });
    writer.offer(1);
    expect(writer.putSync(2, { timeout: 5 })).toBe(false);
    await expect(writer.put(3, { timeout: 5 })).rejects.toThrow(/5 ms/);
    expect([reader.poll(), reader.poll()]).toEqual([1, undefined]);
  });

  test('a receive that began before the send gets the message, and the next one waits again', async () => {
    const { writer, reader } = create(f64);
    const [first, second] = [reader.take(), reader.take()];
    writer.offer(1);
    expect(await first).toBe(1);
    writer.offer(2);
    expect(await second).toBe(2);
  });

  test('what one thread sends another receives, in order and completely', async () => {
    const ring = create(f64, { capacity: 3 });
    const sum = part(ring, 'reads', 10_000);
    await part(ring, 'writes', 10_000);
    expect(await sum).toBe((10_000 * 9999) / 2);
  });
});

test('threads that each send a message and then receive one always find one: an mpmc ring is linearizable', async () => {
  const ring = mpmc(f64, { capacity: 4 });
  const missed = await Promise.all([0, 1, 2, 3].map(() => part(ring, 'writes and reads', 5000)));
  expect(missed).toEqual([0, 0, 0, 0]);
  expect(ring.reader.poll()).toBeUndefined();
});
