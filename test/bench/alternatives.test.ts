import { describe, expect, test } from 'vitest';
import type { NumberQueue } from '../../bench/alternatives/queue.ts';
import { scq } from '../../bench/alternatives/scq.ts';
import { announcingVyukov, vyukov } from '../../bench/alternatives/vyukov.ts';

const CAPACITY = 16;

/** Figures about a queue that is wrong would be worth nothing. Between threads the benchmark verifies every message itself. */
describe.each([scq, vyukov, announcingVyukov])('$name', (algorithm) => {
  const open = (first?: number) => algorithm.open(algorithm.create(CAPACITY, first), CAPACITY, 0);

  test('is empty at first, holds as many as it has room for, and gives them back in order', () => {
    const queue = open();
    expect(queue.poll()).toBeUndefined();
    for (let i = 0; i < CAPACITY; i++) expect(queue.offer(i + 0.5)).toBe(true);
    expect(queue.offer(99)).toBe(false);
    for (let i = 0; i < CAPACITY; i++) expect(queue.poll()).toBe(i + 0.5);
    expect(queue.poll()).toBeUndefined();
  });

  test.each([
    ['at the beginning', undefined],
    ['across 2³⁰', 2 ** 30 - 100],
    ['across 2³¹', 2 ** 31 - 100],
    ['across 2³²', -100],
  ])('does what an array does, %s', (_where, first) => {
    behavesAsArray(open(first), 20_000);
  });

  test('recovers from many looks at an empty queue', () => {
    const queue = open();
    for (let round = 0; round < 10; round++) {
      for (let look = 0; look < 10 * CAPACITY; look++) expect(queue.poll()).toBeUndefined();
      for (let i = 0; i < CAPACITY; i++) expect(queue.offer(i)).toBe(true);
      for (let i = 0; i < CAPACITY; i++) expect(queue.poll()).toBe(i);
    }
  });
});

function behavesAsArray(queue: NumberQueue, steps: number): void {
  const model: number[] = [];
  let random = 1;
  for (let step = 0; step < steps; step++) {
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    if (random >>> 31 === (step >>> 6) % 2) {
      const fits = model.length < CAPACITY;
      expect(queue.offer(step)).toBe(fits);
      if (fits) model.push(step);
    } else {
      expect(queue.poll()).toBe(model.shift());
    }
  }
}
