import { type BroadcastOptions, broadcast, u32 } from 'millrace/ring';
import { describe, expect, test } from 'vitest';

const shapes: [string, BroadcastOptions][] = [
  ['any number of writers', {}],
  ['one writer', { writers: 1 }],
  ['drop-oldest', { overflow: 'drop-oldest' }],
];

describe.each(shapes)('in a broadcast ring with %s', (_, options) => {
  test('what the last subscriber has read makes room when it leaves', () => {
    const ring = broadcast(u32, { capacity: 4, ...options });
    const reader = ring.subscribe();
    for (let i = 0; i < 3; i++) ring.writer.offer(i);
    expect([reader.poll(), reader.poll()]).toEqual([0, 1]);
    reader.unsubscribe();
    expect(ring.stats().depth).toBe(1);
    for (let i = 3; i < 6; i++) expect(ring.writer.offer(i)).toBe(true);
    const late = ring.subscribe({ from: 'oldest' });
    expect([late.poll(), late.poll(), late.poll(), late.poll(), late.poll()]).toEqual([
      2,
      3,
      4,
      5,
      undefined,
    ]);
  });
});
