import { Worker } from 'node:worker_threads';
import {
  broadcast,
  f64,
  mpmc,
  mpsc,
  open,
  openBroadcast,
  RoleTakenError,
  spmc,
  spsc,
  struct,
  UnsupportedError,
  u32,
} from 'millrace/ring';
import { describe, expect, test } from 'vitest';

const fixture = new URL('./role-thread.mjs', import.meta.url);

/** What another thread is told when it asks for an end. */
async function askElsewhere(handle: object, end: 'writer' | 'reader'): Promise<string> {
  const worker = new Worker(fixture, { workerData: { handle, end } });
  const { threadId } = worker;
  const answer = await new Promise<string>((resolve) => worker.once('message', resolve));
  await worker.terminate();
  open(handle as never).repair(threadId);
  return answer;
}

/** Takes seats for threads that there are not, until so many are left (src/ring/lot.ts: 127 seats of 32 words, the thread's in word 1). */
function occupySeats({ lot }: { readonly lot: SharedArrayBuffer }, free: number): void {
  const words = new Int32Array(lot);
  for (let seat = 127; seat > free; seat--) words[32 * seat + 1] ||= 1_000_000 + seat;
}

describe.each([
  ['spsc', spsc, 1, 1],
  ['mpsc', mpsc, 2, 1],
  ['spmc', spmc, 1, 2],
  ['mpmc', mpmc, 2, 2],
] as const)('the ends of a ring %s', (_topology, create, writers, readers) => {
  test('the same end is handed out as often as it is asked for', () => {
    const ring = create(f64);
    const { writer, reader } = ring;
    expect(ring.writer === writer).toBe(true);
    expect(ring.reader === reader).toBe(true);
  });

  test('another thread may attach as the topology says', async () => {
    const ring = create(f64);
    expect(ring.writer.offer(1)).toBe(true);
    expect(ring.reader.poll()).toBe(1);
    expect(await askElsewhere(ring.handle, 'writer')).toBe(writers > 1 ? 'attached' : 'RoleTakenError');
    expect(await askElsewhere(ring.handle, 'reader')).toBe(readers > 1 ? 'attached' : 'RoleTakenError');
  });

  test('another thread may attach once this one has detached', async () => {
    const ring = create(f64, { capacity: 2 });
    ring.writer.offer(1);
    expect(ring.reader.poll()).toBe(1);
    ring.writer.detach();
    ring.reader.detach();
    expect(await askElsewhere(ring.handle, 'writer')).toBe('attached');
    expect(await askElsewhere(ring.handle, 'reader')).toBe('attached');
  });

  test('a thread has one writer and one reader, however often it opens the ring', () => {
    const ring = create(f64);
    const second = open(ring.handle);
    expect(ring.writer.offer(1)).toBe(true);
    expect(ring.reader.poll()).toBe(1);
    expect(() => second.writer).toThrow(RoleTakenError);
    expect(() => second.reader).toThrow(expect.objectContaining({ code: 'MILLRACE_ROLE_TAKEN' }));
    ring.writer.detach();
    ring.reader.detach();
    expect(second.writer.offer(2)).toBe(true);
    expect(second.reader.poll()).toBe(2);
  });

  test('detach then attach anew goes on where it was', () => {
    const ring = create(f64, { capacity: 3 });
    ring.writer.offerAll([1, 2]);
    ring.writer.detach();
    ring.writer.detach();
    expect(ring.writer.offer(3)).toBe(true);
    expect(ring.writer.offer(4)).toBe(false);
    expect(ring.reader.poll()).toBe(1);
    ring.reader.detach();
    expect(ring.reader.poll()).toBe(2);
    expect(ring.writer.offer(4)).toBe(true);
    expect([ring.reader.poll(), ring.reader.poll(), ring.reader.poll()]).toEqual([3, 4, undefined]);
  });

  test('ring.writer after detach is a new object', () => {
    const ring = create(f64);
    const { writer } = ring;
    writer.detach();
    expect(writer.detached).toBe(true);
    expect(ring.writer).not.toBe(writer);
  });
});

