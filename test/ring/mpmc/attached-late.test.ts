import { broadcast, ClosedError, f64, mpmc, mpsc, spmc } from 'millrace/ring';
import { describe, expect, test } from 'vitest';

const CAPACITY = 64;
const makers = {
  mpsc,
  spmc,
  mpmc,
  broadcast,
  'broadcast with one writer': (codec: typeof f64, options: object) =>
    broadcast(codec, { ...options, writers: 1 }),
};

/** Sequences that begin here are before 0 when the ring is full, and behind 2³¹. */
const FIRST = -CAPACITY - 6;

describe.each(Object.entries(makers))('%s', (_, make) => {
  test('a writer that attaches when the ring is full and has ended writes over nothing', () => {
    const ring = make(f64, { capacity: CAPACITY, firstSequence: FIRST } as object);
    const reader = 'subscribe' in ring ? ring.subscribe({ from: 'oldest' }) : ring.reader;
    const numbers = Float64Array.from({ length: CAPACITY }, (__, i) => i);
    expect(ring.writer.offerAll(numbers)).toBe(CAPACITY);
    ring.writer.detach();
    ring.close();
    expect(() => ring.writer.offer(99)).toThrow(ClosedError);
    const read: number[] = [];
    reader.drain((value) => read.push(value as number));
    expect(read).toEqual([...numbers]);
  });
});
