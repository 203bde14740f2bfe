import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type BroadcastRing, broadcast, bytes, type Codec, copy, f64, utf8 } from 'millrace/ring';
import { describe, expect, test } from 'vitest';
import {
  LINE_WORDS,
  readLayout,
  SUBSCRIPTION_ACTIVE,
  SUBSCRIPTION_CURSOR,
} from '../../../src/ring/layout.ts';

const lapping = <T, V>(codec: Codec<T, V>, capacity: number, options = {}): BroadcastRing<T, V> =>
  broadcast(codec, { capacity, overflow: 'drop-oldest', ...options }) as unknown as BroadcastRing<T, V>;

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe('a broadcast ring that drops the oldest', () => {
  test('goes on over the slowest subscriber, and tells it how many it missed', () => {
    const ring = lapping(f64, 4);
    const missed: number[] = [];
    const quick = ring.subscribe({ from: 'oldest' });
    const slow = ring.subscribe({ from: 'oldest', onMissed: (count) => missed.push(count) });
    for (const i of range(0, 10)) {
      expect(ring.writer.offer(i)).toBe(true);
      expect(quick.poll()).toBe(i);
    }
    expect([quick.missed, slow.missed]).toEqual([0, 6]);
    expect(missed).toEqual([]);
    expect([...new Set(range(0, 5).map(() => slow.poll()))]).toEqual([6, 7, 8, 9, undefined]);
    expect(missed).toEqual([6]);
    expect(ring.stats()).toMatchObject({ written: 10, read: 14, dropped: 6, depth: 0 });
  });

  test.each([0, 2 ** 31 - 100, 2 ** 30 - 100, -100])(
    'counts messages, not slots, from sequence %i on',
    (firstSequence) => {
      const ring = lapping(utf8(), 16, { slotSize: 8, maxMessageSize: 64, firstSequence });
      const reader = ring.subscribe({ from: 'oldest' });
      const text = (i: number) => `${i}:`.padEnd(5 + ((i * 7) % 40), 'x');
      let written = 0;
      let read = 0;
      for (let round = 0; round < 200; round++) {
        for (let i = 0; i < round % 9; i++) ring.writer.offer(text(written++));
        if (round % 3 === 0) ring.writer.offerAll(range(0, 3).map(() => text(written++)));
        let next = read + reader.missed;
        reader.drain(
          (view) => {
            next = Math.max(next, read + reader.missed);
            expect(view).toBe(text(next++));
            read++;
          },
          1 + (round % 4),
        );
      }
      read += reader.drain(() => {});
      expect(read + reader.missed).toBe(written);
      expect(reader.missed).toBeGreaterThan(100);
      expect(ring.stats()).toMatchObject({ dropped: reader.missed, read, depth: 0 });
    },
  );

  test('what a subscriber looks at does not change while writers go on over it', () => {
    const ring = lapping(bytes, 8, { slotSize: 8, maxMessageSize: 8 });
    const reader = ring.subscribe();
    const fill = (from: number) =>
      ring.writer.offerAll(range(from, from + 8).map((i) => Uint8Array.of(i, i, i)));
    fill(0);
    const batch = reader.batch();
    const views: Uint8Array[] = [];
    for (const view of batch ?? []) {
      views.push(view);
      fill(views.length * 8);
    }
    expect(views.map((view) => view[0])).toEqual(views.map((view) => view[2]));
    expect(views[0]).toEqual(Uint8Array.of(0, 0, 0));
    batch?.release();
    reader.drain((view) => {
      const before = copy(view);
      fill(100);
      expect(view).toEqual(before);
    }, 3);
  });

  test('shows an abandoned batch again, and what was not looked at of one that was left', () => {
    const ring = lapping(f64, 8);
    const reader = ring.subscribe();
    ring.writer.offerAll(range(0, 6));
    const abandoned = reader.batch();
    expect([...(abandoned ?? [])]).toEqual(range(0, 6));
    abandoned?.abandon();
    const left = reader.batch(4);
    expect(left?.[Symbol.iterator]().next().value).toBe(0);
    left?.release(false);
    expect(reader.poll()).toBe(1);
    reader.batch(2)?.release();
    expect(reader.poll()).toBe(4);
    expect(ring.stats()).toMatchObject({ read: 5, dropped: 0 });
    expect(reader.poll()).toBe(5);
    expect(reader.poll()).toBeUndefined();
  });

  test('a message before which onMissed throws is read by the next call', () => {
    const ring = lapping(f64, 2);
    const thrown = new Error('alarm');
    const reader = ring.subscribe({
      onMissed() {
        throw thrown;
      },
    });
    ring.writer.offerAll(range(0, 5));
    expect(() => reader.poll()).toThrow(thrown);
    expect(reader.poll()).toBe(3);
  });

  test('without subscribers the newest messages stay', () => {
    const ring = lapping(f64, 3);
    ring.writer.offerAll(range(0, 10));
    const reader = ring.subscribe({ from: 'oldest' });
    expect([...range(0, 3)].map(() => reader.poll())).toEqual([7, 8, 9]);
    expect(reader.missed).toBe(0);
  });

  test('ends like any other, for a subscriber that was lapped too', async () => {
    const ring = lapping(f64, 2);
    const reader = ring.subscribe();
    ring.writer.offerAll(range(0, 5));
    ring.close();
    expect(await reader.take()).toBe(3);
    expect([...reader]).toEqual([4]);
    expect(reader.ended).toBe(true);
  });

  test('a waiting subscriber is woken, and a seek to the end misses nothing', async () => {
    const ring = lapping(f64, 2);
    const reader = ring.subscribe();
    const taking = reader.take();
    ring.writer.offer(1);
    expect(await taking).toBe(1);
    ring.writer.offerAll(range(0, 2));
    reader.seekToEnd();
    ring.writer.offer(7);
    expect(reader.poll()).toBe(7);
    expect(reader.missed).toBe(0);
  });
});

