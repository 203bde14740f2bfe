import { type DeadLetter, PoisonError, parallel } from 'millrace/workers';
import { describe, expect, test } from 'vitest';
import { chunksOf } from '../../../src/workers/flow/source.ts';

const handler = (name: string) => new URL(`./handlers/${name}`, import.meta.url);

interface Handled {
  n: number;
  key: string;
  most: number;
  beside: number;
  order: number;
}

describe('several calls at a time', { timeout: 60_000 }, () => {
  test.each([
    [1, false],
    [2, true],
  ])(
    'those of one key go one after the other, in order, also when they are tried again (%i threads, ordered: %s)',
    async (threads, ordered) => {
      const source = Array.from({ length: 400 }, (_, n) => ({ n, key: `k${n % 6}`, fails: n % 50 === 7 }));
      const results = await parallel<(typeof source)[number], Handled>(source, handler('in-turn.mjs'), {
        threads,
        ordered,
        by: 'key',
        concurrency: 8,
        onError: { retry: 1 },
      }).toArray();
      expect(results).toHaveLength(400);
      expect(Math.max(...results.map(({ beside }) => beside))).toBe(0);
      const most = Math.max(...results.map((result) => result.most));
      expect(most).toBeGreaterThan(1);
      expect(most).toBeLessThanOrEqual(8);
      for (let k = 0; k < 6; k++) {
        const own = results.filter(({ key }) => key === `k${k}`).sort((a, b) => a.order - b.order);
        expect(own.map(({ n }) => n)).toEqual(source.flatMap(({ n }) => (n % 6 === k ? [n] : [])));
        expect(own.map(({ order }) => order)).toEqual(own.map((_, i) => i));
      }
      if (ordered) expect(results.map(({ n }) => n)).toEqual(source.map(({ n }) => n));
    },
  );

  test('a record that kills its thread is found among several', async () => {
    const letters: DeadLetter[] = [];
    const source = Array.from({ length: 60 }, (_, n) => ({ n, dies: n === 33 }));
    const results = await parallel<(typeof source)[number], number>(
      source,
      new URL('../service/handler.mjs', import.meta.url),
      {
        threads: 1,
        ordered: true,
        concurrency: 5,
        maxDeaths: 2,
        onError: { deadLetter: (letter) => letters.push(letter) },
      },
    ).toArray();
    expect(results).toEqual(source.flatMap(({ n }) => (n === 33 ? [] : [n * 2])));
    expect(letters).toMatchObject([{ value: { n: 33 }, deaths: 2 }]);
    expect(letters[0]?.error).toBeInstanceOf(PoisonError);
  });
});

describe('how much is given to a thread', { timeout: 60_000 }, () => {
  test.each([1, 3, 8])('is bounded by prefetch: %i', async (prefetch) => {
    let taken = 0;
    let most = 0;
    let done = 0;
    function* source() {
      for (; taken < 300; taken++) {
        most = Math.max(most, taken - done);
        yield { n: taken };
      }
    }
    const results = parallel<{ n: number }, { n: number }>(source(), handler('double.mjs'), {
      threads: 1,
      ordered: true,
      prefetch,
    });
    for await (const batch of results.batches()) {
      done += batch.length;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(done).toBe(300);
    // What waits for the thread, what it holds back because results are taken slowly, and what the feeder has in hand.
    expect(most).toBeLessThanOrEqual(3 * prefetch + 16);
  });

  test('is what has come, when the source takes its time', async () => {
    function* slow() {
      for (let n = 0; n < 400; n++) {
        const until = performance.now() + 1;
        while (performance.now() < until);
        yield n;
      }
    }
    const chunk = await chunksOf(slow()).next(1024);
    expect(chunk?.length).toBeLessThanOrEqual(2);
  });

  test('rests between pause and resume', async () => {
    const source = Array.from({ length: 3000 }, (_, n) => ({ n }));
    const results = parallel<{ n: number }, { n: number }>(source, handler('double.mjs'), {
      threads: 2,
      ordered: true,
      prefetch: 16,
    });
    const got: number[] = [];
    let pausedAt: number | undefined;
    for await (const { n } of results) {
      got.push(n / 2);
      if (got.length !== 500) continue;
      results.pause();
      setTimeout(() => {
        pausedAt = got.length;
        setTimeout(() => {
          expect(got.length).toBe(pausedAt);
          results.resume();
        }, 200);
      }, 200);
    }
    expect(pausedAt).toBeLessThan(1000);
    expect(got).toEqual(source.map(({ n }) => n));
  });
});
