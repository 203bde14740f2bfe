import { setEnvironmentData } from 'node:worker_threads';
import { struct, u32 } from 'millrace/ring';
import { type DeadLetter, pipeline, type Slow } from 'millrace/workers';
import { describe, expect, test } from 'vitest';

const handler = (name: string) => new URL(`./handlers/${name}.mjs`, import.meta.url);
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);
const records = (count: number) => upTo(count).map((n) => ({ n, user: `u${n % 7}` }));
const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);

interface Marked {
  n: number;
  user: string;
  before: number;
  thread: number;
  order: number;
}

/** What the stages note about records, in shared memory. */
function watch(count: number): Int32Array {
  const buffer = new SharedArrayBuffer(4 * count);
  setEnvironmentData('seen', buffer);
  return new Int32Array(buffer);
}

/** Journal and replicate beside each other, and the logic after both. */
function diamond(source: Iterable<object>, logic: object = {}, others: object = {}) {
  return pipeline(source)
    .via(handler('marks'), { name: 'journal', threads: 1, ...others })
    .via(handler('marks'), { name: 'replicate', threads: 2, from: 'source', ...others })
    .via<Marked>(handler('marks'), {
      name: 'logic',
      threads: 2,
      after: ['journal', 'replicate'],
      ...others,
      ...logic,
    });
}

