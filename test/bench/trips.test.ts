import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { STOP } from '../../bench/contenders/contender.ts';
import { Trips } from '../../bench/run/trips.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Every trip takes so long; the answer is how many there were until the end. */
function run(trips: Trips, tripMs: number): number {
  let made = 0;
  for (let value = trips.next(0); value !== STOP; value = trips.next(value)) {
    vi.advanceTimersByTime(tripMs);
    made++;
  }
  return made;
}

test('the time of the warm-up begins with the first trip, not while the ends connect', () => {
  const trips = new Trips(100, 100);
  vi.advanceTimersByTime(10_000);
  expect(run(trips, 1)).toBe(200);
  expect(trips.answer().curve.find(([percentile]) => percentile === 50)).toEqual([50, 1000]);
});

test('slow trips are enough to have a median all the same', () => {
  expect(run(new Trips(100, 100), 50)).toBe(40);
});

test('an answer that is not the last message is a fault, and ends it', () => {
  const trips = new Trips(100, 100);
  expect(trips.next(0)).toBe(1);
  expect(trips.next(7)).toBe(STOP);
  expect(trips.answer().fault).toBe('1 went out and 7 came back');
});
