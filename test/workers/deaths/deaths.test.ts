import { expect, test } from 'vitest';
import { runProgram } from '../child.ts';

test('every record comes out once and in order, or as a dead letter, while threads die', async () => {
  const outcome = await runProgram(new URL('./main.mjs', import.meta.url), ['8'], 160_000);
  expect(outcome).toMatchObject({ code: 0, hung: false });
  expect(JSON.parse(outcome.stdout)).toMatchObject({ complete: true, ordered: true, allPoison: true });
  expect(JSON.parse(outcome.stdout).dead).toBeGreaterThan(0);
}, 170_000);
