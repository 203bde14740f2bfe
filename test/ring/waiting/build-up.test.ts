import { describe, expect, test } from 'vitest';
import { Lot } from '../../../dist/ring/lot.js';
import { BuildUp } from '../../../dist/ring/waiting/build-up.js';
import type { WaitStrategy } from '../../../dist/ring/waiting/wait-strategy.js';

const MANY_THREADS = 1_000_000;

/** How many naps a reader takes whose drains find so many messages, in a lot with so many threads. */
function napsOf(
  found: readonly number[],
  threads: number | (() => number),
  setup: Partial<Setup> = {},
): number {
  const { capacity = 4096, strategy = 'adaptive', room } = setup;
  let naps = 0;
  const nap = () => {
    naps++;
  };
  const countThreads = typeof threads === 'number' ? () => threads : threads;
  const buildUp = new BuildUp(capacity, strategy, { countThreads, seat: { nap } } as unknown as Lot);
  for (const count of found) {
    buildUp.beforeDrain();
    buildUp.afterDrain(count, room);
  }
  buildUp.beforeDrain();
  return naps;
}

interface Setup {
  readonly capacity: number;
  readonly strategy: WaitStrategy;
  readonly room: number;
}

describe('a reader in a stream', () => {
  test('naps where threads are more than cores', () => {
    expect(napsOf([32, 500, 1023], MANY_THREADS)).toBe(3);
  });

  test('does not where each can have a core', () => {
    expect(napsOf([32, 500, 1023], 1)).toBe(0);
  });

  test('does not after a drain that found much, or all it had room for', () => {
    expect(napsOf([1024, 5000], MANY_THREADS)).toBe(0);
    expect(napsOf([64, 64], MANY_THREADS, { room: 64 })).toBe(0);
  });

  test('does not where messages come alone', () => {
    expect(napsOf([1, 31, 0, 2], MANY_THREADS)).toBe(0);
  });

  test('does not where the ring may be full before it is over', () => {
    expect(napsOf([32, 500], MANY_THREADS, { capacity: 2048 })).toBe(0);
  });

  test.each(['spin', 'park'] as const)('does not with %s', (strategy) => {
    expect(napsOf([32, 500], MANY_THREADS, { strategy })).toBe(0);
  });

  test('learns within some hundred drains that threads came or went', () => {
    let counted = 0;
    const first = () => (counted++ === 0 ? MANY_THREADS : 1);
    const naps = napsOf(new Array(1000).fill(100), first);
    expect(naps).toBeGreaterThan(0);
    expect(naps).toBeLessThan(500);
  });
});

test('threads with open ends are counted', () => {
  const lot = Lot.create();
  const { number } = lot.seat;
  expect(lot.countThreads()).toBe(0);
  lot.enter(number);
  lot.enter(number);
  expect(lot.countThreads()).toBe(1);
  lot.leave(number, 2);
  expect(lot.countThreads()).toBe(0);
});

test('a nap ends by itself', () => {
  const lot = Lot.create();
  const { seat } = lot;
  const began = performance.now();
  seat.nap(5);
  expect(performance.now() - began).toBeGreaterThan(3);
});
