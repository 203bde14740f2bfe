import { deadLetterOf, f64 } from 'millrace';
import { type TestBus, testBus } from 'millrace/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let bus: TestBus;

beforeEach(() => {
  bus = testBus();
});

afterEach(() => bus.close());

/** A group of one member, which is killed and replaced whenever a delivery is to end so. */
async function deliveries(options: object, plan: readonly ('error' | 'death' | 'ok')[]) {
  const topic = bus.topic('tried', f64);
  const seen: [attempt: number, deaths: number][] = [];
  const start = () =>
    topic.consume({ group: 'g', deadLetter: 'letters', ...options }, ({ attempt, deaths }) => {
      const outcome = plan[seen.length];
      seen.push([attempt, deaths]);
      if (outcome === 'error') throw new Error('as planned');
      return outcome === 'death' ? new Promise(() => {}) : undefined;
    });
  topic.offer(1);
  let member = start();
  for (let i = 0; i < plan.length; i++) {
    await bus.clock.advance(10);
    if (plan[seen.length - 1] !== 'death') continue;
    bus.kill(member);
    await bus.settle();
    member = start();
  }
  await bus.clock.advance(100);
  expect(topic.lag('g')).toBe(0);
  return seen;
}

const letters = () =>
  [...bus.topic<number>('letters').browse()].map(({ headers }) => {
    const { reason, attempts, deaths } = deadLetterOf(headers) ?? {};
    return { reason, attempts, deaths };
  });

const patient = { attempts: 9, delay: 1, jitter: 'none', deaths: 9 } as const;

describe('deaths are counted apart from errors', () => {
  // Errors of messages that were read ahead are known to their member alone: `key` begins anew.
  test.each([
    ['partition', [4, 1]],
    ['key', [2, 1]],
    ['none', [4, 1]],
  ] as const)('and both make an attempt, with ordering %s', async (ordering, last) => {
    const seen = await deliveries({ ordering, retry: patient }, ['error', 'error', 'death', 'ok']);
    expect(seen).toEqual([[1, 0], [2, 0], [3, 0], last]);
  });

  test.each(['partition', 'key', 'none'] as const)(
    'so that a message is given up after so many errors, with ordering %s',
    async (ordering) => {
      const retry = { ...patient, attempts: 2 };
      const seen = await deliveries({ ordering, retry }, ['death', 'death', 'error', 'error', 'ok']);
      expect(seen).toEqual([
        [1, 0],
        [2, 1],
        [3, 2],
        [4, 2],
      ]);
      expect(letters()).toEqual([{ reason: 'error', attempts: 4, deaths: 2 }]);
    },
  );

  test.each(['partition', 'key', 'none'] as const)(
    'and after so many deaths, with ordering %s',
    async (ordering) => {
      const retry = { ...patient, deaths: 2 };
      const seen = await deliveries({ ordering, retry }, ['error', 'death', 'death', 'ok']);
      expect(seen).toHaveLength(3);
      expect(letters()).toMatchObject([{ reason: 'death', deaths: 2 }]);
    },
  );
});
