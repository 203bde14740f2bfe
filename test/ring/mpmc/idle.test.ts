import { broadcast, f64, mpmc, open, type Ring } from 'millrace/ring';
import { describe, expect, test } from 'vitest';
import { CONSUMER_CURSOR, FRONTIER, PRODUCER_CURSOR, readLayout } from '../../../dist/ring/layout.js';
import { PAGE_BYTES } from '../../../dist/ring/memory.js';
import { asThread } from '../../../dist/ring/thread.js';

/**
 * Messages that pass while an end is idle: around where laps and sequences wrap, and where comparing them by difference turns. Not
 * within a lap of a multiple of 2²⁵, where the words look as if none had passed (`mpmc-ring.ts`, wrap).
 */
const PASSED = [
  100,
  2 ** 24 - 64,
  2 ** 24 + 320,
  2 ** 25 - 640,
  2 ** 25 + 6400,
  2 ** 31 - 640,
  2 ** 31 + 640,
  2 ** 32 - 6400,
];
const CAPACITIES = [1, 3, 64];
const CORES = ['js', 'wasm'] as const;

const nothing = () => undefined;
const idler = { token: 777_777, listen: () => false, startTimer: nothing, stopTimer: nothing };

/** Puts a ring into the state of an empty one of which so many messages were written and read. */
function letPass({ handle }: Ring<number>, messages: number): void {
  const words = new Int32Array(handle.buffer);
  const { turns, slots, overflow, topology } = readLayout(
    handle.buffer,
    handle.memory === undefined ? 1 : PAGE_BYTES,
  );
  const make = topology === 'broadcast' ? broadcast : mpmc;
  const firstSequence = ((words[FRONTIER] as number) + messages) | 0;
  const later = make(f64, { capacity: slots, overflow, firstSequence } as object) as Ring<number>;
  const laterWords = new Int32Array(later.handle.buffer);
  words.set(laterWords.subarray(turns, turns + slots), turns);
  for (const cursor of [FRONTIER, PRODUCER_CURSOR, CONSUMER_CURSOR]) words[cursor] = firstSequence;
}

/** Two threads with both ends each, of which one has used its ends and is idle then. */
function withIdler(options: object) {
  const ring = mpmc(f64, options);
  const { writer, reader } = asThread(idler, () => {
    const same = open<number>(ring.handle);
    return { writer: same.writer, reader: same.reader };
  });
  expect(writer.offer(1)).toBe(true);
  expect(reader.poll()).toBe(1);
  void ring.writer;
  void ring.reader;
  return { ring, writer, reader };
}

describe.each(CORES)(
  'an end of a ring with turns, core %s, that is idle while others write and read',
  (core) => {
    describe.each(CAPACITIES)('capacity %s', (capacity) => {
      test.each(PASSED)('%s messages: its reader finds the next one', (messages) => {
        const { ring, reader } = withIdler({ capacity, core });
        letPass(ring, messages);
        expect(reader.poll()).toBe(undefined);
        letPass(ring, messages);
        ring.writer.offer(2);
        expect(reader.takeSync({ timeout: 0 })).toBe(2);
        expect(ring.reader.poll()).toBe(undefined);
      });

      test.each(PASSED)('%s messages: its writer writes behind the others', (messages) => {
        const { ring, writer, reader } = withIdler({ capacity, core });
        letPass(ring, messages);
        const all = Array.from({ length: capacity }, (_, i) => i);
        if (capacity > 1) expect(ring.writer.offer(0)).toBe(true);
        expect(writer.offerAll(all.slice(capacity > 1 ? 1 : 0))).toBe(capacity > 1 ? capacity - 1 : 1);
        expect(writer.offer(-1)).toBe(false);
        for (const value of all) expect(ring.reader.poll()).toBe(value);
        expect([ring.reader.poll(), reader.poll()]).toEqual([undefined, undefined]);
      });

      test.each(PASSED)(
        '%s messages: one by one as well, and it is refused when the ring was closed',
        (messages) => {
          const { ring, writer } = withIdler({ capacity, core });
          letPass(ring, messages);
          expect(writer.offer(5)).toBe(true);
          expect(ring.reader.poll()).toBe(5);
          letPass(ring, messages);
          ring.close();
          expect(() => writer.offer(6)).toThrow('closed');
          expect([ring.reader.poll(), ring.reader.ended]).toEqual([undefined, true]);
        },
      );
    });
  },
);

describe.each([false, true])('a subscriber that writers push on, which holds: %s', (holds) => {
  test.each(PASSED)('finds the next message after %s that it has missed', (messages) => {
    const ring = broadcast(f64, { capacity: 64, overflow: 'drop-oldest' });
    const reader = ring.subscribe({ holds });
    ring.writer.offer(1);
    expect(reader.poll()).toBe(1);
    letPass(ring as never, messages);
    const { subscriptions } = readLayout(ring.handle.buffer);
    const words = new Int32Array(ring.handle.buffer);
    words[subscriptions + 1] = (words[FRONTIER] as number) << 1; // Its cursor, pushed on.
    ring.writer.offer(2);
    expect(reader.poll()).toBe(2);
    expect(reader.poll()).toBe(undefined);
  });
});
