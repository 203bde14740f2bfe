import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { markdownReport } from '../../bench/report/markdown.ts';
import { pictureOf } from '../../bench/report/picture.ts';
import { readmeText } from '../../bench/report/readme.ts';
import { isOfWholeRun, type Results, readAll } from '../../bench/report/results.ts';
import { ROOT } from '../../bench/root.ts';

const FOLDER = join(ROOT, 'bench', 'results');
const published = existsSync(FOLDER) && readdirSync(FOLDER).some(isOfWholeRun);
const read = (...path: string[]): string => readFileSync(join(ROOT, ...path), 'utf8');

/** What stands in the documents is what was measured: `npm run bench:docs` writes it anew. */
describe.skipIf(!published)('what is published', () => {
  const [results, ...others] = published ? (readAll(FOLDER) as [Results, ...Results[]]) : [undefined];

  test.skipIf(results === undefined).each([
    ['docs/benchmarks.md', (one: Results) => markdownReport(one, others)],
    ['docs/benchmarks.svg', pictureOf],
  ])('%s is made from the newest results', (path, make) => {
    expect(read(path) === make(results as Results), 'out of date: npm run bench:docs').toBe(true);
  });

  test('the README has the table of the newest results', () => {
    expect(
      read('README.md').includes(readmeText(results as Results)),
      'out of date: npm run bench:docs',
    ).toBe(true);
  });
});
