import { setTimeout as sleep } from 'node:timers/promises';
import { f64, json, mpmc, mpsc, select, spmc, spsc, struct, u32 } from 'millrace/ring';
import { describe, expect, test } from 'vitest';

/**
 * Properties that the test suites of other queues check, and the contract does not name by itself: JCTools' sanity tests,
 * crossbeam-channel's `array.rs` and Go's `chan_test.go`.
 */
describe.each([
  ['spsc', spsc],
  ['mpsc', mpsc],
  ['spmc', spmc],
  ['mpmc', mpmc],
] as const)('a ring %s', (_topology, create) => {
  test('JCTools: size is the number offered minus the number polled, at every step', () => {
    const { writer, reader, stats } = bound(create(f64, { capacity: 8 }));
    for (let i = 1; i <= 8; i++) {
      writer.offer(i);
      expect(stats().depth).toBe(i);
    }
    for (let i = 7; i >= 0; i--) {
      reader.poll();
      expect(stats().depth).toBe(i);
    }
  });

  test('JCTools: happens-before: a reader never sees an object half written', () => {
    const { writer, reader } = create(struct({ a: u32, b: u32, c: u32 }), { capacity: 3 });
    for (let i = 1; i < 500; i++) {
      writer.offer({ a: i, b: i, c: i });
      reader.drain(({ a, b, c }) => expect([a, b, c]).toEqual([i, i, i]));
    }
  });

  test('JCTools: a full queue accepts again exactly as much as was polled', () => {
    const { writer, reader } = create(f64, { capacity: 5 });
    let next = writer.offerAll([0, 1, 2, 3, 4]);
    for (const polls of [1, 3, 5, 2, 4, 5]) {
      for (let i = 0; i < polls; i++) expect(reader.poll()).toBe(next - 5 + i);
      let accepted = 0;
      while (writer.offer(next)) {
        next++;
        accepted++;
      }
      expect(accepted).toBe(polls);
    }
  });

  test('JCTools: a drain of an empty queue calls nobody', () => {
    const { reader } = create(f64);
    expect(reader.drain(() => expect.unreachable(), 100)).toBe(0);
  });

  test('crossbeam: a message sent before the disconnection is received, one after is not', () => {
    const { writer, reader, close } = bound(create(f64, { capacity: 2 }));
    writer.offerAll([1, 2]);
    close();
    expect(() => writer.offer(3)).toThrow(/closed/);
    expect([reader.takeSync(), reader.takeSync()]).toEqual([1, 2]);
    expect(() => reader.takeSync()).toThrow(/closed/);
  });

  test('crossbeam: recv_timeout returns in time, and the next one gets the message', async () => {
    const { writer, reader } = create(f64);
    await expect(reader.take({ timeout: 10 })).rejects.toThrow(/10 ms/);
    setTimeout(() => writer.offer(7), 5);
    expect(await reader.take({ timeout: 5000 })).toBe(7);
  });

  test('crossbeam: iteration ends with the disconnection and starts no second time', () => {
    const { writer, reader, close } = bound(create(f64));
    writer.offerAll([1, 2, 3]);
    close();
    let sum = 0;
    for (const value of reader) sum += value;
    for (const value of reader) sum += value;
    expect(sum).toBe(6);
  });

  test('crossbeam: a message is not dropped by being received through an iterator that is not used up', () => {
    const { writer, reader } = create(f64);
    writer.offerAll([1, 2]);
    expect(reader[Symbol.iterator]().next().value).toBe(1);
    expect(reader.poll()).toBe(2);
  });

  test('Go: a receive from a closed channel never blocks', async () => {
    const { reader, close } = bound(create(f64));
    close();
    const outcomes = await Promise.allSettled([reader.take(), reader.take({ timeout: 10_000 })]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(reader.poll()).toBeUndefined();
  });

  test('Go: close wakes a sender that is blocked, and what it had is not delivered', async () => {
    const { writer, reader, close } = bound(create(f64, { capacity: 1 }));
    writer.offer(1);
    const blocked = writer.put(2);
    const outcome = expect(blocked).rejects.toThrow(/closed/);
    await sleep(1);
    close();
    await outcome;
    expect([reader.poll(), reader.poll()]).toEqual([1, undefined]);
  });

  test('Go: a select between a ready and a waiting channel takes the ready one', async () => {
    const [a, b] = [create(f64), create(f64)];
    b.writer.offer(1);
    expect((await select([a.reader, b.reader])) === b.reader).toBe(true);
  });

  test('Go: null and other empty values are values', () => {
    const { writer, reader } = create(json<unknown>());
    const values = [null, 0, '', false, [], {}];
    writer.offerAll(values);
    expect(values.map(() => reader.poll())).toEqual(values);
  });
});

/** The ends of a ring, and its calls as functions. */
function bound<R extends { writer: unknown; reader: unknown; stats(): { depth: number }; close(): void }>(
  ring: R,
) {
  const { writer, reader } = ring as { writer: R['writer']; reader: R['reader'] };
  return { writer, reader, stats: () => ring.stats(), close: () => ring.close() };
}
