import { f64, mpmc, mpsc } from 'millrace/ring';
import { expect, test } from 'vitest';
import { leaveDeadClaim } from '../kill/dead-claim.ts';

test.each([
  ['alone', false],
  ['while the thread waits for another ring as well', true],
])('a take goes past a claim that is never finished, %s', async (_how, another) => {
  const ring = mpsc(f64, { capacity: 8 });
  const { writer, reader } = ring;
  const other = mpmc(f64);
  const waiting = another ? other.reader.take().catch(() => {}) : undefined;
  await leaveDeadClaim(ring, 0); // Nobody repairs.
  const taken = reader.take({ timeout: 1000 });
  await new Promise((resolve) => setTimeout(resolve, 5));
  writer.offer(7);
  expect(await taken).toBe(7);
  other.close();
  await waiting;
});
