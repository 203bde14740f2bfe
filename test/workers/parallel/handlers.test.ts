import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EncodeError, struct, u32 } from 'millrace/ring';
import { type DeadLetter, HandlerModuleError, parallel, pipeline } from 'millrace/workers';
import { describe, expect, test } from 'vitest';
import { runProgram } from '../child.ts';

const handler = (name: string) => new URL(`./handlers/${name}`, import.meta.url);
const records = (count: number) => Array.from({ length: count }, (_, n) => ({ n }));

describe('a handler', { timeout: 60_000 }, () => {
  test.each([1, 4])(
    'may give a value, a promise, nothing, or any number of results (concurrency %i)',
    async (concurrency) => {
      const kinds = ['value', 'promise', 'nothing', 'promise of nothing', 'generator', 'async generator'];
      const source = Array.from({ length: 300 }, (_, n) => ({ n, kind: kinds[n % 6] as string }));
      const options = { threads: 2, ordered: true, concurrency } as const;
      const results = await parallel<(typeof source)[number], number>(
        source,
        handler('kinds.mjs'),
        options,
      ).toArray();
      const expected = source.flatMap(({ n }) => [[n], [n], [], [], [n, n], [n, n]][n % 6] as number[]);
      expect(results).toEqual(expected);
    },
  );

  test('is told where it runs, and has an object of its own that open prepares', async () => {
    interface Told {
      n: number;
      thread: number;
      count: number;
    }
    const results = await parallel<{ n: number }, Told>(records(2000), handler('contextual.mjs'), {
      threads: 2,
      name: 'told',
    }).toArray();
    for (const thread of [0, 1]) {
      const own = results.filter((result) => result.thread === thread);
      expect(own[0]).toMatchObject({ threads: 2, stage: 'told', aborted: false, opened: `by ${thread}` });
      expect(own.map(({ count }) => count)).toEqual(own.map((_, i) => i + 1));
    }
  });

  test('that throws leaves its stack, in letters too, and is called again after a while', async () => {
    const letters: DeadLetter[] = [];
    const from = performance.now();
    await parallel(records(4), handler('fails.mjs'), {
      threads: 1,
      onError: { retry: 2, delay: 40, otherwise: { deadLetter: (letter) => letters.push(letter) } },
    }).toArray();
    expect(performance.now() - from).toBeGreaterThan(40 + 80);
    expect(letters).toMatchObject([{ value: { n: 3 }, attempts: 3, thread: 0 }]);
    expect(letters[0]?.error).toBeInstanceOf(RangeError);
    expect(letters[0]?.error.stack).toMatch(/fails\.mjs:\d+/);
    const retried = parallel(records(4), handler('fails.mjs'), {
      threads: 1,
      onError: { retry: 1, otherwise: 'skip' },
    });
    expect(await retried.toArray()).toHaveLength(3);
  });

  test('gets no record that can not be sent: the error names stage and field', async () => {
    const source = [{ id: 1 }, { id: 'two' as never }];
    const run = parallel(source, handler('double.mjs'), {
      threads: 1,
      name: 'score',
      in: struct({ id: u32 }),
    });
    const error = await run.toArray().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EncodeError);
    expect(error).toMatchObject({ field: 'id', message: expect.stringMatching(/score.*id/s) });
  });

  test('may be TypeScript where Node runs it, and the error says so where it does not', async () => {
    const run = parallel<{ n: number }, number>(records(3), handler('typed.ts'), { threads: 1 }).toArray();
    const runsTypeScript = (process.features as { typescript?: string | false }).typescript;
    if (runsTypeScript) return expect(await run).toEqual([0, 3, 6]);
    const error = await run.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(HandlerModuleError);
    expect((error as Error).message).toMatch(/typed\.ts.*TypeScript: compile it/s);
  });
});

test('TypeScript is loaded by tsx where Node can not and it is installed', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-'));
  const tsx = join(folder, 'node_modules', 'tsx');
  mkdirSync(tsx, { recursive: true });
  // Something with the entry points of tsx that only knows one module.
  const exports = { './package.json': './package.json', './esm/api': { import: { default: './api.mjs' } } };
  writeFileSync(join(tsx, 'package.json'), JSON.stringify({ name: 'tsx', type: 'module', exports }));
  writeFileSync(join(tsx, 'api.mjs'), 'export const tsImport = async () => ({ default: ({ n }) => n * 2 });');
  writeFileSync(
    join(folder, 'handler.ts'),
    'enum Factor { Two = 2 }\nexport default ({ n }: any) => n * Factor.Two;',
  );
  const results = await parallel<{ n: number }, number>(records(3), join(folder, 'handler.ts'), {
    threads: 1,
  }).toArray();
  rmSync(folder, { recursive: true });
  expect(results).toEqual([0, 2, 4]);
});

describe('a program', { timeout: 60_000 }, () => {
  test('may be CommonJS', async () => {
    const outcome = await runProgram(new URL('../programs/from-commonjs.cjs', import.meta.url), [], 30_000);
    expect(outcome).toMatchObject({ code: 0, stdout: '2 3\n', hung: false });
  });

  test('ends when its pipeline is done, and not before', async () => {
    const outcome = await runProgram(new URL('../programs/pipeline-ends.mjs', import.meta.url), [], 30_000);
    expect(outcome).toMatchObject({ code: 0, stdout: 'ends after 300\n', hung: false });
  });
});

test('a pipeline tells how fast it was, and when it will be done', { timeout: 60_000 }, async () => {
  const etas: (number | undefined)[] = [];
  const summary = await pipeline(records(400))
    .via(handler('slowly.mjs'), { threads: 2, name: 'slow', concurrency: 2 })
    .to(() => {})
    .run({ onProgress: ({ etaMs }) => etas.push(etaMs) });
  const [stage] = summary.stages;
  expect(stage).toMatchObject({
    name: 'slow',
    threads: 2,
    records: 400,
    results: 400,
    waiting: 0,
    deaths: 0,
  });
  expect(stage?.rate).toBeCloseTo((400 / summary.ms) * 1000, 0);
  expect(stage?.utilisation).toBeGreaterThan(0.05);
  expect(stage?.utilisation).toBeLessThanOrEqual(1);
  expect(stage?.latency.p50).toBeGreaterThan(0.5);
  expect(stage?.latency.p99).toBeGreaterThanOrEqual(stage?.latency.p50 as number);
  expect(etas.some((eta) => eta !== undefined && eta > 0)).toBe(true);
  expect(etas.at(-1)).toBe(0);
});
