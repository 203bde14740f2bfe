import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { EncodeError, f64, spsc, struct, u32 } from 'millrace/ring';
import {
  type DeadLetter,
  HandlerModuleError,
  PoisonError,
  parallel,
  type Stall,
  ThreadDiedError,
} from 'millrace/workers';
import { Piscina } from 'piscina';
import { describe, expect, test } from 'vitest';

const handler = (name: string) => new URL(`./handlers/${name}`, import.meta.url);
const records = (count: number) => Array.from({ length: count }, (_, n) => ({ n }));
const numbers = (results: readonly { n: number }[]) => results.map(({ n }) => n);
const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
const upTo = (count: number) => numbers(records(count));

describe('parallel', { timeout: 120_000 }, () => {
  test.each([1, 3])('gives every result once, in order when asked, on %i threads', async (threads) => {
    for (const ordered of [true, false]) {
      const results = await parallel<{ n: number }, { n: number }>(records(20_000), handler('double.mjs'), {
        threads,
        ordered,
      }).toArray();
      const doubles = numbers(results).map((n) => n / 2);
      expect(ordered ? doubles : sorted(doubles)).toEqual(upTo(20_000));
    }
  });

  test.each([
    ['an iterable', () => new Set(records(500))],
    ['a generator', () => records(500).values()],
    ['a Node stream', () => Readable.from(records(500))],
    ['a web stream', () => Readable.toWeb(Readable.from(records(500)))],
    [
      'an async generator',
      async function* () {
        yield* records(500);
      },
    ],
  ])('takes %s', async (_, source) => {
    const results = parallel<{ n: number }, { n: number }>(
      source() as Iterable<{ n: number }>,
      handler('double.mjs'),
      {
        threads: 2,
        ordered: true,
      },
    );
    const seen: number[] = [];
    for await (const { n } of results) seen.push(n / 2);
    expect(seen).toEqual(upTo(500));
  });

  test('takes the reader of a ring, and structs', async () => {
    const Record = struct({ n: u32 });
    const ring = spsc(Record);
    ring.writer.offerAll(records(500));
    ring.close();
    const results = parallel(ring.reader, handler('double.mjs'), {
      threads: 2,
      ordered: true,
      in: Record,
      out: Record,
    });
    expect(numbers((await results.toArray()) as { n: number }[]).map((n) => n / 2)).toEqual(upTo(500));
  });

  test('gives no result for undefined, and each of a generator', async () => {
    const odd = await parallel<unknown, { n: number }>(records(1000), handler('odd.mjs'), {
      threads: 2,
      ordered: true,
    }).toArray();
    expect(numbers(odd)).toEqual(upTo(1000).filter((n) => n % 2 === 1));
    const all = await parallel<unknown, { n: number; i: number }>(records(3000), handler('expand.mjs'), {
      threads: 2,
      ordered: true,
    }).toArray();
    const expected = upTo(3000).flatMap((n) => Array.from({ length: n % 4 }, (_, i) => ({ n, i })));
    expect(all).toEqual(expected);
  });

  test('has several calls of an asynchronous handler under way', async () => {
    const results = await parallel<unknown, { n: number; most: number }>(
      records(200),
      handler('slowly.mjs'),
      {
        threads: 2,
        ordered: true,
        concurrency: 10,
      },
    ).toArray();
    expect(numbers(results)).toEqual(upTo(200));
    const most = Math.max(...results.map((result) => result.most));
    expect(most).toBeGreaterThan(2);
    expect(most).toBeLessThanOrEqual(10);
  });

  test('sends the same key to the same thread, in order, and restores the order of all if asked', async () => {
    const source = Array.from({ length: 5000 }, (_, n) => ({ key: `k${n % 7}`, n }));
    for (const [by, ordered] of [
      ['key', true],
      [({ key }: { key: string }) => key, false],
    ] as const) {
      const results = await parallel<{ key: string; n: number }, { key: string; n: number; thread: number }>(
        source,
        handler('keyed.mjs'),
        { threads: 3, by, ordered },
      ).toArray();
      if (ordered) expect(numbers(results)).toEqual(upTo(5000));
      for (let k = 0; k < 7; k++) {
        const own = results.filter(({ key }) => key === `k${k}`);
        expect(new Set(own.map(({ thread }) => thread)).size).toBe(1);
        expect(numbers(own)).toEqual(upTo(5000).filter((n) => n % 7 === k));
      }
      expect(new Set(results.map(({ thread }) => thread)).size).toBeGreaterThan(1);
    }
  });

  test('rejects with what a handler threw', async () => {
    const error = await parallel(records(100), handler('fails.mjs'), { threads: 2 })
      .toArray()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'RangeError', code: 'NO' });
    expect((error as Error).stack).toContain('fails.mjs');
  });

  test('skips, retries, and gives dead letters, as asked', async () => {
    const options = { threads: 2, ordered: true } as const;
    const good = upTo(100).filter((n) => n % 10 !== 3);
    const skipped = await parallel<unknown, { n: number }>(records(100), handler('fails.mjs'), {
      ...options,
      onError: 'skip',
    }).toArray();
    expect(numbers(skipped)).toEqual(good);
    const letters: DeadLetter[] = [];
    const results = await parallel<unknown, { n: number }>(records(100), handler('fails.mjs'), {
      ...options,
      onError: { retry: 2, otherwise: { deadLetter: (letter) => letters.push(letter) } },
    }).toArray();
    expect(numbers(results)).toEqual(good);
    expect(letters.map(({ value }) => (value as { n: number }).n)).toEqual(
      upTo(100).filter((n) => n % 10 === 3),
    );
    expect(letters[0]).toMatchObject({
      attempts: 3,
      deaths: 0,
      error: { name: 'RangeError', message: 'no 3' },
    });
    const flaky = await parallel<unknown, { n: number; count: number }>(records(50), handler('flaky.mjs'), {
      ...options,
      onError: { retry: 2 },
    }).toArray();
    expect(flaky.every(({ count }) => count === 3)).toBe(true);
    expect(numbers(flaky)).toEqual(upTo(50));
  });

  test('names stage and field of a result that can not be sent', async () => {
    const error = await parallel(records(10), handler('unsendable.mjs'), {
      threads: 1,
      name: 'score',
      out: struct({ id: u32 }) as never,
    })
      .toArray()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EncodeError);
    expect((error as Error).message).toMatch(/score.*id/);
  });

  test.each([true, false])('loses and repeats nothing when threads die (ordered: %s)', async (ordered) => {
    const seen = mkdtempSync(join(tmpdir(), 'millrace-'));
    const letters: DeadLetter[] = [];
    const source = records(1000).map(({ n }) => ({ n, seen }));
    const results = await parallel<unknown, { n: number }>(source, handler('dies.mjs'), {
      threads: 2,
      ordered,
      maxDeaths: 2,
      onError: { deadLetter: (letter) => letters.push(letter) },
    }).toArray();
    rmSync(seen, { recursive: true });
    const got = numbers(results);
    expect(ordered ? got : sorted(got)).toEqual(upTo(1000).filter((n) => n !== 777));
    expect(letters).toHaveLength(1);
    expect(letters[0]).toMatchObject({ value: { n: 777 }, deaths: 2 });
    expect(letters[0]?.error).toBeInstanceOf(PoisonError);
  });

  test('replaces a thread that reaches its heap limit', { timeout: 120_000 }, async () => {
    const pool = new Piscina({ maxThreads: 2, resourceLimits: { maxOldGenerationSizeMb: 24 } });
    pool.on('error', () => {}); // Of its threads that ended.
    const letters: DeadLetter[] = [];
    const results = await parallel<{ n: number }, { n: number }>(records(40), handler('hoards.mjs'), {
      threads: 2,
      ordered: true,
      pool,
      maxDeaths: 2,
      onError: { deadLetter: (letter) => letters.push(letter) },
    }).toArray();
    await pool.destroy();
    expect(numbers(results)).toEqual(upTo(40).filter((n) => n !== 7));
    expect(letters).toMatchObject([{ value: { n: 7 }, deaths: 2 }]);
  });

  test('a record that kills threads ends everything when nothing else was asked for', async () => {
    const run = parallel([{ n: 777, seen: '/' }], handler('dies.mjs'), {
      threads: 1,
      maxDeaths: 2,
    }).toArray();
    await expect(run).rejects.toBeInstanceOf(PoisonError);
  });

  test('is ended by its signal, also when handlers are busy', async () => {
    const abort = new AbortController();
    const run = parallel(records(10), handler('looks.mjs'), { threads: 2, signal: abort.signal }).toArray();
    setTimeout(() => abort.abort(new Error('enough')), 200);
    await expect(run).rejects.toThrow('enough');
  });

  test('tells of a handler that gets nowhere, and can end it', async () => {
    const stalls: Stall[] = [];
    const letters: DeadLetter[] = [];
    const results = await parallel<unknown, { n: number }>(records(40), handler('hangs.mjs'), {
      threads: 2,
      ordered: true,
      maxDeaths: 1,
      stallAfter: 100,
      onStall: (stall) => {
        stalls.push(stall);
        stall.cancel();
      },
      onError: { deadLetter: (letter) => letters.push(letter) },
    }).toArray();
    expect(numbers(results)).toEqual(upTo(40).filter((n) => n !== 7));
    expect(stalls).toHaveLength(1);
    expect(letters).toMatchObject([{ value: { n: 7 }, deaths: 1 }]);
  });

  test('can be left early, and tells the source', async () => {
    let ended = false;
    function* endless() {
      try {
        for (let n = 0; ; n++) yield { n };
      } finally {
        ended = true;
      }
    }
    let count = 0;
    for await (const _ of parallel(endless(), handler('double.mjs'), { threads: 2 }))
      if (++count === 100) break;
    expect(ended).toBe(true);
  });

  test("uses a user's own pool and leaves it usable", async () => {
    const pool = new Piscina({ minThreads: 2, maxThreads: 2 });
    for (let i = 0; i < 2; i++) {
      const results = parallel<unknown, { n: number }>(records(100), handler('double.mjs'), {
        threads: 2,
        ordered: true,
        pool,
      });
      expect(numbers(await results.toArray()).map((n) => n / 2)).toEqual(upTo(100));
    }
    await pool.destroy();
    const small = new Piscina({ maxThreads: 1 });
    expect(() => parallel(records(1), handler('double.mjs'), { threads: 2, pool: small })).toThrow(/pool/);
    await small.destroy();
  });

  test('loads CommonJS modules, by their path too', async () => {
    const results = await parallel<unknown, { n: number }>(records(3), handler('cjs.cjs').pathname, {
      threads: 1,
    }).toArray();
    expect(numbers(results)).toEqual([1, 2, 3]);
  });

  test('refuses what makes no sense', async () => {
    const double = handler('double.mjs');
    expect(() => parallel([], double, { threads: 0 })).toThrow(/threads/);
    expect(() => parallel([], './double.mjs')).toThrow(/import.meta.url/);
    expect(() => parallel(5 as never, double)).toThrow(/iterable/);
    await expect(parallel(records(1), handler('none.mjs'), { threads: 1 }).toArray()).rejects.toBeInstanceOf(
      HandlerModuleError,
    );
    expect(await parallel([], double, { threads: 2, ordered: true }).toArray()).toEqual([]);
    expect(ThreadDiedError.name).toBe('ThreadDiedError');
    expect(await parallel<number, number>([], double, { threads: 1, in: f64, out: f64 }).toArray()).toEqual(
      [],
    );
  });
});
