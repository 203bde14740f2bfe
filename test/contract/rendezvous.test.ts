import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import {
  broadcast,
  bytes,
  f64,
  mpmc,
  mpsc,
  open,
  priority,
  type Ring,
  select,
  selectSync,
  spmc,
  spsc,
  utf8,
} from 'millrace/ring';
import { describe, expect, test } from 'vitest';
import { part } from './parts.ts';
import { type Any, drained } from './subject.ts';

const makers = { spsc, mpsc, spmc, mpmc };
const codecs = { f64, utf8: utf8() };
const kinds = Object.entries(makers).flatMap(([topology, create]) =>
  Object.entries(codecs).map(([name, codec]) => [topology, name, create, codec] as const),
);
const closed = expect.objectContaining({ code: 'MILLRACE_CLOSED' });
const timeout = expect.objectContaining({ code: 'MILLRACE_TIMEOUT' });

/** What Go's unbuffered channels, crossbeam's of capacity 0 and Java's SynchronousQueue do, where the rings promise it too. */
describe.each(kinds)('a %s ring of %s and capacity 0', (_topology, kind, create, codec) => {
  const value = (i: number): Any => (kind === 'f64' ? i : `message ${i}, longer than one slot of the ring`);
  const make = (options: object = {}) => {
    const ring = create(codec as Any, { capacity: 0, ...options }) as Ring<Any>;
    return { ring, writer: ring.writer, reader: ring.reader };
  };

  test('says so, and keeps nothing', () => {
    const { ring, writer, reader } = make();
    expect(ring.capacity).toBe(0);
    expect(open(ring.handle).stats()).toMatchObject({ capacity: 0, depth: 0 });
    expect(writer.offer(value(1))).toBe(false);
    expect(writer.offerAll([value(1), value(2)])).toBe(0);
    expect(writer.fill(2, (slot, i) => slot.set(value(i)))).toBe(0);
    expect(reader.poll()).toBeUndefined();
    expect(ring.stats()).toMatchObject({ written: 0, dropped: 0 });
  });

  test('offers to a reader that waits, once', async () => {
    const { ring, writer, reader } = make();
    const taken = reader.take();
    expect(writer.offer(value(1))).toBe(true);
    expect(writer.offer(value(2))).toBe(false);
    expect(await taken).toEqual(value(1));
    expect(writer.offer(value(3))).toBe(false);
    expect(ring.stats()).toMatchObject({ written: 1, read: 1, depth: 0 });
  });

  test('ends a put when a reader has taken the message, and not before', async () => {
    const { writer, reader } = make();
    let done = false;
    const put = writer.put(value(1)).then(() => {
      done = true;
    });
    await sleep(5);
    expect(done).toBe(false);
    expect(reader.poll()).toEqual(value(1));
    await put;
    expect(reader.poll()).toBeUndefined();
  });

  test('takes the puts of a thread one after the other, in order', async () => {
    const { writer, reader } = make();
    const order: number[] = [];
    const puts = [1, 2, 3].map((i) => writer.put(value(i)).then(() => order.push(i)));
    expect(await reader.take()).toEqual(value(1));
    expect(reader.poll()).toBeUndefined(); // Its first put has not heard of it yet.
    expect([await reader.take(), await reader.take()]).toEqual([value(2), value(3)]);
    await Promise.all(puts);
    expect(order).toEqual([1, 2, 3]);
  });

  test('withdraws what was put when its time is over or it is aborted: it is never delivered', async () => {
    const { ring, writer, reader } = make();
    await expect(writer.put(value(1), { timeout: 5 })).rejects.toThrow(timeout);
    expect(writer.putSync(value(2), { timeout: 5 })).toBe(false);
    const abort = new AbortController();
    const put = expect(writer.put(value(3), { signal: abort.signal })).rejects.toThrow(/enough/);
    await sleep(1);
    abort.abort(new Error('enough'));
    await put;
    expect(reader.poll()).toBeUndefined();
    expect(ring.stats()).toMatchObject({ written: 0, depth: 0 });
  });

  test('forgets a reader whose time is over or that was aborted', async () => {
    const { writer, reader } = make();
    await expect(reader.take({ timeout: 5 })).rejects.toThrow(timeout);
    expect(writer.offer(value(1))).toBe(false);
    expect(reader.takeSync({ timeout: 5 })).toBeUndefined();
    expect(writer.offer(value(1))).toBe(false);
    const abort = new AbortController();
    const taken = expect(reader.take({ signal: abort.signal })).rejects.toThrow(/enough/);
    abort.abort(new Error('enough'));
    await taken;
    expect(writer.offer(value(1))).toBe(false);
    expect(drained(reader)).toEqual([]);
  });

  test('gives a reader what it was handed although it was aborted then', async () => {
    const { writer, reader } = make();
    const abort = new AbortController();
    const taken = reader.take({ signal: abort.signal });
    expect(writer.offer(value(1))).toBe(true);
    abort.abort();
    expect(await taken).toEqual(value(1));
  });

  test('ends with close on both sides, and delivers nothing that was refused', async () => {
    const { ring, writer, reader } = make();
    const put = expect(writer.put(value(1))).rejects.toThrow(closed);
    await sleep(1);
    ring.close();
    await put;
    await expect(reader.take()).rejects.toThrow(closed);
    expect(reader.ended).toBe(true);
    expect(() => writer.offer(value(2))).toThrow(closed);

    const other = make();
    const taken = expect(other.reader.take()).rejects.toThrow(/broken/);
    other.ring.fail(new Error('broken'));
    await taken;
  });

  test('shows batches of one message, whose put ends with the batch', async () => {
    const { ring, writer, reader } = make();
    const seen: Any[] = [];
    const reading = (async () => {
      for await (const batch of reader) for (const view of batch) seen.push(view);
    })();
    for (let i = 0; i < 5; i++) await writer.put(value(i));
    ring.close();
    await reading;
    expect(seen).toEqual([0, 1, 2, 3, 4].map(value));
  });

  test('is found by select when somebody puts; to offers, whoever selects is no reader that waits', async () => {
    const [a, b] = [make(), make()];
    const selected = select([a.reader, b.reader]);
    await sleep(1);
    expect(a.writer.offer(value(1))).toBe(false);
    const put = b.writer.put(value(2));
    expect(await selected).toBe(b.reader);
    expect(b.reader.poll()).toEqual(value(2));
    await put;
  });

  test('refuses a put that nobody waits for when it is strict', async () => {
    const { writer, reader } = make({ overflow: 'strict' });
    await expect(writer.put(value(1))).rejects.toThrow(expect.objectContaining({ code: 'MILLRACE_FULL' }));
    const taken = reader.take();
    await writer.put(value(2));
    expect(await taken).toEqual(value(2));
  });

  test('goes round its slots many times', async () => {
    const { writer, reader } = make();
    for (let i = 0; i < 300; i++) {
      const put = writer.put(value(i));
      expect(await reader.take()).toEqual(value(i));
      await put;
      await expect(writer.put(value(-1), { timeout: 0 })).rejects.toThrow(timeout);
    }
  });

  test('keeps a message that was handed to a reader whose thread has died', async () => {
    const { ring, writer } = make();
    ring.reader.detach();
    const worker = new Worker(new URL('./waiting-thread.mjs', import.meta.url), { workerData: ring.handle });
    const { threadId } = worker;
    const exit = new Promise((resolve) => worker.once('exit', resolve));
    await new Promise((resolve) => worker.once('message', resolve));
    while (!writer.offer(value(1))) await sleep(1);
    void worker.terminate();
    await exit;
    ring.repair(threadId);
    const next = ring.reader.poll();
    // Otherwise the thread was awake in time, and its call had returned.
    if (next === undefined) expect(ring.stats().read).toBe(1);
    else expect(next).toEqual(value(1));
    expect(writer.offer(value(2))).toBe(false);
  });
});

