import { setImmediate as nextTurn } from 'node:timers/promises';
import { f64, mpmc, mpsc, select, spmc, spsc, struct, u32 } from 'millrace/ring';
import { describe, expect, test } from 'vitest';
import { bound, part } from './parts.ts';

/** Properties that JCTools’ sanity tests (`MpqSanityTest` and its concurrent kin) check, and the contract does not name by itself. */
describe.each([
  ['spsc', spsc],
  ['mpsc', mpsc],
  ['spmc', spmc],
  ['mpmc', mpmc],
] as const)('JCTools: a ring %s', (_topology, create) => {
  test('size is the number offered minus the number polled, at every step', () => {
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

  test('happens-before: a reader never sees an object half written', () => {
    const { writer, reader } = create(struct({ a: u32, b: u32, c: u32 }), { capacity: 3 });
    for (let i = 1; i < 500; i++) {
      writer.offer({ a: i, b: i, c: i });
      reader.drain(({ a, b, c }) => expect([a, b, c]).toEqual([i, i, i]));
    }
  });

  test('a full queue accepts again exactly as much as was polled', () => {
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

  test('a drain of an empty queue calls nobody', () => {
    const { reader } = create(f64);
    expect(reader.drain(() => expect.unreachable(), 100)).toBe(0);
  });

  test('what is offered to an empty queue is what is polled, and the queue is empty again', () => {
    const { writer, reader, stats } = bound(create(f64, { capacity: 16 }));
    for (let i = 0; i < 100; i++) {
      expect(writer.offer(i)).toBe(true);
      expect(reader.poll()).toBe(i);
      expect([reader.poll(), stats().depth]).toEqual([undefined, 0]);
    }
  });

  test('a drain takes no more than its limit, and nothing for a limit of 0', () => {
    const { writer, reader } = create(f64, { capacity: 8 });
    writer.offerAll([0, 1, 2, 3, 4, 5, 6, 7]);
    const seen: number[] = [];
    expect(reader.drain((value) => seen.push(value), 0)).toBe(0);
    for (let taken = 0; taken < 8; ) taken += reader.drain((value) => seen.push(value), 3);
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('the size seen by a third thread is never negative and never above the capacity', async () => {
    const ring = create(f64, { capacity: 8 });
    const ended = [part(ring, 'writes', 20_000), part(ring, 'reads', 20_000)];
    const done = Promise.all(ended).then(() => true);
    while (!(await Promise.race([done, nextTurn(false)]))) {
      for (let look = 0; look < 50; look++) expect(ring.stats().depth).toBeGreaterThanOrEqual(0);
    }
    expect(ring.stats()).toMatchObject({ depth: 0, written: 20_000, read: 20_000 });
  });

  test('a poll after a message was seen finds it, for a lone reader', async () => {
    const ring = create(f64, { capacity: 4 });
    const written = part(ring, 'writes', 3000);
    const { reader } = ring;
    for (let i = 0; i < 3000; i++) {
      expect((await select([reader])) === reader).toBe(true);
      expect(reader.poll()).toBe(i);
    }
    await written;
  });
});
