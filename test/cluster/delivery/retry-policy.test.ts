import { expect, test } from 'vitest';
import { delayAfter, retryPolicy } from '../../../dist/cluster/delivery/retry-policy.js';

test('delays double up to the longest, and end', () => {
  const policy = retryPolicy({ attempts: 6, delay: 100, maxDelay: 500, jitter: 'none' });
  expect([1, 2, 3, 4, 5, 6].map((failed) => delayAfter(failed, policy, Math.random))).toEqual([
    100,
    200,
    400,
    500,
    500,
    undefined,
  ]);
  const fixed = retryPolicy({
    backoff: 'fixed',
    delay: 70,
    jitter: 'none',
    attempts: Number.POSITIVE_INFINITY,
  });
  expect([1, 2, 5000].map((failed) => delayAfter(failed, fixed, Math.random))).toEqual([70, 70, 70]);
});

test('full jitter takes any part of the delay', () => {
  const policy = retryPolicy({ delay: 100 });
  expect([0, 0.5, 0.99].map((random) => delayAfter(2, policy, () => random))).toEqual([0, 100, 198]);
});

test.each([
  [{ attempts: 0 }, /attempts/],
  [{ delay: -1 }, /delay/],
  [{ maxDelay: 1e12 }, /maxDelay/],
  [{ deaths: 1.5 }, /deaths/],
  [{ backoff: 'linear' as 'fixed' }, /backoff/],
  [{ jitter: 'some' as 'full' }, /jitter/],
])('%j is refused', (options, message) => {
  expect(() => retryPolicy(options)).toThrow(message);
});
