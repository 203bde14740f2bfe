import { describe, expect, test } from 'vitest';
import { type DriverOrder, nativeRound } from '../../bench/contenders/native-round.ts';
import { cpp, driverOf, missingOf } from '../../bench/contenders/native-toolchains.ts';

const PLAN = { rounds: 1, warmUpMs: 5, measureMs: 10, timeoutMs: 20_000, patience: 0 };

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
const TRIPS: Partial<DriverOrder> = { scenario: 'round-trip-spin', capacity: 64 };

async function run({ messages, ...order }: DriverOrder) {
  const counted = order.scenario === 'flow' && messages !== undefined ? { ...order, messages } : order;
  return nativeRound(await driverOf(cpp), counted, PLAN, PLAN.timeoutMs);
}

describe.skipIf(missingOf(cpp) !== undefined)('the C++ driver', { timeout: 120_000 }, () => {
  test.each([
    flow('boost-spsc'),
    flow('boost-spsc', { bytes: 64, batch: 32 }),
    flow('boost-spsc', { bytes: 1024 }),
    flow('boost-mpmc', TWO_TO_TWO),
    flow('boost-spsc', TRIPS),
  ])(
    'delivers everything: $queue, $scenario, $producers to $consumers, $bytes bytes by $batch',
    async (order) => {
      const { metrics } = await run(order);
      for (const { value } of metrics) expect(value).toBeGreaterThan(0);
    },
  );

  test.each([
    ['drop', flow('boost-spsc'), 'was due came another'],
    ['repeat', flow('boost-spsc', { bytes: 64 }), 'was due came another'],
    ['stranger', flow('boost-spsc', { bytes: 1024 }), 'was due came another'],
    ['drop', flow('boost-mpmc', TWO_TO_TWO), '9999 arrived'],
    ['repeat', flow('boost-mpmc', { producers: 2 }), 'out of order or twice'],
    ['stranger', flow('boost-mpmc', { ...TWO_TO_TWO, bytes: 64 }), 'came from nobody'],
    ['drop', flow('boost-spsc', TRIPS), 'went out and another came back'],
  ] as const)('is found out when it does wrong: %s', async (fault, order, reason) => {
    await expect(run({ ...order, break: fault })).rejects.toThrow(reason);
  });

  test('refuses what it does not know', async () => {
    await expect(run(flow('no-queue'))).rejects.toThrow('no queue is named no-queue');
  });
});

test('a toolchain that is missing names the packages to install', () => {
  const files = { '/no/such/header.hpp': 'libnothing-dev', '/no/such/other.h': 'libnothing-dev' };
  const lacking = { ...cpp, needs: { programs: { 'no-such-program': 'nothing' }, files } };
  expect(missingOf(lacking)).toBe('not installed: apt install nothing libnothing-dev');
});