describe('stages that read the same', { timeout: 120_000 }, () => {
  test.each([true, false])(
    'a stage sees what those before it are done with (ordered: %s)',
    async (ordered) => {
      const seen = watch(4000);
      const results: Marked[] = [];
      const source = records(4000).map((record) => ({ ...record, slow: record.n % 500 === 1 }));
      const summary = await diamond(source, { ordered }).to(results).run();
      expect(results.every(({ before }) => (before & 3) === 3)).toBe(true);
      const numbers = results.map(({ n }) => n);
      expect(ordered ? numbers : sorted(numbers)).toEqual(upTo(4000));
      expect(seen.every((bits) => bits === 7)).toBe(true);
      expect(summary.stages.map(({ records }) => records)).toEqual([4000, 4000, 4000]);
      expect(new Set(results.map(({ thread }) => thread)).size).toBe(2);
    },
  );

  test('a journal keeps the order of all, and the logic divides by key behind it', async () => {
    watch(3000);
    const results: Marked[] = [];
    await diamond(records(3000), { threads: 3, by: 'user', ordered: true }).to(results).run();
    expect(results.map(({ n }) => n)).toEqual(upTo(3000));
    for (const user of ['u0', 'u1', 'u2', 'u3', 'u4', 'u5', 'u6']) {
      const own = results.filter((result) => result.user === user);
      expect(new Set(own.map(({ thread }) => thread)).size).toBe(1);
      expect(own.map(({ order }) => order)).toEqual(sorted(own.map(({ order }) => order)));
    }
    const journalled: Marked[] = [];
    watch(3000);
    await diamond(records(3000), { by: 'user' }).to(journalled, { from: 'journal' }).run();
    expect(journalled.map(({ n, order }) => [n, order])).toEqual(upTo(3000).map((n) => [n, n]));
  });

  test.each([true, false])('threads that die lose and repeat nothing (ordered: %s)', async (ordered) => {
    const seen = watch(600);
    const results: Marked[] = [];
    const source = records(600).map((record) => ({ ...record, dies: record.n % 150 === 77 }));
    const summary = await diamond(source, { ordered }, { maxDeaths: 10 }).to(results).run();
    const numbers = results.map(({ n }) => n);
    expect(ordered ? numbers : sorted(numbers)).toEqual(upTo(600));
    expect(results.every(({ before }) => (before & 3) === 3)).toBe(true);
    expect(seen.every((bits) => bits === 7)).toBe(true);
    expect(summary.stages.map(({ deaths }) => deaths)).toEqual([4, 4, 4]);
  });

  test('branches choose by fields, and join again in the order of the source', async () => {
    const kinds = ['sale', 'refund', 'gift', 'sale', 'return'];
    const source = upTo(3000).map((n) => ({ n, kind: kinds[(n * 7) % 5] as string }));
    const results: { n: number; kind: string; by: string }[] = [];
    const summary = await pipeline(source)
      .via(handler('same'), { name: 'parse', threads: 2 })
      .via(handler('tag'), { name: 'sales', threads: 2, ordered: true, where: { kind: 'sale' } })
      .via(handler('tag'), {
        name: 'back',
        from: 'parse',
        threads: 1,
        ordered: true,
        where: { kind: ['refund', 'return'] },
      })
      .via(handler('tag'), { name: 'rest', from: 'parse', threads: 1, ordered: true, where: 'otherwise' })
      .to(results, { from: ['sales', 'back', 'rest'] })
      .run();
    const branch: Record<string, string> = { sale: 'sales', refund: 'back', return: 'back', gift: 'rest' };
    expect(results).toEqual(source.map((record) => ({ ...record, by: branch[record.kind] })));
    expect(summary.stages.map(({ records }) => records)).toEqual([3000, 1200, 1200, 600]);
  });

  test('a stage gives its results to several, in structs, and one joins theirs', async () => {
    const N = struct({ n: u32 });
    const results: { n: number; by: string }[] = [];
    await pipeline(upTo(2000).map((n) => ({ n })))
      .via(handler('same'), { name: 'same', threads: 2, in: N, out: N })
      .via(handler('tag'), { name: 'left', threads: 2 })
      .via(handler('tag'), { name: 'right', from: 'same', threads: 1 })
      .via<{ n: number; by: string }>(handler('same'), { name: 'join', from: ['left', 'right'], threads: 2 })
      .to(results)
      .run();
    for (const name of ['left', 'right']) {
      expect(sorted(results.filter(({ by }) => by === name).map(({ n }) => n))).toEqual(upTo(2000));
    }
  });

  test('a function may choose what comes from the source', async () => {
    const results: { n: number; by: string }[] = [];
    await pipeline(records(500))
      .via(handler('tag'), { name: 'even', threads: 1, where: ({ n }) => n % 2 === 0 })
      .to(results)
      .run();
    expect(results.map(({ n }) => n)).toEqual(upTo(500).filter((n) => n % 2 === 0));
  });

  test('dead letters come once, also of stages whose results nobody takes', async () => {
    const letters: DeadLetter[] = [];
    const onError = { deadLetter: (letter: DeadLetter) => letters.push(letter) };
    const results: { n: number }[] = [];
    const summary = await pipeline(records(200))
      .via(handler('refuses'), { name: 'first', threads: 2, onError })
      .via(handler('refuses'), { name: 'unread', threads: 2, onError })
      .via<{ n: number }>(handler('same'), { name: 'taken', from: 'first', threads: 2, ordered: true })
      .to(results)
      .run();
    const good = upTo(200).filter((n) => n % 10 !== 3);
    expect(results.map(({ n }) => n)).toEqual(good);
    expect(letters.map(({ stage }) => stage)).toEqual(Array(20).fill('first'));
    expect(summary).toMatchObject({ dead: 20 });
    letters.length = 0;
    await pipeline(records(200))
      .via(handler('refuses'), { name: 'watcher', threads: 2, onError })
      .via<{ n: number }>(handler('same'), { name: 'taken', from: 'source', after: ['watcher'], threads: 2 })
      .to([])
      .run();
    expect(letters.map(({ stage }) => stage)).toEqual(Array(20).fill('watcher'));
  });

  test('the slowest of those that read the same holds everybody back, and is told of', async () => {
    const slow: Slow[] = [];
    let taken = 0;
    function* source() {
      for (; taken < 200_000; taken++) yield { n: taken, text: 'x'.repeat(1000) };
    }
    const abort = new AbortController();
    let count = 0;
    const run = pipeline(source())
      .via(new URL('../handlers/../parallel/handlers/hangs.mjs', import.meta.url), {
        name: 'slow',
        threads: 1,
        slowAfter: 100,
        onSlow: (one) => {
          slow.push(one);
          setTimeout(() => abort.abort(new Error('seen enough')), 300);
        },
      })
      .via(handler('same'), { name: 'quick', from: 'source', threads: 1 })
      .to(() => void count++)
      .run({ signal: abort.signal });
    await expect(run).rejects.toThrow('seen enough');
    expect(count).toBeGreaterThan(7);
    expect(taken).toBeLessThan(100_000);
    expect(slow).toMatchObject([{ stage: 'slow' }]);
    expect(slow[0]?.waiting).toBeGreaterThanOrEqual(7);
  });

  test('results of results keep their order when they are divided by key', async () => {
    const results: { n: number; path: number[] }[] = [];
    await pipeline(records(60))
      .via(handler('often'), { threads: 2 })
      .via(handler('often'), { threads: 2 })
      .via<{ n: number; path: number[] }>(handler('same'), { threads: 3, by: 'path', ordered: true })
      .to(results)
      .run();
    const expected = upTo(60).flatMap((n) =>
      upTo(20).flatMap((i) => upTo(20).map((j) => ({ n, path: [i, j] }))),
    );
    expect(results).toEqual(expected);
  });

  test('refuses what makes no sense', async () => {
    const same = handler('same');
    const start = pipeline([]).via(same, { name: 'a' }).via(same, { name: 'b' });
    expect(() => start.via(same, { after: ['c'] })).toThrow(/no stage 'c'/);
    expect(() => start.via(same, { after: ['a'], from: 'b' })).toThrow(/read the same/);
    expect(() => start.via(same, { after: ['a', 'b'] })).toThrow(/read the same/);
    expect(() => start.via(same, { name: 'a' })).toThrow(/another stage/);
    expect(() => start.via(same, { name: 'source' })).toThrow(/the source/);
    expect(() => start.via(same, { from: ['a', 'b'], ordered: true })).toThrow(/joins/);
    expect(() => start.to([], { from: 'c' })).toThrow(/no stage 'c'/);
    expect(() => start.via(same, { where: () => true })).toThrow(/name fields/);
    const empty = start.via(same, { from: 'source', where: {} }).to([]);
    await expect(empty.run()).rejects.toThrow(/where/);
    const many = pipeline([]).via(same, { threads: 20 }).via(same, { from: 'source', threads: 20 }).to([]);
    await expect(many.run()).rejects.toThrow(/40 threads/);
  });
});
