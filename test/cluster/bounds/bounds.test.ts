import { expect, test } from 'vitest';
import { run } from './run.mjs';

/** `npm run verify:memory` is the long form: an hour's worth of messages. */
const short = { messages: 80_000, intervalMs: 200 };

test('whatever goes over the bus arrives once, whole and in order, and leaves nothing in memory', async () => {
  const { messages, faults } = await run(short);
  expect(faults).toEqual([]);
  expect(messages).toBeGreaterThanOrEqual(short.messages);
}, 120_000);

test('threads that keep what they get are found out', async () => {
  // It ends at the first fault: as many messages as it may take until there is one, with few looks on a busy machine.
  const { faults } = await run({ ...short, messages: 1_000_000, leaks: true });
  expect(faults.join()).toMatch(/has grown/);
}, 120_000);
