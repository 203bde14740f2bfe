import { parentPort, workerData } from 'node:worker_threads';
import { copy, open, openBroadcast } from 'millrace/ring';
import { pick, seeded } from '../threads/seeded.mjs';
import { KINDS } from './message.mjs';
import { rest } from './rest.mjs';

/**
 * Reads until the ring ends, by whatever calls the seed says, and checks contents and order of every message.
 *
 * @typedef {object} ConsumerData
 * @property {import('millrace/ring').RingHandle} ring
 * @property {import('./message.mjs').Kind} kind
 * @property {number} seed
 * @property {boolean} blocking
 * @property {number | undefined} subscription of a broadcast ring
 * @property {import('./rest.mjs').Habits} habits
 * @typedef {{ numbers: number[][], problem: string | undefined }} Received producer by producer
 *
 * @param {ConsumerData} data
 * @returns {Promise<Received>}
 */
export async function consume({ ring: handle, kind, seed, blocking, subscription, habits }) {
  const random = seeded(seed);
  const reader =
    subscription === undefined ? open(handle).reader : openBroadcast(handle).attach(subscription);
  const { make, read, show } = KINDS[kind];
  /** @type {number[][]} */
  const numbers = [];
  /** @type {string | undefined} */
  let problem;

  /** @param {any} message */
  function receive(message) {
    const [producer, number] = read(message);
    if (JSON.stringify(show(message)) !== JSON.stringify(show(make(producer, number)))) {
      problem ??= `torn: ${JSON.stringify(show(copy(message)))}`;
      return;
    }
    numbers[producer] ??= [];
    const before = numbers[producer].at(-1) ?? -1;
    if (number <= before) problem ??= `message ${number} of producer ${producer} came after ${before}`;
    numbers[producer].push(number);
  }

  const free = ['poll', 'take', 'drain', 'drain few', 'batch'];
  const calls = blocking ? [...free, 'takeSync', 'drainSync'] : free;
  while (!reader.ended) {
    const call = pick(random, calls);
    for (let i = random() ** 4 * 1000; i > 0 && !reader.ended; i--) {
      if (call === 'poll') receiveIf(reader.poll());
      else if (call === 'drain') reader.drain(receive);
      else if (call === 'drain few') reader.drain(receive, 3);
      else if (call === 'drainSync') reader.drainSync(receive);
      else if (call === 'batch') batch();
      else receiveIf(await takeOrEnd(call));
      rest(random, habits, blocking);
    }
    if (!blocking) await new Promise((resolve) => setImmediate(resolve));
  }
  return { numbers, problem };

  /** A ring that ends while a take waits is the end, not an error. @param {string} call */
  async function takeOrEnd(call) {
    try {
      return call === 'take' ? await reader.take() : reader.takeSync();
    } catch (error) {
      if (/** @type {{ code?: string }} */ (error).code === 'MILLRACE_CLOSED') return undefined;
      throw error;
    }
  }

  /** @param {any} message */
  function receiveIf(message) {
    if (message !== undefined) receive(message);
  }

  function batch() {
    const open = reader.batch();
    for (const view of open ?? []) receive(view);
    open?.release();
  }
}

if (workerData?.role === 'consumer') {
  parentPort?.postMessage(await consume(workerData));
}
