import { expect, test } from 'vitest';
import { VirtualClock } from '../../../dist/cluster/delivery/virtual-clock.js';

test('time passes when it is told to, timer by timer', async () => {
  const clock = new VirtualClock({ startMs: 1000 });
  const seen: [string, number][] = [];
  clock.after(20, () => seen.push(['b', clock.now()]));
  clock.after(10, () => {
    seen.push(['a', clock.now()]);
    Promise.resolve().then(() => clock.after(5, () => seen.push(['then', clock.now()])));
  });
  clock.after(15, () => seen.push(['never', 0])).cancel();
  await clock.advance(19);
  expect(seen).toEqual([
    ['a', 1010],
    ['then', 1015],
  ]);
  await clock.advance(1);
  expect(seen.at(-1)).toEqual(['b', 1020]);
  expect([clock.now(), clock.pending]).toEqual([1020, 0]);
});

test('timers of one time run in an order that the seed decides', async () => {
  const order = async (seed: number) => {
    const clock = new VirtualClock({ seed });
    const seen: number[] = [];
    for (let i = 0; i < 6; i++) clock.after(5, () => seen.push(i));
    await clock.advance(5);
    return seen.join('');
  };
  expect(await order(3)).toBe(await order(3));
  const orders = new Set(await Promise.all([1, 2, 3, 4, 5].map(order)));
  expect(orders.size).toBeGreaterThan(2);
});
