import { f64, mpmc, spsc } from 'millrace/ring';
import { HandlerModuleError, ThreadDiedError, WorkerGroup } from 'millrace/workers';
import { describe, expect, test } from 'vitest';

const handler = (name: string) => new URL(`./handlers/${name}.mjs`, import.meta.url);
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

describe('a worker group', () => {
  test('deals rings to threads, and its results are what close returned, thread by thread', async () => {
    const rings = [spsc(f64), spsc(f64), spsc(f64)];
    const group = new WorkerGroup(handler('sum'), rings, { threads: 2 });
    for (const [i, ring] of rings.entries()) await ring.writer.put(10 ** i);
    for (const ring of rings) ring.close();
    expect(await group.results).toEqual([
      { sum: 101, opened: 200 },
      { sum: 10, opened: 201 },
    ]);
  });

  test('shares one ring among its threads', async () => {
    const ring = mpmc(f64, { capacity: 16 });
    const group = new WorkerGroup(handler('sum'), [ring], { threads: 3, shared: true });
    for (const value of numbers(3000)) await ring.writer.put(value);
    ring.close();
    const results = (await group.results) as { sum: number }[];
    expect(results).toHaveLength(3);
    expect(results.reduce((all, { sum }) => all + sum, 0)).toBe((3000 * 3001) / 2);
  });

  test('gives a batch handler everything, in order', async () => {
    const ring = spsc(f64, { capacity: 8 });
    const group = new WorkerGroup(handler('batch'), [ring], { threads: 1 });
    for (const value of numbers(200)) await ring.writer.put(value);
    ring.close();
    const [result] = (await group.results) as [{ values: number[]; batches: number }];
    expect(result.values).toEqual(numbers(200));
    expect(result.batches).toBeLessThanOrEqual(200);
  });

  test('drains what is there when closed with drain', async () => {
    const ring = spsc(f64, { capacity: 64 });
    ring.writer.offerAll(numbers(5));
    const group = new WorkerGroup(handler('slow'), [ring], { threads: 1 });
    await group.close({ drain: true });
    expect(await group.results).toEqual([5]);
    expect(ring.stats().depth).toBe(0);
  });

  test('stops after the batch in hand when closed', async () => {
    const ring = spsc(f64, { capacity: 8 });
    const group = new WorkerGroup(handler('sum'), [ring], { threads: 1 });
    ring.writer.offer(1);
    while (ring.stats().depth > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await group.close();
    await group.close();
    expect(await group.results).toMatchObject([{ sum: 1 }]);
    ring.writer.offer(2);
    expect(ring.reader.poll()).toBe(2);
  });

  test('rejects with what a handler threw, and stops the other threads', async () => {
    const rings = [spsc(f64), spsc(f64)];
    const group = new WorkerGroup(handler('throws-at-three'), rings, { threads: 2 });
    rings[0]?.writer.offerAll([1, 2, 3, 4]);
    const error = await group.results.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'RangeError', message: 'three is too many', code: 'TOO_MANY' });
    expect((error as Error).stack).toContain('throws-at-three.mjs');
    await expect(group.close()).rejects.toThrow('three is too many');
  });

  test('leaves the batch of a handler that threw in the ring', async () => {
    const ring = spsc(f64);
    ring.writer.offerAll([1, 2, 3, 4]);
    const group = new WorkerGroup(handler('throws-at-three'), [ring], { threads: 1 });
    await expect(group.results).rejects.toThrow('three is too many');
    expect([...(ring.reader.batch(10) ?? [])]).toEqual([1, 2, 3, 4]);
  });

  test('rejects with ThreadDiedError when a thread ends, and its messages and roles are free', async () => {
    const ring = spsc(f64);
    ring.writer.offerAll([1, 2, 3, 4]);
    const group = new WorkerGroup(handler('exits-at-three'), [ring], { threads: 1, name: 'the suicidal' });
    const error = await group.results.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ThreadDiedError);
    expect(error).toMatchObject({
      code: 'MILLRACE_THREAD_DIED',
      message: expect.stringContaining('the suicidal'),
    });
    expect([...(ring.reader.batch(10) ?? [])]).toEqual([1, 2, 3, 4]);
  });

  test.each([
    ['no-handler', /exports no handler/],
    ['wrong-type', /'default', but it is not a function/],
    ['wrong-close', /'close', but it is not a function/],
    ['not-there', /can't be loaded/],
    ['fails-to-load', /does not want to load/],
  ])('refuses the module %s', async (name, message) => {
    const ring = spsc(f64);
    const group = new WorkerGroup(handler(name), [ring], { threads: 1 });
    const error = await group.results.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: HandlerModuleError.name, code: 'MILLRACE_HANDLER_MODULE' });
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).toContain(`${name}.mjs`);
  });

  test('refuses a number of threads that is none', () => {
    for (const threads of [0, -1, 1.5, Number.NaN]) {
      expect(() => new WorkerGroup(handler('sum'), [spsc(f64)], { threads })).toThrow(
        expect.objectContaining({ option: 'threads' }),
      );
    }
  });

  test('refuses to read no ring', () => {
    expect(() => new WorkerGroup(handler('sum'), [], { threads: 1 })).toThrow(
      expect.objectContaining({ option: 'rings' }),
    );
  });
});
