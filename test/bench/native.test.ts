import { describe, expect, test } from 'vitest';
import { type DriverOrder, nativeRound } from '../../bench/contenders/native-round.ts';
import {
  cpp,
  driverOf,
  java,
  missingOf,
  python,
  type Toolchain,
} from '../../bench/contenders/native-toolchains.ts';

const PLAN = { rounds: 1, warmUpMs: 5, measureMs: 10, timeoutMs: 60_000, patience: 0 };

const flow = (queue: string, more: Partial<DriverOrder> = {}): DriverOrder => ({
  queue,
  scenario: 'flow',
  producers: 1,
  consumers: 1,
  bytes: 8,
  batch: 1,
  capacity: 1024,
  messages: 10_000,
  ...more,
});

const TWO_TO_TWO = { producers: 2, consumers: 2 };
const SPINNING: Partial<DriverOrder> = { scenario: 'round-trip-spin', capacity: 64 };
const PARKED: Partial<DriverOrder> = { scenario: 'round-trip-park', capacity: 64 };

type Fault = NonNullable<DriverOrder['break']>;

/** A driver, what it has to deliver, and what has to be found out when it does wrong. */
interface Case {
  readonly toolchain: Toolchain;
  readonly delivers: readonly DriverOrder[];
  readonly caught: readonly (readonly [fault: Fault, order: DriverOrder, reason: string])[];
}

const CASES: readonly Case[] = [
  {
    toolchain: cpp,
    delivers: [
      flow('boost-spsc'),
      flow('boost-spsc', { bytes: 64, batch: 32 }),
      flow('boost-spsc', { bytes: 1024 }),
      flow('boost-mpmc', TWO_TO_TWO),
      flow('boost-spsc', SPINNING),
      flow('moodycamel', { ...TWO_TO_TWO, messages: 500_000 }),
      flow('moodycamel', { ...TWO_TO_TWO, batch: 32, messages: 500_000 }),
      flow('moodycamel', { bytes: 64 }),
    ],
    caught: [
      ['drop', flow('boost-spsc'), 'was due came another'],
      ['repeat', flow('boost-spsc', { bytes: 64 }), 'was due came another'],
      ['stranger', flow('boost-spsc', { bytes: 1024 }), 'was due came another'],
      ['drop', flow('boost-mpmc', TWO_TO_TWO), '9999 arrived'],
      ['repeat', flow('boost-mpmc', { producers: 2 }), 'out of order or twice'],
      ['stranger', flow('boost-mpmc', { ...TWO_TO_TWO, bytes: 64 }), 'came from nobody'],
      ['repeat', flow('moodycamel', { producers: 2 }), 'out of order or twice'],
      ['drop', flow('boost-spsc', SPINNING), 'went out and another came back'],
    ],
  },
  {
    toolchain: java,
    delivers: [
      flow('array-blocking-queue'),
      flow('array-blocking-queue', { ...TWO_TO_TWO, batch: 32 }),
      flow('array-blocking-queue', PARKED),
      flow('linked-blocking-queue', { ...TWO_TO_TWO, bytes: 64 }),
      flow('disruptor', { bytes: 64, batch: 32 }),
      flow('disruptor', { ...TWO_TO_TWO, bytes: 1024 }),
      flow('disruptor', { ...TWO_TO_TWO, batch: 32 }),
      flow('disruptor', SPINNING),
      flow('disruptor', PARKED),
      flow('jctools-spsc', { bytes: 1024 }),
      flow('jctools-mpmc', TWO_TO_TWO),
      flow('jctools-mpmc', SPINNING),
    ],
    caught: [
      ['drop', flow('disruptor'), 'was due came another'],
      ['repeat', flow('jctools-spsc', { bytes: 64 }), 'was due came another'],
      ['stranger', flow('array-blocking-queue', { bytes: 1024 }), 'was due came another'],
      ['drop', flow('disruptor', TWO_TO_TWO), '9999 arrived'],
      ['repeat', flow('jctools-mpmc', { producers: 2 }), 'out of order or twice'],
      ['stranger', flow('linked-blocking-queue', { ...TWO_TO_TWO, bytes: 64 }), 'came from nobody'],
      ['drop', flow('disruptor', PARKED), 'went out and another came back'],
    ],
  },
  {
    toolchain: python,
    delivers: [
      flow('queue'),
      flow('queue', { ...TWO_TO_TWO, bytes: 64 }),
      flow('queue', { bytes: 1024 }),
      flow('queue', PARKED),
    ],
    caught: [
      ['drop', flow('queue'), 'was due came another'],
      ['repeat', flow('queue', { producers: 2, bytes: 64 }), 'out of order or twice'],
      ['stranger', flow('queue', TWO_TO_TWO), 'came from nobody'],
      ['drop', flow('queue', TWO_TO_TWO), '9999 arrived'],
      ['drop', flow('queue', PARKED), 'went out and another came back'],
    ],
  },
];

async function run(toolchain: Toolchain, { messages, ...order }: DriverOrder) {
  const counted = order.scenario === 'flow' && messages !== undefined ? { ...order, messages } : order;
  return nativeRound(await driverOf(toolchain), counted, PLAN, PLAN.timeoutMs);
}

describe.each(CASES)('the driver in $toolchain.language', ({ toolchain, delivers, caught }) => {
  const missing = missingOf(toolchain);
  const note = missing === undefined ? 'runs' : `is ${missing}`;

  describe.skipIf(missing !== undefined)(note, { timeout: 120_000 }, () => {
    test.each(delivers)(
      'and delivers everything: $queue, $scenario, $producers to $consumers, $bytes bytes by $batch',
      async (order) => {
        const { metrics } = await run(toolchain, order);
        expect(metrics.length).toBeGreaterThan(0);
        for (const { value } of metrics) expect(value).toBeGreaterThan(0);
      },
    );

    test.each(caught)('and is found out when it does wrong: %s', async (fault, order, reason) => {
      await expect(run(toolchain, { ...order, break: fault })).rejects.toThrow(reason);
    });

    test('and refuses what it does not know', async () => {
      await expect(run(toolchain, flow('no-queue'))).rejects.toThrow('no queue is named no-queue');
    });
  });
});

test('a toolchain that is missing names the packages to install', () => {
  const files = { '/no/such/header.hpp': 'libnothing-dev', '/no/such/other.h': 'libnothing-dev' };
  const lacking = { ...cpp, needs: { programs: { 'no-such-program': 'nothing' }, files } };
  expect(missingOf(lacking)).toBe('not installed: apt install nothing libnothing-dev');
});
