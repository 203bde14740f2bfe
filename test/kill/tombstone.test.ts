import { type BroadcastRing, broadcast, f64, mpmc, mpsc, type Ring, spmc } from 'millrace/ring';
import { describe, expect, test } from 'vitest';
import { leaveDeadClaim } from './dead-claim.ts';

const readerOf = (ring: Ring<number>) =>
  ring.topology === 'broadcast'
    ? (ring as BroadcastRing<number, number>).subscribe({ from: 'oldest' })
    : ring.reader;

/** What a writer that was killed within a call leaves behind must not stay in the way. */
describe.each([
  ['mpsc', mpsc],
  ['spmc', spmc],
  ['mpmc', mpmc],
  ['broadcast', broadcast],
] as const)('a claim whose writer died, in a ring %s', (topology, create) => {
  test('is skipped by readers, and its slot is used again, even when it is the only one', async () => {
    const ring = create(f64, { capacity: 1 }) as Ring<number>;
    const reader = readerOf(ring);
    ring.repair(await leaveDeadClaim(ring, 0));
    expect(reader.poll()).toBeUndefined();
    for (let i = 0; i < 3; i++) {
      expect(ring.writer.offer(i)).toBe(true);
      expect(reader.poll()).toBe(i);
    }
  });

  test('holds up neither a put nor a take that waits', async () => {
    const ring = create(f64, { capacity: 1 }) as Ring<number>;
    const reader = readerOf(ring);
    const threadId = await leaveDeadClaim(ring, 0);
    const taken = reader.take({ timeout: 2000 });
    // A lone writer's successor can attach only after the repair.
    const early = topology === 'spmc' ? undefined : ring.writer.put(7, { timeout: 2000 });
    ring.repair(threadId);
    await (early ?? ring.writer.put(7, { timeout: 2000 }));
    expect(await taken).toBe(7);
  });

  test('may be repaired again and again', async () => {
    const ring = create(f64, { capacity: 2 }) as Ring<number>;
    const reader = readerOf(ring);
    const threadId = await leaveDeadClaim(ring, 0);
    for (let i = 0; i < 3; i++) ring.repair(threadId);
    ring.writer.offer(1);
    expect(reader.poll()).toBe(1);
    ring.repair(threadId);
    expect(ring.writer.offerAll([2, 3, 4])).toBe(2);
    expect([reader.poll(), reader.poll(), reader.poll()]).toEqual([2, 3, undefined]);
  });

  test('does not keep a closed ring from ending', async () => {
    const ring = create(f64, { capacity: 4 }) as Ring<number>;
    const reader = readerOf(ring);
    ring.writer.detach();
    const threadId = await leaveDeadClaim(ring, 0);
    ring.repair(threadId);
    ring.close();
    expect([...reader]).toEqual([]);
    expect(reader.ended).toBe(true);
  });
});
