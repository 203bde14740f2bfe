import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

function bench(...args: string[]) {
  return spawnSync(process.execPath, [MAIN, 'bench', ...args], { encoding: 'utf8', timeout: 25_000 });
}

test('millrace bench --json prints one result a line', () => {
  const { stdout, status } = bench(
    '--quick',
    '--rounds',
    '1',
    '--json',
    '-s',
    'number-1p1c',
    '-c',
    'millrace-spsc',
  );
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(status).toBe(0);
  expect(Object.keys(lines[0])).toEqual(['scenario', 'contender', 'unit', 'median', 'min', 'max', 'runs']);
  expect(lines[0]).toMatchObject({
    scenario: 'number-1p1c',
    contender: 'millrace-spsc',
    unit: 'M msg/s',
    runs: 1,
  });
  expect(lines[0].median).toBeGreaterThan(0);
});

test('an unknown name is refused with the names there are', () => {
  const { stderr, status } = bench('--scenario', 'number-9p9c');
  expect(status).toBe(2);
  expect(stderr).toMatch(/No scenario is named number-9p9c; there are .*number-1p1c/);
});

test('an unknown option is refused', () => {
  const { stderr, status } = bench('--slow');
  expect(status).toBe(2);
  expect(stderr).toContain('--help');
});

test('--help names every scenario and contender', () => {
  const { stdout, status } = bench('--help');
  expect(status).toBe(0);
  for (const name of ['number-2p2c', 'round-trip-async', 'millrace-mpmc', 'postMessage-100']) {
    expect(stdout).toContain(name);
  }
});
