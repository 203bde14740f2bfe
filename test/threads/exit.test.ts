import { expect, test } from 'vitest';
import { runProgram } from '../workers/child.ts';

const program = (name: string) => new URL(`./programs/${name}.mjs`, import.meta.url);

test('a process that only awaits a take stays alive until it has its message', async () => {
  const outcome = await runProgram(program('pending-take'));
  expect(outcome).toEqual({ code: 0, stdout: '42\n', stderr: '', hung: false });
});

test('a process that only awaits a take stays alive until it times out', async () => {
  const outcome = await runProgram(program('forgotten-take'));
  expect(outcome).toEqual({ code: 0, stdout: 'MILLRACE_TIMEOUT\nwaited\n', stderr: '', hung: false });
});

test('a process with no wait pending exits by itself', async () => {
  const outcome = await runProgram(program('nothing-pending'));
  expect(outcome).toEqual({ code: 0, stdout: 'rejected rejected rejected\n', stderr: '', hung: false });
});
