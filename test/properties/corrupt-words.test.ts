import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { broadcast, f64, mpmc, type Ring } from 'millrace/ring';
import { describe, expect, test } from 'vitest';
import { readLayout } from '../../dist/ring/layout.js';
import { LAP_SHIFT, PUBLISHED } from '../../dist/ring/mpmc/turn.js';
import { leaveDeadClaim } from '../kill/dead-claim.ts';
import { seatOf } from '../kill/unfinished.mjs';
import { CASES } from './corrupt-words.mjs';

const THREAD = new URL('./corrupt-words.mjs', import.meta.url);
const HANG_MS = 15_000;
const CORRUPT = 'MILLRACE_CORRUPT';

/** What a case throws, or that it does not end. */
async function outcomeOf(name: string): Promise<unknown> {
  const worker = new Worker(THREAD, { workerData: { name } });
  const said = new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  try {
    return await Promise.race([said, sleep(HANG_MS, 'does not end')]);
  } finally {
    await worker.terminate();
  }
}

describe('a word that no thread writes is told by CorruptRingError, not by a call without end:', () => {
  test.concurrent.each(Object.keys(CASES))(
    '%s',
    async (name) => {
      expect(await outcomeOf(name)).toBe(CORRUPT);
    },
    30_000,
  );
});

/** Makes the first turn word one of a later lap. */
function corrupt({ handle }: Ring<number>): void {
  new Int32Array(handle.buffer)[readLayout(handle.buffer).turns] = (5 << LAP_SHIFT) | PUBLISHED;
}

describe('a corrupt ring', () => {
  const isCorrupt = expect.objectContaining({ code: CORRUPT });

  test.each([
    ['mpmc', () => mpmc(f64, { capacity: 4 })],
    ['broadcast', () => broadcast(f64, { capacity: 4 })],
  ] as const)('%s can be closed, which wakes who sleeps on it', async (_topology, make) => {
    const ring = make() as Ring<number>;
    const { reader } =
      ring.topology === 'mpmc' ? ring : { reader: (ring as never as Subscribable).subscribe() };
    const taken = reader.take();
    corrupt(ring);
    ring.close();
    ring.close();
    await expect(taken).rejects.toEqual(isCorrupt);
    expect(() => ring.writer.offer(1)).toThrow();
  });

  test('says so when it is repaired, and does not keep the seat of the dead thread', async () => {
    const ring = mpmc(f64, { capacity: 4 });
    const threadId = await leaveDeadClaim(ring, 1);
    expect(seatOf(ring.handle, threadId)).toBeGreaterThan(0);
    corrupt(ring);
    const taken = ring.reader.take();
    expect(() => ring.repair(threadId)).toThrow(isCorrupt);
    await expect(taken).rejects.toEqual(isCorrupt);
    ring.repair(999_999);
    const other = mpmc(f64, { capacity: 4 });
    other.repair(threadId);
    expect(seatOf(ring.handle, threadId)).toBe(0);
  });
});

interface Subscribable {
  subscribe(): { take(): Promise<number> };
}
