import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);

test('the quick start runs, and loses nothing', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['examples/quick-start/main.js'], {
    cwd: root,
  });
  expect(stdout).toBe('1000000 ticks, 4999995000.00 in all\n');
});

test.each(['main.js', 'worker.js'])('the README shows %s as it is', (file) => {
  const program = readFileSync(new URL(`examples/quick-start/${file}`, root), 'utf8').trim();
  expect(readFileSync(new URL('README.md', root), 'utf8')).toContain(program);
});
