import { f64, OptionError } from 'millrace';
import { type TestBus, testBus } from 'millrace/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const orderings = ['partition', 'key', 'none'] as const;
const range = (count: number) => Array.from({ length: count }, (_, i) => i);
let bus: TestBus;

beforeEach(() => {
  bus = testBus();
});

afterEach(() => bus.close());

/** Handlers that take as long as the test wants. */
class Gate {
  readonly #waiting: (() => void)[] = [];

  wait(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  open(): void {
    for (const go of this.#waiting.splice(0)) go();
  }
}

describe('prefetch', () => {
  test('is how many messages a batch has, behind each of which the cursor moves', async () => {
    const topic = bus.topic('batched', f64);
    for (const i of range(10)) topic.offer(i);
    const lags: number[] = [];
    topic.consume({ group: 'g', prefetch: 4 }, () => lags.push(topic.lag('g')));
    await bus.settle();
    expect(lags).toEqual([10, 10, 10, 10, 6, 6, 6, 6, 2, 2]);
  });

  test.each([1, 3])(
    'of %d is all that one member keeps from the others with ordering none',
    async (prefetch) => {
      const topic = bus.topic('shared', f64);
      const options = { group: 'g', ordering: 'none', prefetch } as const;
      const gate = new Gate();
      const slow = topic.consume(options, () => gate.wait());
      for (const i of range(6)) topic.offer(i);
      await bus.settle();
      const seen: number[] = [];
      topic.consume(options, ({ value }) => seen.push(value));
      await bus.settle();
      expect(seen).toEqual(range(6).slice(prefetch));
      bus.kill(slow);
      await bus.settle();
      expect(seen.sort()).toEqual(range(6));
    },
  );

  test('is how far is read ahead of a message that is not done with ordering key', async () => {
    const topic = bus.topic('keyed', f64);
    for (const i of range(5)) topic.offer(i, { key: `k${i}` });
    const gate = new Gate();
    const seen: number[] = [];
    topic.consume({ group: 'g', ordering: 'key', concurrency: 5, prefetch: 2 }, ({ value }) => {
      seen.push(value);
      return value === 0 ? gate.wait() : undefined;
    });
    await bus.settle();
    expect(seen).toEqual([0, 1]);
    gate.open();
    await bus.settle();
    expect(seen.sort()).toEqual(range(5));
  });

  test('is refused when it makes no sense', () => {
    const topic = bus.topic('odd', f64);
    for (const prefetch of [0, 1.5, Number.NaN])
      expect(() => topic.consume({ group: 'g', prefetch }, () => {})).toThrow(OptionError);
  });
});

describe.each(orderings)('a consumer with ordering %s', (ordering) => {
  test('is paused and resumed partition by partition, and keeps what is paused', async () => {
    const topic = bus.topic('paused', f64, { partitions: 3 });
    const seen: number[] = [];
    const consumer = topic.consume({ group: 'g', ordering }, ({ partition }) => seen.push(partition));
    consumer.pause(0, 1);
    for (const partition of range(3)) topic.offer(0, { partition });
    await bus.clock.advance(60_000);
    expect(seen).toEqual([2]);
    if (ordering !== 'none') expect(consumer.partitions).toEqual([0, 1, 2]);
    consumer.resume(1);
    await bus.settle();
    expect(seen).toEqual([2, 1]);
    consumer.pause();
    consumer.resume(0);
    for (const partition of range(3)) topic.offer(0, { partition });
    await bus.settle();
    expect(seen).toEqual([2, 1, 0, 0]);
    consumer.resume();
    await bus.settle();
    expect(seen.slice(4).sort()).toEqual([1, 2]);
  });

  test('takes turns between partitions, so that a busy one does not keep the others waiting', async () => {
    const topic = bus.topic('turns', f64, { partitions: 3 });
    for (const _ of range(20)) topic.offer(0, { partition: 1 });
    for (const partition of [0, 2]) topic.offer(0, { partition });
    const seen: number[] = [];
    topic.consume({ group: 'g', ordering, prefetch: 2 }, ({ partition }) => seen.push(partition));
    await bus.settle();
    expect(seen).toHaveLength(22);
    for (const partition of [0, 2]) expect(seen.indexOf(partition)).toBeLessThan(6);
  });
});

test('a full partition waits for the slowest group, and for no message longer than that', async () => {
  const topic = bus.topic('interest', f64, { capacity: 4 });
  const gate = new Gate();
  const seen: number[] = [];
  topic.consume({ group: 'fast' }, ({ value }) => seen.push(value));
  const slow = topic.consume({ group: 'slow', prefetch: 1 }, () => gate.wait());
  await bus.settle();
  for (const i of range(4)) expect(topic.offer(i)).toBe(true);
  await bus.settle();
  expect(seen).toEqual(range(4));
  expect(topic.offer(4)).toBe(false);
  gate.open();
  await bus.settle();
  expect([topic.offer(4), topic.offer(5)]).toEqual([true, false]);
  bus.kill(slow);
});

test('the pool of a handler in this thread can not be resized', async () => {
  const consumer = bus.topic('here', f64).consume({ group: 'g' }, () => {});
  expect(() => consumer.resize(2)).toThrow(OptionError);
});
