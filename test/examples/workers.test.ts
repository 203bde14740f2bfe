import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from '../workers/child.ts';

const example = (name: string) => new URL(`../../examples/${name}/main.js`, import.meta.url);

test.each([[[]], [['crash']]])('log shipping loses no line %j', async (extra) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-'));
  const file = join(folder, 'log');
  const outcome = await runProgram(example('log-shipping'), [file, '50000', ...extra]);
  expect(outcome).toMatchObject({ code: extra.length, hung: false });
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  rmSync(folder, { recursive: true });
  expect(lines).toEqual(Array.from({ length: 50_000 }, (_, i) => `line ${i}`));
});

test('primes are counted on several threads', async () => {
  const outcome = await runProgram(example('primes'), ['20', '2']);
  expect(outcome).toMatchObject({ code: 0, stdout: '17984 primes below 200000\n', hung: false });
});
