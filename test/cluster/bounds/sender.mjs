/** Sends to every topic in turns, as fast as it can, until it is told to stop; how many it has sent stands in shared memory. */
import { parentPort, workerData } from 'node:worker_threads';
import { openBus } from 'millrace';
import { Heaps } from './heaps.mjs';
import { KEYS, messageOf, topics } from './topics.mjs';

/** @type {{ from: number, sent: Float64Array, stop: Int32Array, heaps: SharedArrayBuffer }} */
const { from, sent, stop, heaps: buffer } = workerData;
const names = Object.keys(topics);
const bus = openBus();
const heaps = new Heaps(buffer);
const asleep = new Int32Array(new SharedArrayBuffer(4));

/** How many messages of each topic are sent in a turn, together where that is possible. */
const turn = { orders: 48, events: 16, samples: 16, files: 4, tasks: 8, later: 1 };
/** One id in so many is sent twice. */
const AGAIN = 8;

/** @type {Record<string, number>} */
const next = Object.fromEntries(names.map((name) => [name, 0]));

/** @param {string} topic */
function message(topic) {
  const number = /** @type {number} */ (next[topic]);
  next[topic] = number + 1;
  const key = topic === 'events' ? {} : { key: `${from}-${number % KEYS}` };
  return { number, value: messageOf(topic, from, number), ...key };
}

/**
 * @param {string} name
 * @param {number} count
 */
function send(name, count) {
  const topic = bus.topic(name);
  if (name === 'tasks') for (let i = 0; i < count; i++) sendTask(topic);
  else if (name === 'later') sendLater(topic);
  else topic.sendAllSync(Array.from({ length: count }, () => message(name)));
}

/** @param {import('millrace').Topic<any>} topic */
function sendTask(topic) {
  const { number, value, ...key } = message('tasks');
  const id = `${from}-${number}`;
  for (let i = 0; i < (number % AGAIN === 0 ? 2 : 1); i++) topic.sendSync(value, { ...key, id });
}

/** @param {import('millrace').Topic<any>} topic */
function sendLater(topic) {
  const { number, value, ...key } = message('later');
  for (;;) {
    try {
      return topic.offer(value, { ...key, delay: 1 + (number % 20) });
    } catch (error) {
      if (/** @type {any} */ (error).code !== 'MILLRACE_FULL') throw error;
      Atomics.wait(asleep, 0, 0, 1);
    }
  }
}

parentPort?.postMessage('started');
while (Atomics.load(stop, 0) === 0) {
  for (const [topic, count] of Object.entries(turn)) send(topic, count);
  for (const [i, name] of names.entries()) sent[from * names.length + i] = next[name] ?? 0;
  heaps.look();
}
