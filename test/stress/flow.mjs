import { Worker } from 'node:worker_threads';
import { broadcast, mpmc, mpsc, spmc, spsc } from 'millrace/ring';
import { pick, seeded } from '../threads/seeded.mjs';
import { consume } from './consumer.mjs';
import { KINDS } from './message.mjs';
import { produce } from './producer.mjs';

/**
 * One ring through which producers send numbered messages to consumers until all have arrived. Everything that is left to
 * chance follows from its seed, but for the order in which the threads run.
 *
 * @typedef {object} Flow
 * @property {number} seed
 * @property {import('millrace/ring').Topology} topology
 * @property {number} producers
 * @property {number} consumers
 * @property {import('./message.mjs').Kind} kind
 * @property {import('millrace/ring').Overflow} overflow
 * @property {number} capacity
 * @property {number} firstSequence
 * @property {number} count of messages of each producer
 * @property {boolean} mainProduces whether one of the producers is the main thread
 * @property {boolean} mainConsumes
 */

const MAKERS = { spsc, mpsc, spmc, mpmc, broadcast };
const WAITS = /** @type {const} */ (['spin', 'park', 'adaptive', 'park']);
const CAPACITIES = [1, 1, 2, 3, 7, 64, 1000, 4096, 65_536];
const TOPOLOGIES = /** @type {const} */ (['spsc', 'mpsc', 'spmc', 'mpmc', 'mpmc', 'broadcast']);
/** Some messages before a word that counts them wraps round, or a bit of it changes that flags could be mistaken for. */
const WRAPS = [2 ** 31, 2 ** 32, 2 ** 30, 2 ** 29, 2 ** 25];
const BEFORE_WRAP = 2000;

/** How long a flow of a second may take on a busy machine before it counts as stuck. */
const STUCK_MS = 60_000;

/** @param {number} seed @returns {Flow} */
export function flowOf(seed) {
  const random = seeded(seed);
  const topology = pick(random, TOPOLOGIES);
  const several = () => 2 + Math.floor(random() * 3);
  const capacity = pick(random, CAPACITIES);
  const producers = topology === 'spsc' || topology === 'spmc' ? 1 : several();
  const consumers = topology === 'spsc' || topology === 'mpsc' ? 1 : several();
  const role = random();
  return {
    seed,
    topology,
    producers,
    consumers,
    kind: pick(random, /** @type {import('./message.mjs').Kind[]} */ (Object.keys(KINDS))),
    overflow: random() < 0.8 ? 'block' : droppingOf(random, topology),
    capacity,
    firstSequence: random() < 0.3 ? 0 : (pick(random, WRAPS) - Math.floor(random() * BEFORE_WRAP)) | 0,
    count: Math.ceil((capacity < 64 ? 4000 : 40_000) / producers),
    mainProduces: role < 0.15,
    mainConsumes: role > 0.85,
  };
}

/** @param {() => number} random @param {import('millrace/ring').Topology} topology */
function droppingOf(random, topology) {
  return topology === 'broadcast' || random() < 0.5 ? 'drop-newest' : 'drop-oldest';
}

/**
 * Runs it, and says what is wrong with what has arrived; `undefined` when nothing is.
 *
 * @param {Flow} flow
 * @returns {Promise<string | undefined>}
 */
