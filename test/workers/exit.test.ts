import { expect, test } from 'vitest';
import { runProgram } from './child.ts';

test('a process whose groups have ended exits by itself', async () => {
  const outcome = await runProgram(new URL('./programs/group-ends.mjs', import.meta.url));
  expect(outcome).toEqual({ code: 0, stdout: 'all ended\n', stderr: '', hung: false });
});

// A thread that is ended while Node loads an ES module by `require` aborts the whole process, now and then.
test('no thread loads an ES module by require', async () => {
  const program = new URL('./programs/group-ends.mjs', import.meta.url);
  const outcome = await runProgram(program, [], 10_000, ['--trace-require-module=all']);
  expect(outcome).toEqual({ code: 0, stdout: 'all ended\n', stderr: '', hung: false });
});
