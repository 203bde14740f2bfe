import { Worker } from 'node:worker_threads';
import { type BroadcastRing, broadcast } from 'millrace/ring';
import { expect, test } from 'vitest';
import { KINDS, type Kind } from '../stress/message.mjs';
import { seeded } from './seeded.mjs';

/** `THREADS_SEED=…` runs a failure again, as far as threads let themselves be run again. */
const SEED = Number(process.env['THREADS_SEED'] ?? Date.now() % 1_000_000);
const PRODUCERS = 2;
const SUBSCRIBERS = 2;
const MESSAGES = 8000;

interface Tally {
  readonly received: number;
  readonly missed: number;
  readonly told: number;
  readonly problem: string | undefined;
}

test.each(
  (Object.keys(KINDS) as Kind[]).flatMap((kind) =>
    [8, 64, 1000].map((capacity) => [kind, capacity] as const),
  ),
)(
  'lapped subscribers of %s see whole messages in order, and know what they missed; capacity %i',
  async (kind, capacity) => {
    const random = seeded(SEED + capacity);
    const { codec, sizes } = KINDS[kind];
    const seed = () => Math.floor(random() * 2 ** 31);
    const ring: BroadcastRing<unknown, unknown> = broadcast(codec, {
      ...sizes,
      capacity,
      overflow: 'drop-oldest',
      ...{ firstSequence: 2 ** 31 - 5000 },
    });
    const subscriptions = Array.from({ length: SUBSCRIBERS }, () => ring.addSubscription());
    const consumers = subscriptions.map((subscription) =>
      inThread<Tally>('lapped-consumer', { ring: ring.handle, kind, seed: seed(), subscription }),
    );
    const producers = Array.from({ length: PRODUCERS }, (_, producer) =>
      inThread('lapping-producer', {
        ring: ring.handle,
        kind,
        producer,
        count: MESSAGES,
        seed: seed(),
        blocking: true,
        habits: { rests: 0.1, litters: false },
      }),
    );
    await Promise.all(producers);
    ring.close();
    const what = `THREADS_SEED=${SEED}`;
    let received = 0;
    let missed = 0;
    for (const tally of await Promise.all(consumers)) {
      expect(tally.problem, what).toBeUndefined();
      expect(tally.told, what).toBeLessThanOrEqual(tally.missed);
      received += tally.received;
      missed += tally.missed;
    }
    const { written, dropped, read, depth } = ring.stats();
    expect({ written, read, depth }, what).toEqual({
      written: PRODUCERS * MESSAGES,
      read: received,
      depth: 0,
    });
    // What a writer dropped of its own, because a subscriber was stopped in the middle of a copy, nobody has missed.
    const newest = dropped - missed;
    expect(newest, what).toBeGreaterThanOrEqual(0);
    expect(received + missed + newest * SUBSCRIBERS, what).toBe(SUBSCRIBERS * written);
  },
);

function inThread<R>(program: string, data: object): Promise<R> {
  const worker = new Worker(new URL(`./${program}.mjs`, import.meta.url), { workerData: data });
  return new Promise<R>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`${program} ended with ${code} before it was done`)));
  });
}
