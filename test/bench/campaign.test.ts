import { expect, test } from 'vitest';
import { runAll } from '../../bench/campaign.ts';
import type { Contender } from '../../bench/contenders/index.ts';
import { QUICK } from '../../bench/run/plan.ts';
import { SCENARIOS } from '../../bench/scenarios/index.ts';

const NO_ROUNDS = { ...QUICK, rounds: 0 };

const preparedBy = (prepare: () => Promise<void>): Contender => ({
  name: 'somebody',
  about: () => 'nothing',
  does: () => true,
  prepare,
});

test('a contender is prepared once before the rounds of all its scenarios', async () => {
  let times = 0;
  const contender = preparedBy(async () => void times++);
  const tasks = SCENARIOS.slice(0, 3).map((scenario) => ({ scenario, contenders: [contender] }));
  await runAll(tasks, NO_ROUNDS, undefined, () => expect(times).toBe(1));
  expect(times).toBe(1);
});

test('what cannot be prepared does not keep the others from running', async () => {
  const broken = preparedBy(() => Promise.reject(new Error('does not compile')));
  const tasks = SCENARIOS.slice(0, 1).map((scenario) => ({ scenario, contenders: [broken] }));
  expect(await runAll(tasks, NO_ROUNDS, undefined, () => {})).toHaveLength(1);
});
