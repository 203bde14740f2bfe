import { bytes, f64, mpmc, openPriority, priority, select, utf8 } from 'millrace/ring';
import { describe, expect, test } from 'vitest';

const polled = (reader: { poll(): number | undefined }, count: number) =>
  Array.from({ length: count }, () => reader.poll());

describe('a priority ring', () => {
  test('gives the most urgent message first, and keeps order within a level', () => {
    const { writer, reader } = priority(f64, { levels: 3 });
    for (const [value, level] of [
      [20, 2],
      [10, 1],
      [0, 0],
      [21, 2],
      [1, 0],
      [11, 1],
    ] as const) {
      expect(writer.offer(value, { level })).toBe(true);
    }
    expect(polled(reader, 7)).toEqual([0, 1, 10, 11, 20, 21, undefined]);
  });

  test('writes to the least urgent level when none is named', async () => {
    const ring = priority(f64, { levels: 2 });
    ring.writer.offer(1);
    ring.writer.offerAll([2, 3]);
    await ring.writer.put(4);
    ring.writer.putSync(5);
    ring.writer.putSync(0, { level: 0 });
    await ring.writer.put(0.5, { level: 0 });
    expect(ring.stats().levels.map(({ depth }) => depth)).toEqual([2, 5]);
    expect(polled(ring.reader, 7)).toEqual([0, 0.5, 1, 2, 3, 4, 5]);
  });

  test.each([1, 2, 5])('lets at most %i more urgent messages go before one that waits', (guard) => {
    const { writer, reader } = priority(f64, { levels: 2, guard });
    writer.offerAll([100, 101, 102], { level: 1 });
    const seen: number[] = [];
    for (let i = 0; i < 30; i++) {
      writer.offer(i, { level: 0 }); // There is always something more urgent.
      seen.push(reader.poll() as number);
    }
    const served = [100, 101, 102].map((value) => seen.indexOf(value));
    expect(served).toEqual([guard, 2 * guard + 1, 3 * guard + 2]);
  });

  test('a peek passes nobody over, and what it shows is what comes next', () => {
    const { writer, reader } = priority(f64, { levels: 2, guard: 2 });
    writer.offer(100, { level: 1 });
    const seen: number[] = [];
    for (let i = 0; i < 4; i++) {
      writer.offer(i, { level: 0 }); // There is always something more urgent.
      const next = reader.peek();
      expect(reader.peek()).toBe(next);
      expect(reader.poll()).toBe(next);
      seen.push(next as number);
    }
    expect(seen).toEqual([0, 1, 100, 2]);
  });

  test('takes the level in the same place with every call', async () => {
    const { writer, reader } = priority(bytes(1), { levels: 3 });
    const of = (value: number) => Uint8Array.of(value);
    writer.offerAll([of(22)]);
    await writer.put(of(12), { level: 1 });
    writer.putSync(of(13), { level: 1, timeout: 0 });
    writer.fill(1, (slot) => slot.set(of(2)), { level: 0 });
    const claim = writer.claim(1, { level: 0 });
    claim?.bytes.fill(3);
    claim?.publish();
    writer.offer(of(14), { level: 1 });
    expect(Array.from({ length: 7 }, () => reader.poll()?.[0])).toEqual([2, 3, 12, 13, 14, 22, undefined]);
  });

  test('counts nothing for a level that a drain finds empty', () => {
    const { writer, reader } = priority(f64, { levels: 3, guard: 1 });
    for (const value of [10, 11]) writer.offer(value, { level: 1 });
    writer.offer(20, { level: 2 });
    const seen: number[] = [];
    for (let i = 0; i < 3; i++) reader.drain((value) => seen.push(value), 1);
    expect(seen).toEqual([10, 20, 11]);
  });

  test('guards every level, also with drains and batches', () => {
    const levels = 4;
    for (const way of ['poll', 'drain', 'batch'] as const) {
      const { writer, reader } = priority(f64, { levels, guard: 3 });
      for (let level = 1; level < levels; level++) writer.offer(level * 100, { level });
      const seen: number[] = [];
      for (let i = 0; i < 20; i++) {
        writer.offer(i, { level: 0 });
        if (way === 'poll') seen.push(reader.poll() as number);
        else if (way === 'drain') reader.drain((value) => seen.push(value), 1);
        else {
          const batch = reader.batch(1);
          for (const value of batch ?? []) seen.push(value);
          batch?.release();
        }
      }
      for (let level = 1; level < levels; level++) {
        expect(seen.indexOf(level * 100), `${way}, level ${level}`).toBeLessThan(3 + levels);
        expect(seen, `${way}, level ${level}`).toContain(level * 100);
      }
    }
  });

  test('a full level refuses, and the others go on', () => {
    const { writer, reader } = priority(f64, { levels: 2, capacity: 1 });
    expect([
      writer.offer(1, { level: 1 }),
      writer.offer(2, { level: 1 }),
      writer.offer(3, { level: 0 }),
    ]).toEqual([true, false, true]);
    expect(polled(reader, 3)).toEqual([3, 1, undefined]);
  });

  test.each(['take', 'takeSync', 'for await', 'select'] as const)('%s waits for every level', async (way) => {
    const ring = priority(f64, { levels: 3 });
    const other = mpmc(f64);
    const write = setTimeout(() => ring.writer.offer(7, { level: 1 }), 5);
    if (way === 'takeSync') {
      expect(ring.reader.takeSync({ timeout: 1 })).toBeUndefined();
      clearTimeout(write);
      ring.writer.offer(7, { level: 1 });
      expect(ring.reader.takeSync()).toBe(7);
    } else if (way === 'take') expect(await ring.reader.take()).toBe(7);
    else if (way === 'select') {
      const found: unknown = await select<typeof other.reader>([other.reader, ring.reader]);
      expect(found === ring.reader).toBe(true);
    } else {
      for await (const batch of ring.reader) {
        expect([...batch]).toEqual([7]);
        break;
      }
    }
  });

  test('a take that times out leaves nothing behind', async () => {
    const { writer, reader } = priority(f64, { levels: 2 });
    await expect(reader.take({ timeout: 5 })).rejects.toMatchObject({ code: 'MILLRACE_TIMEOUT' });
    writer.offer(1, { level: 0 });
    expect(await reader.take()).toBe(1);
  });

  test('the error of a failed ring comes after the last message of every level', async () => {
    const ring = priority(f64, { levels: 3 });
    ring.writer.offer(1, { level: 2 });
    ring.writer.offer(0, { level: 0 });
    ring.fail(new TypeError('broken'));
    expect(() => ring.writer.offer(2, { level: 1 })).toThrow('broken');
    expect(polled(ring.reader, 2)).toEqual([0, 1]);
    expect(() => ring.reader.poll()).toThrow('broken');
    expect(() => ring.reader.drain(() => {})).toThrow('broken');
    await expect(ring.reader.take()).rejects.toThrow('broken');
    expect(ring.reader.ended).toBe(true);
  });

  test('opens from its handle, with its levels and its guard', () => {
    const ring = priority(utf8(), { levels: 2, guard: 7, wait: 'park' });
    const other = openPriority<string>(structuredCloneOfHandle(ring.handle));
    expect([other.levels, other.guard, other.capacity]).toEqual([2, 7, 1024]);
    ring.writer.offer('b', { level: 1 });
    ring.writer.offer('a', { level: 0 });
    ring.reader.detach();
    expect([other.reader.poll(), other.reader.poll()]).toEqual(['a', 'b']);
  });

  test('refuses what is no handle of it, and options that make no sense', () => {
    const { handle } = priority(f64, { levels: 2 });
    const bad: unknown[] = [
      undefined,
      {},
      mpmc(f64).handle,
      { ...handle, levels: [] },
      { ...handle, levels: 2 },
      { ...handle, guard: 0 },
      { ...handle, levels: [{}] },
      { ...handle, millrace: 2 },
    ];
    for (const wrong of bad) {
      expect(() => openPriority(wrong as typeof handle)).toThrow(
        expect.objectContaining({ code: 'MILLRACE_BAD_HANDLE' }),
      );
    }
    for (const options of [
      {},
      { levels: 0 },
      { levels: 65 },
      { levels: 2, guard: 0.5 },
      { levels: 2, wat: 1 },
    ]) {
      expect(() => priority(f64, options as { levels: number })).toThrow(
        expect.objectContaining({ code: 'MILLRACE_OPTION' }),
      );
    }
    const { writer } = priority(f64, { levels: 2 });
    for (const level of [-1, 2, 0.5]) expect(() => writer.offer(1, { level })).toThrow('levels 0 to 1');
  });
});

/** A handle as another thread gets it, with the shared memory behind it. */
function structuredCloneOfHandle<H>(handle: H): H {
  return structuredClone(handle);
}