test.each(['spin', 'park', 'adaptive'] as const)(
  'threads meet, each message once, waiting by %s',
  async (wait) => {
    const ring = mpmc(f64, { capacity: 0, wait });
    const sums = [500, 500].map((count) => part(ring, 'reads', count));
    await Promise.all([500, 500].map((count) => part(ring, 'writes', count)));
    const total = (await Promise.all(sums)).reduce((sum, each) => sum + each, 0);
    expect(total).toBe(500 * 499);
  },
);

test('claims of a ring of capacity 0 are published to a reader that waits', async () => {
  const { reader, writer } = mpmc(bytes, { capacity: 0 });
  expect(writer.claim(3)).toBeUndefined();
  const taken = reader.take();
  const claim = writer.claim(3);
  expect(() => writer.offer(new Uint8Array(1))).toThrow(/under way/);
  claim?.bytes.fill(7);
  expect(claim?.publish()).toBe(true);
  expect(await taken).toEqual(new Uint8Array(3).fill(7));
});

test('select of a writer waits for a reader that waits', async () => {
  const { reader, writer } = mpmc(f64, { capacity: 0 });
  const began = performance.now();
  expect(selectSync([writer], { timeout: 20 })).toBeUndefined();
  expect(performance.now() - began).toBeGreaterThan(15);
  const selected = select([writer], { timeout: 5000 });
  await sleep(2);
  const taken = reader.take();
  expect(await selected).toBe(writer);
  expect(writer.offer(7)).toBe(true);
  expect(await taken).toBe(7);
});

test('capacity 0 is refused where nobody can meet', () => {
  const option = expect.objectContaining({ code: 'MILLRACE_OPTION' });
  expect(() => broadcast(f64, { capacity: 0 })).toThrow(option);
  expect(() => mpmc(f64, { capacity: 0, overflow: 'drop-oldest' })).toThrow(option);
  expect(() => mpmc(f64, { capacity: 0, overflow: 'drop-newest' })).toThrow(option);
  expect(() => priority(f64, { levels: 2, capacity: 0 })).toThrow(option);
});
