import { expect, test } from 'vitest';
import { runProgram } from './child.ts';

test('a process whose groups have ended exits by itself', async () => {
  const outcome = await runProgram(new URL('./programs/group-ends.mjs', import.meta.url));
  expect(outcome).toEqual({ code: 0, stdout: 'all ended\n', stderr: '', hung: false });
});
