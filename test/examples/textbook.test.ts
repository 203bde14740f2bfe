import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runProgram } from '../workers/child.ts';

/** What the program and its model in another language print, word for word. */
const PRINTED = {
  java: '100000 items, sum 5000050000\n',
  python: 'all 30 done, sum 8555\n',
};

const file = (name: string) => new URL(`../../examples/textbook/${name}`, import.meta.url);

function isInstalled(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test.each(Object.entries(PRINTED))(
  'the textbook program of %s ends with the right sum',
  async (name, stdout) => {
    const outcome = await runProgram(file(`${name}/main.js`));
    expect(outcome).toMatchObject({ code: 0, stdout, hung: false });
  },
);

test.skipIf(!isInstalled('python3', '--version'))('as its model in Python does', () => {
  const stdout = execFileSync('python3', [fileURLToPath(file('python/worker.py'))], { encoding: 'utf8' });
  expect(stdout).toBe(PRINTED.python);
});

test.skipIf(!isInstalled('javac', '-version'))('as its model in Java does', { timeout: 60_000 }, () => {
  const program = fileURLToPath(file('java/ProducerConsumer.java'));
  expect(execFileSync('java', [program], { encoding: 'utf8' })).toBe(PRINTED.java);
});