/** Leaves what a thread leaves that is killed while it copies a message: its cursor says READING. Its number, for `repair`. */
async function killWhileReading(ring: BroadcastRing<number, number>, subscription: number): Promise<number> {
  const worker = new Worker(new URL('./attached-thread.mjs', import.meta.url), {
    workerData: { handle: ring.handle, subscription },
  });
  const { threadId } = worker;
  await once(worker, 'message');
  await worker.terminate();
  const { subscriptions } = readLayout(ring.handle.buffer);
  Atomics.or(
    new Int32Array(ring.handle.buffer),
    subscriptions + subscription * LINE_WORDS + SUBSCRIPTION_CURSOR,
    1,
  );
  return threadId;
}

test('a thread that died while it joined keeps nobody from writing', () => {
  const ring = lapping(f64, 64);
  ring.writer.offerAll(range(0, 200));
  const { subscriptions } = readLayout(ring.handle.buffer);
  const words = new Int32Array(ring.handle.buffer);
  words[subscriptions + SUBSCRIPTION_CURSOR] = 0; // It had read the frontier before the ring went on by a lap.
  words[subscriptions + SUBSCRIPTION_ACTIVE] = 2;
  expect(ring.writer.offerAll(range(200, 300))).toBe(100);
  const reader = ring.subscribe({ from: 'oldest' });
  expect(reader.poll()).toBe(236);
});

describe('a subscriber that died while it copied a message', () => {
  test('makes writers drop the newest, holds nobody up, and its successor goes on after the repair', async () => {
    const ring = lapping(f64, 4);
    const quick = ring.subscribe();
    const durable = ring.addSubscription();
    const threadId = await killWhileReading(ring, durable);
    expect(ring.writer.offerAll(range(0, 6))).toBe(6);
    expect([...range(0, 5)].map(() => quick.poll())).toEqual([0, 1, 2, 3, undefined]);
    expect(ring.stats()).toMatchObject({ dropped: 2 });
    ring.repair(threadId);
    ring.repair(threadId);
    ring.writer.offerAll(range(6, 8));
    const successor = ring.attach(durable);
    expect(range(0, 5).map(() => successor.poll())).toEqual([2, 3, 6, 7, undefined]);
    expect(quick.poll()).toBe(6);
    expect([quick.missed, successor.missed]).toEqual([0, 2]);
  });

  test('is no longer in the way after the repair when its subscription ended with it', async () => {
    const ring = lapping(f64, 4);
    const worker = ring.addSubscription();
    const threadId = await killWhileReading(ring, worker);
    const reader = ring.subscribe();
    ring.repair(threadId);
    ring.writer.offerAll(range(0, 9));
    expect(range(0, 5).map(() => reader.poll())).toEqual([5, 6, 7, 8, undefined]);
  });
});
