import { expect, test } from 'vitest';
import { runProgram } from '../child.ts';

test('a source far faster than its stage does not fill the memory', async () => {
  const outcome = await runProgram(new URL('./main.mjs', import.meta.url), ['600000'], 60_000);
  expect(outcome).toMatchObject({ code: 0, hung: false });
  const { results, firstMiB, mostMiB } = JSON.parse(outcome.stdout);
  expect(results).toBe(600_000);
  expect(mostMiB - firstMiB).toBeLessThan(100);
}, 70_000);
