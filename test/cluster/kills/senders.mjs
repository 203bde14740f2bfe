import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createBus, f64, guard, memory } from 'millrace';

/**
 * @typedef {{ kills: number, onKill?: (kills: number) => void }} Options
 * @typedef {{ worker: Worker, started: Promise<unknown> }} Sender
 */

const script = new URL('./killed-sender.mjs', import.meta.url);
const tick = (ms = 1) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * @param {import('millrace').Bus} bus
 * @param {object} workerData
 * @returns {Sender}
 */
function start(bus, workerData) {
  const worker = new Worker(script, { workerData });
  guard(worker, [bus]);
  return { worker, started: once(worker, 'message') };
}

/**
 * @param {Sender[]} senders
 * @param {(i: number) => Sender} restart
 * @param {Options} options
 */
async function kill(senders, restart, { kills, onKill }) {
  for (let i = 0; i < kills; i++) {
    const victim = i % senders.length;
    const { worker, started } = /** @type {Sender} */ (senders[victim]);
    await started;
    await tick(40 + ((i * 7) % 23));
    await worker.terminate();
    onKill?.(i + 1);
    senders[victim] = restart(victim);
  }
  for (const { worker, started } of senders) {
    await started;
    await worker.terminate();
  }
}

/** Reads as fast as it can, with little room, so that senders wait and what they wrote is gone soon.
 * @param {import('millrace').Topic<number>} topic
 * @param {(value: number, name: unknown) => void} count
 */
function countInto(topic, count) {
  topic.consume({ group: 'g' }, ({ value, headers }) => {
    if (value >= 0) count(value, headers?.['name']);
  });
}

/**
 * Three threads send messages with ids from a small range while they are killed; then every id is sent once more.
 * @param {Options} options
 */
export async function killIdSenders(options) {
  const ids = 20_000;
  const bus = createBus(memory());
  const topic = bus.topic('sent', f64, {
    partitions: 3,
    capacity: 64,
    slotSize: 96,
    dedup: { window: 65_536, ms: 2 ** 30 },
  });
  const counts = new Int32Array(ids);
  countInto(topic, (id) => {
    counts[id] = /** @type {number} */ (counts[id]) + 1;
  });
  const told = new Int32Array(new SharedArrayBuffer(4 * ids));
  let seed = 1;
  const sender = () => start(bus, { role: 'ids', told, seed: seed++ });
  await kill([sender(), sender(), sender()], sender, options);
  let forgotten = 0;
  for (let id = 0; id < ids; id++) {
    const isNew = !(await topic.send(id, { id: `${id}`, timeout: 1000 })).duplicate;
    if (isNew && told[id] !== 0) forgotten++;
  }
  while (topic.lag('g') > 0) await tick();
  await bus.close();
  return {
    kills: options.kills + 3,
    messages: ids,
    lost: counts.filter((count) => count === 0).length + forgotten,
    doubled: counts.filter((count) => count > 1).length,
  };
}

/**
 * Two numbered producers are killed and go on from where they stopped.
 * @param {Options} options
 */
export async function killProducers(options) {
  const bus = createBus(memory());
  const topic = bus.topic('sent', f64, { partitions: 3, capacity: 64, slotSize: 96 });
  const names = ['a', 'b'];
  const counts = new Map(names.map((name) => [name, new Int32Array(2 ** 24)]));
  countInto(topic, (n, name) => {
    const own = /** @type {Int32Array} */ (counts.get(String(name)));
    own[n] = /** @type {number} */ (own[n]) + 1;
  });
  const told = names.map(() => new Int32Array(new SharedArrayBuffer(4)));
  const sender = (/** @type {number} */ i) =>
    start(bus, { role: 'producer', name: names[i], told: told[i], seed: 1 });
  await kill([sender(0), sender(1)], sender, options);
  while (topic.lag('g') > 0) await tick();
  const result = { kills: options.kills + 2, messages: 0, lost: 0, doubled: 0 };
  for (const [i, name] of names.entries()) {
    const { sequence } = topic.producer(name);
    const own = /** @type {Int32Array} */ (counts.get(name)).subarray(1);
    result.messages += sequence;
    result.lost += own.subarray(0, sequence).filter((count) => count === 0).length;
    result.lost += Math.max(0, /** @type {number} */ (told[i]?.[0]) - sequence);
    result.doubled += own.filter((count) => count > 1).length;
    result.doubled += own.subarray(sequence).filter((count) => count > 0).length;
  }
  await bus.close();
  return result;
}
