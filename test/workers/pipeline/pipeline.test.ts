import { Writable } from 'node:stream';
import { f64, spsc } from 'millrace/ring';
import { type Progress, pipeline, toReadable, toWritable } from 'millrace/workers';
import { describe, expect, test } from 'vitest';

const handler = (name: string) => new URL(`./handlers/${name}.mjs`, import.meta.url);
const records = (count: number) => Array.from({ length: count }, (_, n) => ({ n }));
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

interface Counted {
  user: string;
  n: number;
  seen: number;
  thread: number;
}

describe('a pipeline', () => {
  test('parses, divides by key, counts in order, and sums up', async () => {
    const lines = upTo(4000).map((n) => (n % 10 === 0 ? 'nonsense' : `user${n % 7} ${n}`));
    const results: Counted[] = [];
    const seen: Progress[] = [];
    const summary = await pipeline(lines)
      .via(handler('parse'), { threads: 2, name: 'parse' })
      .via<Counted>(handler('count'), { threads: 3, by: 'user', ordered: true, name: 'count' })
      .to(results)
      .run({ onProgress: (progress) => seen.push(progress) });
    expect(results.map(({ n }) => n)).toEqual(upTo(4000).filter((n) => n % 10 !== 0));
    const counts = new Map<string, number>();
    for (const { user, seen: nth } of results) {
      counts.set(user, (counts.get(user) ?? 0) + 1);
      expect(nth).toBe(counts.get(user));
    }
    expect(summary).toMatchObject({ records: 4000, results: 3600, dead: 0 });
    expect(summary.stages).toMatchObject([
      { name: 'parse', threads: 2, records: 4000, results: 3600, deaths: 0 },
      { name: 'count', threads: 3, records: 3600, results: 3600, deaths: 0 },
    ]);
    expect(summary.stages[0]?.latency.p99).toBeGreaterThan(0);
    expect(seen.at(-1)).toMatchObject({ records: 4000, results: 3600, total: 4000 });
  });

  test('passes through many stages in order, expanding on the way', async () => {
    const results: { n: number; half: number }[] = [];
    await pipeline(records(3000))
      .via(handler('same'), { threads: 2 })
      .via(handler('twice'), { threads: 3 })
      .via<{ n: number; half: number }>(handler('same'), { threads: 2, ordered: true })
      .to(results)
      .run();
    expect(results).toEqual(upTo(3000).flatMap((n) => [0, 1].map((half) => ({ n, half }))));
  });

  test('is held back by a slow sink, and no further than its lanes reach', async () => {
    let taken = 0;
    function* source() {
      for (; taken < 1_000_000; taken++) yield 'x'.repeat(1000);
    }
    const abort = new AbortController();
    let count = 0;
    const slow = new Writable({
      objectMode: true,
      highWaterMark: 1,
      write(_value, _encoding, done) {
        if (++count === 20) abort.abort(new Error('seen enough'));
        setTimeout(done, 10);
      },
    });
    const run = pipeline(source())
      .via(handler('same'), { threads: 2 })
      .to(slow)
      .run({ signal: abort.signal });
    await expect(run).rejects.toThrow('seen enough');
    expect(taken).toBeLessThan(100_000);
  });

  test('hands results to a ring, which streams read', async () => {
    const ring = spsc(f64, { capacity: 16 });
    const read = (async () => {
      const all: number[] = [];
      for await (const value of toReadable(ring.reader)) all.push(value as number);
      return all;
    })();
    await pipeline(upTo(1000))
      .via<number>(handler('same'), { threads: 2, ordered: true })
      .to(toWritable(ring.writer))
      .run();
    expect(await read).toEqual(upTo(1000));
  });

  test('rejects with what the sink throws', async () => {
    const run = pipeline(records(100))
      .via(handler('same'), { threads: 1 })
      .to(() => {
        throw new Error('no more');
      })
      .run();
    await expect(run).rejects.toThrow('no more');
  });

  test('loses and repeats nothing, and keeps the order, while threads of two stages die', {
    timeout: 120_000,
  }, async () => {
    const results: { n: number }[] = [];
    const summary = await pipeline(records(1500))
      .via(handler('fragile'), { threads: 2, maxDeaths: 1000 })
      .via<{ n: number }>(handler('fragile'), { threads: 2, ordered: true, maxDeaths: 1000 })
      .to(results)
      .run();
    expect(results.map(({ n }) => n)).toEqual(upTo(1500));
    expect(summary.stages.reduce((sum, { deaths }) => sum + deaths, 0)).toBeGreaterThan(5);
  });

  test('gets on with threads that do not live as long as a frame is', { timeout: 60_000 }, async () => {
    const results: { n: number }[] = [];
    const summary = await pipeline(records(200))
      .via(handler('mayfly'), { threads: 1, ordered: true, maxDeaths: 3 })
      .to(results)
      .run();
    expect(results.map(({ n }) => n)).toEqual(upTo(200));
    expect(summary.stages[0]?.deaths).toBeLessThan(40);
  });

  test('a stage rests while it is paused, what is before it fills up, and progress shows where', async () => {
    const job = pipeline(records(200_000))
      .via(handler('same'), { threads: 1, name: 'quick', prefetch: 64 })
      .via(handler('same'), { threads: 1, name: 'held', prefetch: 64 })
      .to(() => {});
    job.pause('held');
    expect(() => job.resume('none')).not.toThrow(); // Nothing runs yet.
    let calls = 0;
    let rested: Progress | undefined;
    const summary = await job.run({
      onProgress: (progress) => {
        calls++;
        if (rested !== undefined || calls < 4 || (progress.stages[1]?.waiting ?? 0) < 8) return;
        rested = progress;
        job.resume('held');
      },
    });
    expect(rested?.stages).toMatchObject([
      { name: 'quick', paused: false },
      { name: 'held', paused: true, records: 0 },
    ]);
    expect(rested?.records).toBeLessThan(1000);
    expect(summary).toMatchObject({ records: 200_000, results: 200_000 });
    expect(summary.stages.map(({ waiting }) => waiting)).toEqual([0, 0]);
    expect(() => job.pause('none')).toThrow(/no stage 'none'/);
  });

  test('refuses what makes no sense', async () => {
    const same = handler('same');
    expect(() => pipeline([]).to([])).toThrow(/via/);
    expect(() =>
      pipeline([])
        .via(same)
        .via(same, { by: (value) => value }),
    ).toThrow(/field/);
    await expect(
      pipeline([])
        .via(same)
        .to(5 as never)
        .run(),
    ).rejects.toThrow(/sink/);
  });
});
