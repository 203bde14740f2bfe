import { type BroadcastRing, broadcast, mpmc, oneOf, spsc } from 'millrace/ring';
import { describe, expect, test } from 'vitest';
import { readLayout } from '../../dist/ring/layout.js';

const side = oneOf('buy', 'sell');

/** A ring with three messages, of which the second stands for nothing. */
function scribbled(make: typeof mpmc) {
  const ring = make(side, { capacity: 8 });
  const reader =
    'subscribe' in ring
      ? (ring as unknown as BroadcastRing<'buy' | 'sell', 'buy' | 'sell'>).subscribe()
      : ring.reader;
  ring.writer.offerAll(['sell', 'buy', 'sell']);
  const { buffer } = ring.handle as unknown as { buffer: SharedArrayBuffer };
  const { payload, slotBytes } = readLayout(buffer);
  new Uint8Array(buffer)[payload + slotBytes] = 200;
  return reader;
}

describe.each([
  ['spsc', spsc as typeof mpmc],
  ['mpmc', mpmc],
  ['broadcast', broadcast as unknown as typeof mpmc],
])('of messages copied out together, %s', (_, make) => {
  test('one that stands for nothing counts as read, alone', () => {
    const reader = scribbled(make);
    const target: string[] = new Array(8).fill('');
    expect(() => reader.drainInto(target as ('buy' | 'sell')[])).toThrow(/200 stands for nothing/);
    expect(target[0]).toBe('sell');
    expect(reader.drainInto(target as ('buy' | 'sell')[])).toBe(1);
    expect(reader.poll()).toBeUndefined();
  });
});
