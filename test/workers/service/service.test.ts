import { ClosedError, EncodeError, FullError, struct, TimeoutError, u32 } from 'millrace/ring';
import { PoisonError, service } from 'millrace/workers';
import { describe, expect, test } from 'vitest';
import { runProgram } from '../child.ts';

const handler = new URL('./handler.mjs', import.meta.url);

interface Call {
  n?: number;
  throws?: string;
  dies?: boolean;
  ms?: number;
  bad?: boolean;
}

describe('a service', { timeout: 60_000 }, () => {
  test.each([1, 3])('answers each call, on %i threads', async (threads) => {
    await using double = service<Call, number>(handler, { threads });
    const answers = await Promise.all(Array.from({ length: 5000 }, (_, n) => double.call({ n })));
    expect(answers).toEqual(Array.from({ length: 5000 }, (_, n) => n * 2));
    expect(await double.call({})).toBeUndefined();
    expect(double.pending).toBe(0);
  });

  test('rejects its own call for what a handler throws, returns or is given, with the stack of the handler', async () => {
    await using double = service<Call, number>(handler, { threads: 2 });
    const calls = [{ n: 1 }, { throws: 'no' }, { n: 2 }, { bad: true }, { n: 3 }, { n: (() => 1) as never }];
    const answers = await Promise.allSettled(calls.map((call) => double.call(call)));
    expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : 'rejected'))).toEqual([
      2,
      'rejected',
      4,
      'rejected',
      6,
      'rejected',
    ]);
    const reasons = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    expect(reasons[0]).toMatchObject({ name: 'RangeError', message: 'no', code: 'NO' });
    expect(reasons[0].stack).toContain('handler.mjs');
    expect(reasons[1]).toBeInstanceOf(EncodeError);
    expect(reasons[2]).toBeInstanceOf(EncodeError);
  });

  test('rejects a call that kills threads, and makes the others again', async () => {
    await using double = service<Call, number>(handler, { threads: 2, maxDeaths: 2, concurrency: 4 });
    const calls = Array.from({ length: 40 }, (_, n) => double.call(n === 17 ? { dies: true } : { n, ms: 1 }));
    const answers = await Promise.allSettled(calls);
    for (const [n, answer] of answers.entries()) {
      if (n === 17) expect(answer).toMatchObject({ status: 'rejected', reason: expect.any(PoisonError) });
      else expect(answer).toEqual({ status: 'fulfilled', value: n * 2 });
    }
  });

  test('travels in structs, divides by key, and tells when it is idle', async () => {
    const N = struct({ n: u32 });
    await using double = service<{ n: number }, unknown>(new URL('./keyed.mjs', import.meta.url), {
      threads: 3,
      by: 'n',
      in: N,
      out: struct({ n: u32, thread: u32 }),
    });
    const threads = new Map<number, unknown>();
    for (let i = 0; i < 300; i++) {
      void double.call({ n: i % 10 }).then((answer) => {
        const { thread } = answer as { thread: number };
        if (threads.has(i % 10)) expect(threads.get(i % 10)).toBe(thread);
        threads.set(i % 10, thread);
      });
    }
    expect(double.pending).toBe(300);
    await double.idle();
    expect(double.pending).toBe(0);
    expect(threads.size).toBe(10);
    expect(new Set(threads.values()).size).toBeGreaterThan(1);
  });

  test('gives calls up by time and by signal, refuses too many, and rests', async () => {
    const double = service<Call, number>(handler, { threads: 1, maxPending: 3 });
    const abort = new AbortController();
    const calls = [
      double.call({ n: 1, ms: 60 }, { timeout: 10 }),
      double.call({ n: 2 }, { signal: abort.signal }),
      double.call({ n: 3 }),
    ];
    for (const call of calls) call.catch(() => {});
    const fourth = double.call({ n: 4 });
    abort.abort(new Error('no longer wanted'));
    await expect(fourth).rejects.toBeInstanceOf(FullError);
    await expect(calls[0]).rejects.toBeInstanceOf(TimeoutError);
    await expect(calls[1]).rejects.toThrow('no longer wanted');
    expect(await calls[2]).toBe(6);
    await double.idle();
    double.pause();
    const resting = double.call({ n: 5 });
    await expect(
      Promise.race([resting, new Promise((done) => setTimeout(done, 200, 'rests'))]),
    ).resolves.toBe('rests');
    double.resume();
    expect(await resting).toBe(10);
    await double.close();
    await expect(double.call({ n: 6 })).rejects.toBeInstanceOf(ClosedError);
    await service(handler).close();
  });

  test('lets the process end once it is closed', async () => {
    const outcome = await runProgram(new URL('./program.mjs', import.meta.url), []);
    expect(outcome).toMatchObject({ code: 0, hung: false, stdout: '2 4\n' });
  });

  test('refuses what makes no sense', () => {
    expect(() => service(handler, { maxPending: 0 })).toThrow(/maxPending/);
    expect(() => service(handler, { onError: 'skip' })).toThrow(/onError/);
  });
});
