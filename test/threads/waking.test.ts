import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { f64, mpmc, mpsc, type Ring, spmc, spsc, type WaitStrategy } from 'millrace/ring';
import { describe, expect, test } from 'vitest';

const MAKERS = { spsc, mpsc, spmc, mpmc };
const READING = ['takeSync', 'take', 'drainSync', 'for of', 'for await'];
const WRITING = ['putSync', 'put'];

/** Starts a thread that waits, and lets it fall asleep. */
async function waiter(ring: Ring<number>, way: string): Promise<{ answer: Promise<unknown> }> {
  const worker = new Worker(new URL('./waking.mjs', import.meta.url), {
    workerData: { handle: ring.handle, way },
  });
  const { threadId } = worker;
  worker.once('exit', () => ring.repair(threadId));
  await once(worker, 'message');
  const answer = once(worker, 'message').then(([message]) => message);
  await sleep(10);
  return { answer };
}

describe.each(['spsc', 'mpsc', 'spmc', 'mpmc'] as const)('a thread that waits on a ring %s', (topology) => {
  const wait: WaitStrategy = topology === 'mpmc' ? 'park' : topology === 'spmc' ? 'spin' : 'adaptive';
  const make = () => MAKERS[topology](f64, { capacity: 2, wait });

  test.each(READING)('is woken from %s by close', async (way) => {
    const ring = make();
    const { answer } = await waiter(ring, way);
    ring.close();
    const ended: Record<string, unknown> = { drainSync: 0, 'for of': [], 'for await': 'ended' };
    expect(await answer).toEqual(ended[way] ?? expect.stringContaining('closed'));
  });

  test.each(READING)('is woken from %s by fail', async (way) => {
    const ring = make();
    const { answer } = await waiter(ring, way);
    ring.fail(new Error('out of fuel'));
    expect(await answer).toBe('out of fuel');
  });

  test.each(WRITING)('is woken from %s by close, and by fail', async (way) => {
    for (const end of ['close', 'fail'] as const) {
      const ring = make();
      ring.writer.offerAll([1, 2]);
      ring.writer.detach();
      const { answer } = await waiter(ring, way);
      ring[end](new Error('out of fuel'));
      expect(await answer).toEqual(end === 'fail' ? 'out of fuel' : expect.stringContaining('closed'));
      expect([ring.reader.takeSync(), ring.reader.takeSync()]).toEqual([1, 2]);
    }
  });

  test.each(WRITING)('is woken from %s by room', async (way) => {
    const ring = make();
    ring.writer.offerAll([1, 2]);
    ring.writer.detach();
    const { answer } = await waiter(ring, way);
    expect(ring.reader.poll()).toBe(1);
    await answer;
    expect([ring.reader.poll(), ring.reader.poll()]).toEqual([2, 99]);
  });

  test('is woken from takeSync by a message', async () => {
    const ring = make();
    const { answer } = await waiter(ring, 'takeSync');
    ring.writer.offer(5);
    expect(await answer).toBe(5);
  });
});
