import { describe, expect, test } from 'vitest';
import { missingServer, startServer } from '../../bench/contenders/redis/server.ts';
import type { Plan } from '../../bench/run/plan.ts';

/** The compiled one: it starts a process with the file beside it. */
const { runInProcess } = (await import(
  new URL('../../dist/bench/run/process.js', import.meta.url).href
)) as typeof import('../../bench/run/process.ts');

const plan: Plan = { rounds: 1, warmUpMs: 5, measureMs: 10, timeoutMs: 20_000, patience: 0 };
const run = (scenario: string, contender: string, timeoutMs = plan.timeoutMs) =>
  runInProcess({ scenario, contender, plan: { ...plan, timeoutMs } }, []);

test('a round that takes too long is given up, and says so', async () => {
  expect(await run('number-1p1c', 'millrace-spsc', 20)).toEqual({
    ok: false,
    reason: 'no answer within 0.02 s',
  });
});

test('a round that throws has failed, for the reason it throws', async () => {
  const result = await run('number-1p1c', 'nobody');
  expect(result).toEqual({ ok: false, reason: 'Error: There is no contender named nobody.' });
});

test('a contender without a driver has failed', async () => {
  expect(await run('pool-2us', 'ringbuf.js')).toMatchObject({ ok: false });
});

/** One of each kind of scenario, and each of the rivals once. */
test.each([
  ['number-1p1c', 'millrace-mpmc'],
  ['number-2p2c', 'millrace-mpmc-core'],
  ['number-2p2c', 'scq'],
  ['number-2p2c', 'vyukov'],
  ['number-2p2c', 'vyukov-announced'],
  ['number-1p1c', 'receiveMessageOnPort'],
  ['number-1p1c', 'thread-stream'],
  ['number-1p1c-batch', 'ringbuf.js'],
  ['bytes-64-1p1c-batch', 'millrace-spsc'],
  ['bytes-1k-1p1c', 'ringbuf.js'],
  ['bytes-64-broadcast-1p2c', 'millrace-broadcast'],
  ['bytes-64-broadcast-1p2c', 'BroadcastChannel'],
  ['object-1p1c', 'millrace-spsc-json'],
  ['object-1p1c', 'millrace-spsc-msgpack'],
  ['object-1p1c', 'multithreading'],
  ['number-4p1c', 'millrace-mpsc'],
  ['number-1p2c', 'millrace-spmc'],
  ['round-trip-async', 'BroadcastChannel'],
  ['round-trip-park', 'receiveMessageOnPort'],
  ['round-trip-spin', 'ringbuf.js'],
  ['one-thread-number-drain', 'p-queue'],
  ['one-thread-number-drain', 'fastq'],
  ['topic-2-groups', 'millrace-topic'],
  ['topic-4-partitions-acks', 'millrace-topic'],
  ['topic-4-partitions-together', 'millrace-topic'],
  ['pool-2us', 'piscina'],
  ['pool-2us', 'piscina-100'],
  ['pool-2us', 'no-pool'],
  ['idle', 'millrace-spsc'],
])('%s by %s', async (scenario, contender) => {
  const result = await run(scenario, contender);
  expect(result).toMatchObject({ ok: true });
  if (result.ok) for (const { value } of result.metrics) expect(value).toBeGreaterThanOrEqual(0);
});

describe.skipIf(missingServer !== undefined)('jobs in a Redis of the run', () => {
  test.each(['object-1p1c', 'round-trip-async'])('%s by bullmq', { timeout: 60_000 }, async (scenario) => {
    const stop = await startServer();
    expect(await run(scenario, 'bullmq')).toMatchObject({ ok: true });
    stop();
  });
});

test('without a server, a round of bullmq fails and says why', async () => {
  expect(await run('object-1p1c', 'bullmq')).toMatchObject({
    ok: false,
    reason: expect.stringContaining('redis-server'),
  });
});
