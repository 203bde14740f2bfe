import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { unexplainedIn } from '../../bench/report/findings.ts';
import { markdownReport } from '../../bench/report/markdown.ts';
import { pictureOf } from '../../bench/report/picture.ts';
import { readmeText, writeReadme } from '../../bench/report/readme.ts';
import { readAll, writeResults } from '../../bench/report/results.ts';
import { results } from './results.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-documents-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The same run on another Node, at another time. */
const runOn = (node: string, startedAt: string) => ({
  ...results,
  startedAt,
  machine: { ...results.machine, node },
});

describe('the table of the README', () => {
  test('has ours, what Node has itself, and the best of the others', () => {
    expect(readmeText(results)).toMatch(
      /\| 8-byte numbers, one by one, M msg\/s \| \*\*30\.0 \(28\.0 … 31\.0\)\*\* \| 1\.00 \(0\.900 … 1\.10\) \| 12\.0 `ringbuf\.js` \| 85\.0 `java-disruptor` \| 30\.0 \(.*\) \|/,
    );
  });

  test('leaves out who failed, and scenarios that did not run', () => {
    expect(readmeText(results)).not.toMatch(/thread-stream|1 KiB/);
  });

  test('stands between two marks, and nothing else changes', () => {
    const path = join(folder, 'README.md');
    const around = (inside: string) =>
      `before\n<!-- Written by \`npm run bench:docs\`. -->\n\n${inside}\n\n<!-- Until here. -->\nafter\n`;
    writeFileSync(path, around('an older table'));
    writeReadme(path, results);
    writeReadme(path, results);
    expect(readFileSync(path, 'utf8')).toBe(around(readmeText(results)));
  });

  test('is refused where there is no place for it', () => {
    const path = join(folder, 'OTHER.md');
    writeFileSync(path, 'nothing');
    expect(() => writeReadme(path, results)).toThrow('has no place for a table');
  });
});

describe('the picture', () => {
  const svg = pictureOf(results);

  test('has a bar for everybody who is shown, and none that leaves its panel', () => {
    const widths = [
      ...svg.matchAll(/<rect class="(?:ours|javascript|native)" x="\d+" y="[\d.]+" width="([\d.]+)"/g),
    ].map(([, width]) => Number(width));
    expect(widths.length).toBeGreaterThan(5);
    for (const width of widths) expect(width).toBeLessThan(450);
  });

  test('is one file, light and dark', () => {
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).toContain('prefers-color-scheme:dark');
    expect(svg).not.toMatch(/(href|src)=/);
  });
});

test('scenarios that are short and of which nobody says why are named', () => {
  expect(unexplainedIn(results, 'nothing')).toEqual(['number-1p1c']);
  expect(unexplainedIn(results, '| `number-1p1c` | because |')).toEqual([]);
});

describe('results of several runs', () => {
  const runs = join(folder, 'runs');
  mkdirSync(runs);
  const names = [
    runOn('v26.1.0', '2026-01-02T00:00:00.000Z'),
    runOn('v20.20.2', '2026-01-01T00:00:00.000Z'),
    runOn('v20.20.2', '2026-01-03T00:00:00.000Z'),
  ].map((one) => writeResults(runs, one));

  test('are named after time, Node and commit', () => {
    expect(names[0]).toMatch(/20260102T000000Z-node-26\.1\.0-abc1234\.json$/);
  });

  test('are the newest of each line of Node', () => {
    const found = readAll(runs).map(({ machine, startedAt }) => `${machine.node} ${startedAt.slice(0, 10)}`);
    expect(found).toEqual(['v20.20.2 2026-01-03', 'v26.1.0 2026-01-02']);
  });

  test('stand beside each other where promises are', () => {
    const [first, ...others] = readAll(runs);
    if (first === undefined) throw new Error('There are no results.');
    const text = markdownReport(first, others);
    expect(text).toContain('| scenario | promised | Node v20.20.2 (95 %) |  | Node v26.1.0 (95 %) |  |');
    expect(text).toMatch(
      /\| 1P1C, 8-byte numbers, one publish a message \| ≥ 60\.0 × postMessage \| 30\.0 .* short \| 30\.0 .* short \|/,
    );
  });

  test('are not those of a quick run, or of a part', () => {
    for (const lesser of ['quick', 'part'] as const)
      writeResults(runs, runOn('v28.0.0', '2026-02-01T00:00:00.000Z'), lesser);
    expect(readAll(runs)).toHaveLength(2);
  });

  test('of an empty folder are refused', () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    expect(() => readAll(empty)).toThrow('holds no results of a whole run');
  });
});
