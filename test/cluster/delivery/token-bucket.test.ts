import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TokenBucket } from '../../../dist/cluster/delivery/token-bucket.js';
import { preempt } from './preemption.ts';

const words = () => new Int32Array(new SharedArrayBuffer(4));

describe('a token bucket', () => {
  test('gives a burst, and then what comes in', () => {
    const bucket = new TokenBucket(words(), 0, { perSecond: 100, burst: 10 });
    const start = 1_800_000_000_000;
    for (let i = 0; i < 10; i++) expect(bucket.take(1, start)).toBe(0);
    expect(bucket.take(1, start)).toBeCloseTo(10, 3);
    expect(bucket.take(1, start + 9)).toBeGreaterThan(0);
    expect(bucket.take(1, start + 10.01)).toBe(0);
    expect(bucket.take(10, start + 10.01)).toBeGreaterThan(99);
    expect(bucket.take(10, start + 200)).toBe(0);
  });

  test('never gives more than its rate, over objects and over all that time may do', () => {
    const jumps = fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 2 ** 33 }));
    fc.assert(
      fc.property(
        fc.constantFrom(0.5, 10, 1000, 1_000_000),
        fc.integer({ min: 1, max: 1000 }),
        fc.array(jumps, { minLength: 1, maxLength: 300 }),
        (perSecond, burst, waits) => {
          const shared = words();
          const buckets = [0, 1].map(() => new TokenBucket(shared, 0, { perSecond, burst }));
          let now = 1_700_000_000_000;
          let level = burst;
          waits.forEach((wait, i) => {
            now += wait;
            level = Math.min(burst, level + (wait * perSecond) / 1000);
            const count = 1 + (i % burst);
            if (buckets[i % 2]?.take(count, now) !== 0) return;
            level -= count;
            expect(level).toBeGreaterThan(-0.01);
          });
        },
      ),
    );
  });

  test('is full again after any pause, once the time it names is over', () => {
    const bucket = new TokenBucket(words(), 0, { perSecond: 1000, burst: 50 });
    for (let now = 0; now < 2 ** 34; now += 2 ** 27 + 12_345) {
      const wait = bucket.take(50, now);
      expect(wait).toBeLessThanOrEqual(50);
      if (wait > 0) expect(bucket.take(50, now + wait + 0.01)).toBe(0);
    }
  });

  test('counts every taker that was in between', () => {
    const shared = words();
    const [one, other] = [0, 1].map(() => new TokenBucket(shared, 0, { perSecond: 1, burst: 2 })) as [
      TokenBucket,
      TokenBucket,
    ];
    const got: number[] = [];
    preempt(
      () => got.push(one.take(1, 1000)),
      1,
      () => got.push(other.take(1, 1000)),
    );
    expect(got).toEqual([0, 0]);
    expect(one.take(1, 1000)).toBeGreaterThan(0);
  });

  test('refuses what makes no sense', () => {
    expect(() => new TokenBucket(words(), 0, { perSecond: 0 })).toThrow(/perSecond/);
    expect(() => new TokenBucket(words(), 0, { perSecond: 5, burst: 0.5 })).toThrow(/burst/);
    expect(() => new TokenBucket(words(), 0, { perSecond: 5 }).take(6, 0)).toThrow(/raise rate.burst/);
  });
});
