import { setTimeout as sleep } from 'node:timers/promises';
import { batching, mpmc, spsc, struct, u32 } from 'millrace/ring';
import { describe, expect, test } from 'vitest';
import { polled } from './subject.ts';

describe.each([
  ['spsc', spsc],
  ['mpmc', mpmc],
])('messages of a %s ring that are published together', (_, create) => {
  const make = (options: object, capacity = 8) => {
    const ring = create(u32, { capacity });
    return { ring, reader: ring.reader, batch: batching(ring.writer, options) };
  };

  test('go when there are as many as were asked for', async () => {
    const { reader, batch } = make({ max: 3, lingerMs: 60_000 });
    await batch.put(1);
    await batch.put(2);
    expect([batch.pending, reader.poll()]).toEqual([2, undefined]);
    await batch.put(3);
    expect([batch.pending, polled(reader)]).toEqual([0, [1, 2, 3]]);
    await batch.put(4);
    await batch.flush();
    expect(polled(reader)).toEqual([4]);
  });

  test('go when the first has waited long enough', async () => {
    const { reader, batch } = make({ max: 100, lingerMs: 5 });
    await batch.put(1);
    await sleep(1);
    await batch.put(2);
    expect(reader.poll()).toBeUndefined();
    expect(await reader.take({ timeout: 5000 })).toBe(1);
    expect(reader.poll()).toBe(2);
  });

  test('keep their order and wait for room, awaited or not', async () => {
    const { ring, reader, batch } = make({ max: 3, lingerMs: 0 }, 2);
    const puts = Array.from({ length: 50 }, (_, i) => batch.put(i));
    const closed = batch.close();
    const seen: number[] = [];
    for await (const shown of reader) seen.push(...shown);
    await Promise.all([...puts, closed]);
    expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(ring.closed).toBe(true);
  });

  test('are published before the ring is closed, by close and by the end of a block', async () => {
    const { ring, reader, batch } = make({ max: 100, lingerMs: 60_000 });
    {
      await using within = batch;
      await within.put(1);
    }
    expect([ring.closed, polled(reader)]).toEqual([true, [1]]);
    await expect(batch.put(2)).rejects.toThrow(expect.objectContaining({ code: 'MILLRACE_CLOSED' }));
  });

  test('do not fail together when the codec refuses one of them', async () => {
    const { reader, batch } = make({ max: 3, lingerMs: 60_000 });
    await batch.put(1);
    await batch.put(-1);
    await expect(batch.put(3)).rejects.toThrow(expect.objectContaining({ code: 'MILLRACE_ENCODE' }));
    expect(polled(reader)).toEqual([1, 3]);
    await batch.flush();
  });

  test('are refused when the ring is closed by others, and whoever puts next is told', async () => {
    const { ring, batch } = make({ lingerMs: 1 });
    await batch.put(1);
    ring.close();
    await sleep(10);
    await expect(batch.flush()).rejects.toThrow(expect.objectContaining({ code: 'MILLRACE_CLOSED' }));
  });
});

test('options that make no sense are refused', () => {
  const { writer } = spsc(struct({ id: u32 }));
  const option = expect.objectContaining({ code: 'MILLRACE_OPTION' });
  for (const max of [0, 1.5, Number.NaN]) expect(() => batching(writer, { max })).toThrow(option);
  for (const lingerMs of [-1, Number.NaN]) expect(() => batching(writer, { lingerMs })).toThrow(option);
});