describe('a broadcast ring', () => {
  test('has no reader of its own', () => {
    expect(() => broadcast(f64).reader).toThrow(UnsupportedError);
  });

  test('has one writer at a time where it was made for one', () => {
    const ring = broadcast(f64, { writers: 1 });
    const same = openBroadcast(ring.handle, f64);
    const reader = ring.subscribe();
    ring.writer.offer(1);
    expect(() => same.writer).toThrow(RoleTakenError);
    expect(() => same.writer).toThrow('Leave out `writers: 1` for several, or detach() the first writer.');
    ring.writer.detach();
    same.writer.offer(2);
    expect([reader.poll(), reader.poll(), reader.poll()]).toEqual([1, 2, undefined]);
  });

  test('is made for one writer or for any number, and no other ring is asked', () => {
    const option = expect.objectContaining({ code: 'MILLRACE_OPTION' });
    expect(() => broadcast(f64, { writers: 2 } as object)).toThrow(option);
    expect(() => mpmc(f64, { writers: 1 } as object)).toThrow("mpmc() has no option 'writers'");
  });

  test('throws what a getter of a value throws, and shows nothing of it', () => {
    const ring = broadcast(struct({ a: u32, b: u32 }), { writers: 1 });
    const reader = ring.subscribe();
    const broken = {
      a: 1,
      get b(): number {
        throw new Error('mine');
      },
    };
    expect(() => ring.writer.offer(broken)).toThrow('mine');
    expect(reader.poll()).toBeUndefined();
    ring.writer.offer({ a: 2, b: 3 });
    expect(reader.poll()).toEqual({ a: 2, b: 3 });
  });

  test('gives every subscriber every message', () => {
    const ring = broadcast(f64, { capacity: 4 });
    const [a, b] = [ring.subscribe(), ring.subscribe()];
    ring.writer.offerAll([1, 2]);
    expect([a.poll(), a.poll(), a.poll()]).toEqual([1, 2, undefined]);
    expect([b.poll(), b.poll(), b.poll()]).toEqual([1, 2, undefined]);
  });

  test('waits for its slowest subscriber', () => {
    const ring = broadcast(f64, { capacity: 2 });
    const [fast, slow] = [ring.subscribe(), ring.subscribe()];
    ring.writer.offerAll([1, 2]);
    fast.drain(() => {});
    expect(ring.writer.offer(3)).toBe(false);
    expect(slow.poll()).toBe(1);
    expect(ring.writer.offer(3)).toBe(true);
  });

  test('goes on without a subscriber that leaves', async () => {
    const ring = broadcast(f64, { capacity: 1 });
    const [stays, leaves] = [ring.subscribe(), ring.subscribe()];
    ring.writer.offer(1);
    expect(stays.poll()).toBe(1);
    const put = ring.writer.put(2);
    leaves.unsubscribe();
    await put;
    expect(stays.poll()).toBe(2);
  });

  test('keeps messages until there is a subscriber', () => {
    const ring = broadcast(f64, { capacity: 2 });
    expect(ring.writer.offerAll([1, 2, 3])).toBe(2);
    const reader = ring.subscribe({ from: 'oldest' });
    expect([reader.poll(), reader.poll(), reader.poll()]).toEqual([1, 2, undefined]);
  });

  test('shows a newcomer only what comes after it, unless it asks for the oldest', () => {
    const ring = broadcast(f64, { capacity: 8 });
    const first = ring.subscribe();
    ring.writer.offer(1);
    const newest = ring.subscribe();
    const oldest = ring.subscribe({ from: 'oldest' });
    ring.writer.offer(2);
    expect([newest.poll(), newest.poll()]).toEqual([2, undefined]);
    expect([oldest.poll(), oldest.poll()]).toEqual([1, 2]);
    expect(first.poll()).toBe(1);
  });

  test('lets one reader at a time have a subscription, in this thread too', () => {
    const ring = broadcast(f64, { capacity: 8 });
    const subscription = ring.addSubscription();
    const reader = ring.attach(subscription);
    expect(() => ring.attach(subscription)).toThrow(RoleTakenError);
    ring.writer.offerAll([1, 2]);
    expect(reader.poll()).toBe(1);
    reader.detach();
    expect(ring.attach(subscription).poll()).toBe(2);
  });

  test('has 32 subscriptions, and again after they were left', () => {
    const ring = broadcast(f64);
    const readers = Array.from({ length: 32 }, () => ring.subscribe());
    expect(() => ring.subscribe()).toThrow(expect.objectContaining({ code: 'MILLRACE_OPTION' }));
    for (const reader of readers) reader.unsubscribe();
    expect(() => ring.subscribe()).not.toThrow();
  });

  test.each([2 ** 31 - 3, -3])('counts offsets on across the wrap at %i', (firstSequence) => {
    const ring = broadcast(f64, { capacity: 4, firstSequence } as object);
    const reader = ring.subscribe();
    const offsets: number[] = [];
    for (let i = 0; i < 8; i++) {
      ring.writer.offer(i);
      expect(reader.poll()).toBe(i);
      expect(reader.offset).toBe(ring.lastOffset);
      offsets.push(reader.offset);
    }
    const first = firstSequence < 0 ? firstSequence + 2 ** 32 : firstSequence;
    expect(offsets).toEqual(Array.from({ length: 8 }, (_, i) => first + i));
  });
});

test('more threads than there are seats can use a ring, one after the other, when each is repaired', async () => {
  const ring = mpsc(f64, { capacity: 4 });
  const free = 4;
  occupySeats(ring.handle, free);
  for (let batch = 0; batch < 4; batch++) {
    const answers = await Promise.all(
      Array.from({ length: free - 1 }, () => askElsewhere(ring.handle, 'writer')),
    );
    expect(answers, `batch ${batch}`).toEqual(Array.from({ length: free - 1 }, () => 'attached'));
  }
  occupySeats(ring.handle, 0);
  expect(await askElsewhere(ring.handle, 'writer')).toBe('OptionError');
});
