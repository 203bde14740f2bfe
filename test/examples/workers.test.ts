import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from '../workers/child.ts';

const example = (name: string) => new URL(`../../examples/${name}/main.js`, import.meta.url);

test.each([
  [[], 0],
  [['crash'], 1],
  [['reject'], 1],
  [['exit'], 0],
])('log shipping loses no line, ending by %j', { timeout: 60_000 }, async (end, code) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-'));
  const file = join(folder, 'log');
  const outcome = await runProgram(example('log-shipping'), [file, '50000', ...end], 50_000);
  expect(outcome).toMatchObject({ code, hung: false });
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  rmSync(folder, { recursive: true });
  expect(lines).toEqual(Array.from({ length: 50_000 }, (_, i) => `line ${i}`));
});

test('a log is parsed on several threads, from a file too, with lines across pieces', {
  timeout: 60_000,
}, async () => {
  const made = await runProgram(example('access-log'), ['', '2'], 50_000);
  expect(made).toMatchObject({ code: 0, hung: false });
  expect(made.stdout).toContain('100000 lines, 100 of them unreadable\n');
  const folder = mkdtempSync(join(tmpdir(), 'millrace-'));
  const file = join(folder, 'access.log');
  const lines = Array.from({ length: 5000 }, (_, i) => {
    const status = i % 100 === 0 ? 500 : 200;
    return `::1 - - [27/Nov/2026:13:55:36 +0000] "GET /p${i % 2}?n=${i} HTTP/1.1" ${status} ${i % 2 === 0 ? 10 : '-'}`;
  });
  writeFileSync(file, `${lines.join('\n')}\nnonsense`);
  const parsed = await runProgram(example('access-log'), [file, '2'], 50_000);
  rmSync(folder, { recursive: true });
  expect(parsed.stdout).toBe(
    '/p0 2500 requests, 25000 bytes, 50 errors\n/p1 2500 requests, 0 bytes, 0 errors\n5001 lines, 1 of them unreadable\n',
  );
});

test('primes are counted on several threads', async () => {
  const outcome = await runProgram(example('primes'), ['20', '2']);
  expect(outcome).toMatchObject({ code: 0, stdout: '17984 primes below 200000\n', hung: false });
});
