import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type BroadcastRing, broadcast, f64, TimeoutError, utf8 } from 'millrace/ring';
import { describe, expect, test } from 'vitest';

const ringOf = (capacity: number, firstSequence = 0) =>
  broadcast(f64, { capacity, firstSequence } as object) as unknown as BroadcastRing<number, number>;

describe('a subscription after others', () => {
  test.each([0, 2 ** 31 - 3])('sees what all of them have given back, and no more, from %i on', (first) => {
    const ring = ringOf(8, first);
    const journal = ring.subscribe({ from: 'oldest' });
    const replica = ring.subscribe({ from: 'oldest' });
    const after = [journal.subscription, replica.subscription];
    const logic = ring.subscribe({ from: 'oldest', after });
    ring.writer.offerAll([1, 2, 3, 4]);
    expect(logic.poll()).toBeUndefined();
    expect([journal.poll(), journal.poll(), journal.poll()]).toEqual([1, 2, 3]);
    expect(logic.poll()).toBeUndefined();
    expect([replica.poll(), replica.poll()]).toEqual([1, 2]);
    const seen: number[] = [];
    expect(logic.drain((value) => seen.push(value))).toBe(2);
    const batch = replica.batch();
    expect([...(batch ?? [])]).toEqual([3, 4]);
    expect(logic.poll()).toBeUndefined(); // In hand is not given back.
    batch?.release();
    expect(logic.poll()).toBe(3);
    expect(logic.poll()).toBeUndefined();
    journal.unsubscribe();
    expect(logic.poll()).toBe(4);
    expect(seen).toEqual([1, 2]);
  });

  test('ends when it has seen everything, not when the ring is closed', () => {
    const ring = ringOf(4);
    const first = ring.subscribe({ from: 'oldest' });
    const second = ring.subscribe({ from: 'oldest', after: [first.subscription] });
    ring.writer.offer(1);
    ring.close();
    expect(second.ended).toBe(false);
    first.poll();
    expect([second.ended, second.poll(), second.ended]).toEqual([false, 1, true]);
  });

  test('messages of any size wait as well, and writers wait for the last', () => {
    const ring = broadcast(utf8(), { capacity: 8, slotSize: 8 }) as unknown as BroadcastRing<string, string>;
    const first = ring.subscribe({ from: 'oldest' });
    const second = ring.subscribe({ from: 'oldest', after: [first.subscription] });
    const long = 'x'.repeat(30);
    expect(ring.writer.offerAll(['a', long, 'b', long])).toBe(3);
    expect([first.poll(), first.poll(), first.poll()]).toEqual(['a', long, 'b']);
    expect(ring.writer.offer(long)).toBe(false);
    expect([second.poll(), second.poll()]).toEqual(['a', long]);
    expect(ring.writer.offer(long)).toBe(true);
    expect([second.poll(), second.poll()]).toEqual(['b', undefined]);
  });

  test('sleeps at its gate, also when messages are there', async () => {
    const ring = ringOf(4);
    const first = ring.subscribe({ from: 'oldest' });
    const second = ring.subscribe({ from: 'oldest', after: [first.subscription] });
    ring.writer.offer(1);
    await expect(second.take({ timeout: 20 })).rejects.toBeInstanceOf(TimeoutError);
    expect(second.waitable.messages.arm()).toBe(Number.POSITIVE_INFINITY); // Otherwise it would look again and again.
    first.poll();
    expect(second.waitable.messages.arm()).toBe(0);
    expect(second.poll()).toBe(1);
  });

  test.each(['take', 'takeSync'])('is woken by those before it, waiting by %s', async (how) => {
    const ring = ringOf(4);
    const first = ring.subscribe({ from: 'oldest' });
    const worker = new Worker(new URL('./gated-thread.mjs', import.meta.url), {
      workerData: { ring: ring.handle, after: [first.subscription], how },
    });
    await once(worker, 'message');
    const results = once(worker, 'message');
    for (let i = 1; i <= 200; i++) {
      await ring.writer.put(i);
      if (i % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(await first.take()).toBe(i);
    }
    ring.close();
    expect(await results).toEqual([Array.from({ length: 200 }, (_, i) => i + 1)]);
    await worker.terminate();
  });

  test('is refused where writers go on over slow subscribers', () => {
    const ring = broadcast(f64, { capacity: 4, overflow: 'drop-oldest' });
    expect(() => ring.subscribe({ after: [0] })).toThrow(/drop-oldest/);
  });
});
