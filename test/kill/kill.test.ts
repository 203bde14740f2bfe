import { describe, expect, test } from 'vitest';
import { pick, seeded } from '../threads/seeded.mjs';
import { LEAST_CAPACITY } from './payload.mjs';
import { failures, NO_FAILURES } from './report.mjs';
import { killRound, THREADS } from './round.mjs';

/** `KILL_SEED=…` runs a failure again, as far as threads let themselves be run again. */
const { KILL_SEED } = process.env;
const SEED = Number(KILL_SEED ?? Date.now() % 1_000_000);
const KILLS = 3;

describe.each(Object.keys(THREADS) as (keyof typeof THREADS)[])('%s', (topology) => {
  describe.each(['fixed', 'small', 'variable', 'custom'] as const)('with messages of kind %s', (kind) => {
    test('loses, doubles and tears no message when its threads are killed', async () => {
      const random = seeded(SEED ^ (topology.length * 7919) ^ kind.length);
      const capacity = pick(random, LEAST_CAPACITY[kind] === 1 ? [1, 2, 7, 64, 4000] : [16, 64, 4000]);
      const byValue = random() < 0.3;
      const seed = Math.floor(random() * 2 ** 31);
      const options = { topology, kind, kills: KILLS, seed, capacity, byValue };
      const report = await killRound(options);
      expect(failures(report), `KILL_SEED=${SEED} ${JSON.stringify(options)}`).toEqual(NO_FAILURES);
      expect(report.kills).toBeGreaterThanOrEqual(KILLS);
    });
  });
});
