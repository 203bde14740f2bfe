import { setTimeout as sleep } from 'node:timers/promises';
import { broadcast, f64, mpmc, mpsc, OptionError, select, selectSync, spsc } from 'millrace/ring';
import { describe, expect, test } from 'vitest';
import { RETURNED } from '../../dist/ring/layout.js';

const makeRings = () => [spsc(f64), mpsc(f64), mpmc(f64)] as const;

describe('select', () => {
  test('returns the first reader that has a message, and takes nothing', async () => {
    const rings = makeRings();
    const readers = rings.map((ring) => ring.reader);
    rings[2].writer.offer(2);
    rings[1].writer.offer(1);
    expect((await select(readers)) === readers[1]).toBe(true);
    expect(selectSync(readers) === readers[1]).toBe(true);
    expect(rings[1].reader.poll()).toBe(1);
    expect((await select(readers)) === readers[2]).toBe(true);
    expect(rings[2].reader.poll()).toBe(2);
  });

  test('waits for room, given writers', async () => {
    const rings = [spsc(f64, { capacity: 1 }), mpmc(f64, { capacity: 1 })] as const;
    const writers = rings.map(({ writer }) => writer);
    for (const writer of writers) expect([writer.offer(1), writer.offer(2)]).toEqual([true, false]);
    for (const chosen of [1, 0] as const) {
      const selected = select(writers, { timeout: 5000 });
      await sleep(2);
      expect(rings[chosen].reader.poll()).toBe(1);
      expect((await selected) === writers[chosen]).toBe(true);
      expect([writers[chosen]?.offer(3), writers[chosen]?.offer(4)]).toEqual([true, false]);
    }
    rings[1].close();
    expect(selectSync(writers) === writers[1]).toBe(true);
  });

  test('waits for whichever ring gets a message first', async () => {
    for (const chosen of [0, 1, 2] as const) {
      const rings = makeRings();
      const readers = rings.map((ring) => ring.reader);
      const selected = select(readers);
      await sleep(2);
      rings[chosen].writer.offer(7);
      expect((await selected) === readers[chosen]).toBe(true);
    }
  });

  test('wakes for a ring that ends', async () => {
    for (const end of ['close', 'fail'] as const) {
      const rings = makeRings();
      const selected = select(rings.map((ring) => ring.reader));
      await sleep(1);
      rings[1][end](new Error('over'));
      expect((await selected) === rings[1].reader).toBe(true);
    }
  });

  test('gives up after its time, or when it is aborted', async () => {
    const readers = makeRings().map((ring) => ring.reader);
    await expect(select(readers, { timeout: 3 })).rejects.toMatchObject({ code: 'MILLRACE_TIMEOUT' });
    expect(selectSync(readers, { timeout: 3 })).toBeUndefined();
    const signal = AbortSignal.timeout(3);
    await expect(select(readers, { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test('includes broadcast subscriptions', async () => {
    const all = broadcast(f64);
    const [a, b] = [all.subscribe(), all.subscribe()];
    const other = spsc(f64);
    const selected = select([other.reader, b, a]);
    all.writer.offer(1);
    expect((await selected) === b).toBe(true);
  });

  test('two selects on the same rings both wake', async () => {
    const rings = makeRings();
    const readers = rings.map((ring) => ring.reader);
    const both = Promise.all([select(readers), select(readers)]);
    rings[0].writer.offer(1);
    // Not toEqual, which would iterate the readers, and block.
    for (const selected of await both) expect(selected === readers[0]).toBe(true);
  });

  test('needs at least one reader', async () => {
    expect(() => selectSync([])).toThrow(OptionError);
    await expect(select([])).rejects.toThrow(OptionError);
  });
});

test('says no only when it is so: messages given back behind a reader are not seen at every look of a wait', () => {
  const ring = mpmc(f64, { capacity: 8 });
  expect(ring.reader.poll()).toBeUndefined();
  Atomics.add(new Int32Array(ring.handle.buffer), RETURNED, 1); // As repair says that something was given back.
  for (let look = 0; look < 10; look++)
    expect(selectSync([ring.reader], { timeout: 1 }) === ring.reader).toBe(true);
  expect(ring.reader.poll()).toBeUndefined();
  expect(selectSync([ring.reader], { timeout: 1 })).toBeUndefined();
});
