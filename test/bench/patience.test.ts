import { expect, test } from 'vitest';
import { Patience } from '../../bench/run/patience.ts';
import type { RoundResult } from '../../bench/run/result.ts';

const round = (more: object): RoundResult => ({ ok: true, metrics: [], lines: [], ...more });
const DISTURBED = round({ disturbance: 1 });
const MOVED = round({ lines: [90, 400] });
const FINE = round({ lines: [90, 100], disturbance: 0 });

/** They need no core, so that every machine is quiet enough for them. */
const NO_THREADS = 0;

/** Runs that give these results one after the other, the last of them again and again. */
function giving(...results: RoundResult[]) {
  const run = {
    times: 0,
    begin: async () => results[Math.min(run.times++, results.length - 1)] as RoundResult,
  };
  return run;
}

test.each([
  ['others had the cores', DISTURBED],
  ['the threads moved', MOVED],
])('a round is run again when %s, and whoever watches is told how long that may take', async (_, spoiled) => {
  const run = giving(spoiled, FINE);
  const told: number[] = [];
  const result = await new Patience(2).undisturbed(NO_THREADS, run.begin, (seconds) => told.push(seconds));
  expect(result).toBe(FINE);
  expect(run.times).toBe(2);
  expect(told[0]).toBe(2);
});

test('three times at most', async () => {
  const run = giving(MOVED);
  expect(await new Patience(60).undisturbed(NO_THREADS, run.begin, () => {})).toBe(MOVED);
  expect(run.times).toBe(3);
});

test('and not at all once patience is used up, or when it failed', async () => {
  const [disturbed, failed] = [giving(DISTURBED), giving({ ok: false, reason: 'lost' })];
  await new Patience(0).undisturbed(NO_THREADS, disturbed.begin, () => {});
  await new Patience(60).undisturbed(NO_THREADS, failed.begin, () => {});
  expect([disturbed.times, failed.times]).toEqual([1, 1]);
});
