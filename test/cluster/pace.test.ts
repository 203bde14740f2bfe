import { createBus, f64, memory, OptionError } from 'millrace';
import { expect, test } from 'vitest';
import { Pace } from '../../dist/cluster/group/pace.js';

const ENOUGH = 512;

/** How often the thread slept after rounds in which two partitions held so many slots each. */
function sleeps(...rounds: readonly (readonly [number, number])[]): number {
  let count = 0;
  const pace = new Pace(() => count++, ENOUGH);
  for (const round of rounds) for (const slots of round) pace.keep(slots, round.length);
  return count;
}

test('a thread sleeps when both partitions together hold a stream, but little of it', () => {
  expect(sleeps([8, 8])).toBe(1);
  expect(sleeps([16, 0], [0, 500])).toBe(2);
});

test('messages that come one by one are not waited for', () => {
  expect(sleeps([1, 1], [7, 8], [15, 0])).toBe(0);
});

test('with enough messages the thread goes on', () => {
  expect(sleeps([256, 256], [2000, 0])).toBe(0);
});

test('rounds are counted by themselves', () => {
  expect(sleeps([8, 7], [8, 7], [8, 7])).toBe(0);
});

test.each([-1, 101, Number.NaN])('linger of %d ms is refused', async (linger) => {
  await using bus = createBus(memory());
  const topic = bus.topic('lingering', f64);
  expect(() => topic.consume({ group: 'g', linger }, () => {})).toThrow(OptionError);
});
