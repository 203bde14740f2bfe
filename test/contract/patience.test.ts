import { f64, mpmc, mpsc } from 'millrace/ring';
import { expect, test } from 'vitest';
import { claim } from '../kill/dead-claim.ts';

/** The seat of a thread that stands still within a claim. */
const STOPPED = 99;

test.each([
  ['alone', false],
  ['while the thread waits for another ring as well', true],
])('a take goes past a claim that is never finished, %s', async (_how, another) => {
  const ring = mpsc(f64, { capacity: 8 });
  const { writer, reader } = ring;
  const other = mpmc(f64);
  const waiting = another ? other.reader.take().catch(() => {}) : undefined;
  claim(ring, 0, STOPPED);
  const taken = reader.take({ timeout: 1000 });
  await new Promise((resolve) => setTimeout(resolve, 5));
  writer.offer(7);
  expect(await taken).toBe(7);
  other.close();
  await waiting;
});