export async function faultOfFlow(flow) {
  const { codec, sizes } = KINDS[flow.kind];
  const leastCapacity = 'slotSize' in sizes ? Math.ceil(112 / Number(sizes.slotSize)) : 1;
  const settings = {
    capacity: Math.max(flow.capacity, leastCapacity),
    overflow: flow.overflow,
    firstSequence: flow.firstSequence,
    ...sizes,
  };
  const ring = MAKERS[flow.topology](codec, settings);
  /** @type {Worker[]} */
  const workers = [];
  try {
    const received = await inTime(run(ring, flow, workers), ring);
    return (
      received.find(({ problem }) => problem !== undefined)?.problem ?? faultOf(flow, received, ring.stats())
    );
  } catch (error) {
    return /** @type {Error} */ (error).message;
  } finally {
    if (!ring.closed) ring.close();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/**
 * Runs producers and consumers, closes the ring when all is written, and returns what each consumer got.
 *
 * @param {import('millrace/ring').Ring<any>} ring
 * @param {Flow} flow
 * @param {Worker[]} workers that are started
 * @returns {Promise<import('./consumer.mjs').Received[]>}
 */
async function run(ring, flow, workers) {
  const random = seeded(flow.seed + 1);
  const habits = { rests: pick(random, [0, 0.01, 0.2]), litters: random() < 0.3 };
  const common = (/** @type {boolean} */ inMain) => ({
    ring: { ...ring.handle, wait: pick(random, WAITS) },
    kind: flow.kind,
    seed: Math.floor(random() * 2 ** 31),
    blocking: !inMain && random() < 0.8,
    habits,
  });
  const consumers = Array.from({ length: flow.consumers }, (_, i) => {
    const inMain = flow.mainConsumes && i === 0;
    const subscription = 'addSubscription' in ring ? /** @type {any} */ (ring).addSubscription() : undefined;
    return { ...common(inMain), subscription, inMain };
  });
  const producers = Array.from({ length: flow.producers }, (_, producer) => {
    const inMain = flow.mainProduces && producer === 0;
    return { ...common(inMain), producer, count: flow.count, inMain };
  });
  const received = consumers.map(({ inMain, ...data }) =>
    inMain ? consume(data) : inThread('consumer', data, ring, workers),
  );
  const written = producers.map(({ inMain, ...data }) =>
    inMain ? produce(data) : inThread('producer', data, ring, workers),
  );
  await Promise.race([Promise.all(written), Promise.all(received)]); // A consumer ends before only by failing.
  ring.close();
  return Promise.all(received);
}

/**
 * @param {'producer' | 'consumer'} role
 * @param {object} data
 * @param {import('millrace/ring').Ring<any>} ring of which the thread's seat comes back when it has ended
 * @param {Worker[]} workers
 * @returns {Promise<any>}
 */
function inThread(role, data, ring, workers) {
  const worker = new Worker(new URL(`./${role}.mjs`, import.meta.url), { workerData: { role, ...data } });
  const { threadId } = worker;
  worker.once('exit', () => ring.repair(threadId));
  workers.push(worker);
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a ${role} ended with ${code} before it was done`)));
  });
}

/**
 * Says what can be said when nothing moves any more.
 *
 * @template R
 * @param {Promise<R>} running
 * @param {import('millrace/ring').Ring<any>} ring
 * @returns {Promise<R>}
 */
async function inTime(running, ring) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const stuck = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`stuck: ${JSON.stringify(ring.stats())}`)), STUCK_MS);
  });
  try {
    return await /** @type {Promise<R>} */ (Promise.race([running, stuck]));
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {Flow} flow
 * @param {import('./consumer.mjs').Received[]} received
 * @param {import('millrace/ring').RingStats} stats
 */
function faultOf({ topology, producers, consumers, count, overflow }, received, stats) {
  const copies = topology === 'broadcast' ? consumers : 1;
  const sent = count * producers;
  let arrived = 0;
  for (let producer = 0; producer < producers; producer++) {
    const lists = received.map(({ numbers }) => numbers[producer] ?? []);
    for (const list of copies > 1 ? lists : [lists.flat()]) {
      const different = new Set(list).size;
      if (different !== list.length)
        return `${list.length - different} messages of producer ${producer} came twice`;
      if (overflow === 'block' && list.length !== count)
        return `${count - list.length} messages of producer ${producer} did not come`;
      arrived += list.length;
    }
  }
  const due = (sent - stats.dropped) * copies;
  if (arrived !== due) return `${arrived} messages came, not ${due}: ${sent} sent, ${stats.dropped} dropped`;
  if (stats.read !== arrived) return `${arrived} messages came, and ${stats.read} were counted`;
  return undefined;
}
