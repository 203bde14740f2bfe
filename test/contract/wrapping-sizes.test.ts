import { type BroadcastRing, broadcast, f64, mpmc, mpsc, spmc, spsc } from 'millrace/ring';
import { describe, expect, test } from 'vitest';
import type { Any, RingMaker } from './subject.ts';

const makers: Record<string, RingMaker> = { spsc, mpsc, spmc, mpmc, broadcast };
const CAPACITIES = [1, 64, 4096, 8192, 8193, 65_536, 100_000];
const WRAPS = [2 ** 25, 2 ** 29, 2 ** 30, 2 ** 31, 2 ** 32];

/** A lap number has as many bits as are left of a sequence: how many these are follows from the size of the ring. */
describe.each(Object.keys(makers))('the sequences of a ring %s wrap round', (topology) => {
  test.each(CAPACITIES)('with a capacity of %i', (capacity) => {
    for (const wrap of WRAPS) {
      const slots = Math.max(64, capacity);
      const ring = (makers[topology] as RingMaker)(f64, {
        capacity,
        firstSequence: (wrap - slots - 20) | 0,
      });
      const reader =
        topology === 'broadcast'
          ? (ring as BroadcastRing<Any, Any>).subscribe({ from: 'oldest' })
          : ring.reader;
      const batch = Array.from({ length: capacity }, (_, i) => i);
      let next = 0;
      for (let sent = 0; sent < 2 * slots + 100; sent += capacity) {
        expect(ring.writer.offerAll(batch), `before ${wrap}`).toBe(capacity);
        expect(ring.writer.offer(0)).toBe(false);
        while (reader.drain((value) => (next = value === next ? (next + 1) % capacity : Number.NaN)) > 0);
        expect(next, `before ${wrap}`).toBe(0);
      }
    }
  });
});
