import { Worker } from 'node:worker_threads';
import {
  type BroadcastRing,
  broadcast,
  mpmc,
  mpsc,
  type Ring,
  spmc,
  spsc,
  type WaitStrategy,
} from 'millrace/ring';
import { describe, expect, test } from 'vitest';
import { consume, type Received } from './consumer.mjs';
import { KINDS, type Kind } from './message.mjs';
import { produce } from './producer.mjs';
import { pick, seeded } from './seeded.mjs';

/** `THREADS_SEED=…` runs a failure again, as far as threads let themselves be run again. */
const { THREADS_SEED } = process.env;
const SEED = Number(THREADS_SEED ?? Date.now() % 1_000_000);
const MESSAGES = 6_000;

interface Setup {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: rings of any codec.
  readonly create: (codec: any, options: object) => Ring<any>;
  readonly producers: number;
  readonly consumers: number;
  /** Which consumer, if any, is the main thread. */
  readonly mainConsumes?: boolean;
  readonly mainProduces?: boolean;
}

const SETUPS: readonly Setup[] = [
  { name: 'spsc', create: spsc, producers: 1, consumers: 1 },
  { name: 'spsc, main thread reads', create: spsc, producers: 1, consumers: 1, mainConsumes: true },
  { name: 'spsc, main thread writes', create: spsc, producers: 1, consumers: 1, mainProduces: true },
  { name: 'mpsc 3 to 1', create: mpsc, producers: 3, consumers: 1, mainConsumes: true },
  { name: 'spmc 1 to 3', create: spmc, producers: 1, consumers: 3, mainProduces: true },
  { name: 'mpmc 2 to 2', create: mpmc, producers: 2, consumers: 2 },
  { name: 'mpmc 3 to 3', create: mpmc, producers: 3, consumers: 3, mainConsumes: true },
  { name: 'broadcast 2 to 2', create: broadcast, producers: 2, consumers: 2 },
];

describe.each(SETUPS)('$name', (setup) => {
  test.each([1, 2, 7, 64, 4096])(
    'every message arrives once, whole, and in its producer’s order, with a capacity of %i',
    async (capacity) => {
      const seed = SEED + capacity * 31 + setup.name.length * 1009;
      const random = seeded(seed);
      const kind = pick(random, Object.keys(KINDS) as Kind[]);
      const wait = pick<WaitStrategy>(random, ['spin', 'park', 'adaptive', 'park']);
      const firstSequence = pick(random, [0, 2 ** 31 - 2000, -2000, 2 ** 30 - 2000, 2 ** 29 - 2000]);
      const what = `THREADS_SEED=${SEED} ${JSON.stringify({ seed, kind, wait, capacity, firstSequence })}`;
      const count = Math.floor((capacity < 64 ? MESSAGES / 3 : MESSAGES) / setup.producers);
      const { codec, sizes } = KINDS[kind];
      const largest =
        'slotSize' in sizes ? Math.max(capacity, Math.ceil(112 / Number(sizes.slotSize))) : capacity;
      const ring = setup.create(codec, { capacity: largest, wait, firstSequence, ...sizes });
      const received = await inTime(flow(setup, ring, kind, count, random), ring, what);
      for (const { problem } of received) expect(problem, what).toBeUndefined();
      const all = Array.from({ length: count }, (_, number) => number);
      for (let producer = 0; producer < setup.producers; producer++) {
        const lists = received.map(({ numbers }) => numbers[producer] ?? []);
        const heaps = setup.create === broadcast ? lists : [lists.flat().sort((a, b) => a - b)];
        for (const heap of heaps) expect(heap, `${what}, producer ${producer}`).toEqual(all);
      }
      expect(ring.stats(), what).toMatchObject({
        written: count * setup.producers,
        read: count * setup.producers * (setup.create === broadcast ? setup.consumers : 1),
        depth: 0,
      });
    },
  );
});

/** How long a flow of a few hundred milliseconds may take on a busy machine. */
const STUCK_MS = 15_000;

/** Says what can be said when nothing moves any more. */
async function inTime<R>(flowing: Promise<R>, ring: Ring<unknown>, what: string): Promise<R> {
  let timer: NodeJS.Timeout | undefined;
  const stuck = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`stuck: ${what} ${JSON.stringify(ring.stats())}`)), STUCK_MS);
  });
  try {
    return await Promise.race([flowing, stuck]);
  } finally {
    clearTimeout(timer);
    if (!ring.closed) ring.close();
  }
}

/** Runs producers and consumers, closes the ring when all is written, and returns what each consumer got. */
async function flow(
  setup: Setup,
  // biome-ignore lint/suspicious/noExplicitAny: rings of any codec.
  ring: Ring<any>,
  kind: Kind,
  count: number,
  random: () => number,
): Promise<Received[]> {
  const subscription = () =>
    setup.create === broadcast ? (ring as BroadcastRing<unknown, unknown>).addSubscription() : undefined;
  const consumers = Array.from({ length: setup.consumers }, (_, i) => {
    const inMain = setup.mainConsumes === true && i === 0;
    return {
      ring: ring.handle,
      kind,
      seed: seedFrom(random),
      blocking: !inMain,
      subscription: subscription(),
      inMain,
    };
  });
  const producers = Array.from({ length: setup.producers }, (_, producer) => {
    const inMain = setup.mainProduces === true && producer === 0;
    return { ring: ring.handle, kind, producer, count, seed: seedFrom(random), blocking: !inMain, inMain };
  });
  const received = consumers.map(({ inMain, ...data }) =>
    inMain ? consume(data) : inThread<Received>('consumer', data),
  );
  const written = producers.map(({ inMain, ...data }) =>
    inMain ? produce(data) : inThread('producer', data),
  );
  await Promise.all(written);
  ring.close();
  return Promise.all(received);
}

const seedFrom = (random: () => number) => Math.floor(random() * 2 ** 31);

function inThread<R>(role: 'producer' | 'consumer', data: object): Promise<R> {
  const worker = new Worker(new URL(`./${role}.mjs`, import.meta.url), { workerData: { role, ...data } });
  return new Promise<R>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a ${role} ended with ${code} before it was done`)));
  });
}
