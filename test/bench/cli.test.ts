import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { results } from './results.ts';

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

const FOLDER = fileURLToPath(new URL('../../build/', import.meta.url));
const RESULTS = `${FOLDER}test-results-of-a-run.json`;
mkdirSync(FOLDER, { recursive: true });
writeFileSync(RESULTS, JSON.stringify(results));

test('--guard prints scenario, promised, measured and a verdict, and fails when something is short', () => {
  const { stdout, status } = bench('--from', RESULTS, '--guard');
  expect(stdout).toMatch(
    /^1P1C, 8-byte numbers, one publish a message +≥ 60.0 × postMessage +30.0 \(.*\) +short$/m,
  );
  expect(stdout).toMatch(
    /^round trip, parked, p50 .* not measured: atomics did not run in round-trip-park$/m,
  );
  expect(status).toBe(1);
});

test('--warn lets it pass', () => {
  expect(bench('--from', RESULTS, '--guard', '--warn').status).toBe(0);
});

test('--markdown, --compare and --agree work on results that were kept', () => {
  const markdown = `${FOLDER}test-benchmarks.md`;
  const compared = ['--compare', RESULTS, '--agree', RESULTS];
  const { stdout, status } = bench('--from', RESULTS, ...compared, '--markdown', markdown);
  expect(status).toBe(0);
  expect(stdout).toContain('number-1p1c                  millrace-spsc            1.00');
  expect(stdout).toMatch(/(\d+) of \1 ratios agree within their intervals, promised 90 %: ok/);
  expect(readFileSync(markdown, 'utf8')).toContain('### round-trip-park');
});

test('a file that holds no results is refused', () => {
  const { stderr, status } = bench('--from', fileURLToPath(import.meta.url));
  expect(status).toBe(2);
  expect(stderr).toContain("Can't read results");
});

test('a command that does not exist is refused with those there are', () => {
  const { stderr, status } = spawnSync(process.execPath, [MAIN, 'nonsense'], { encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toContain('bench ');
});
