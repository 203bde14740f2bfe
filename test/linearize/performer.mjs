import { setImmediate as turn } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { pick, seeded } from '../threads/seeded.mjs';
import { actsOf } from './acts.mjs';
import { Recorder } from './recorder.mjs';

/**
 * A thread that does its part in one history after the other and sends back what it has written down.
 *
 * @typedef {object} Job
 * @property {any} handle
 * @property {import('./plan.mjs').Plan} plan
 * @property {import('./acts.mjs').Part} part
 * @property {number} gate the word on which the threads of the history gather
 * @typedef {{ jobs: Job[], clock: SharedArrayBuffer, gates: SharedArrayBuffer }} Task
 */

const LOOKS_AT_GATE = 2000;
const nothing = new Int32Array(new SharedArrayBuffer(4));

/** All begin together. @param {Int32Array} gates @param {number} gate @param {number} parties */
function gather(gates, gate, parties) {
  if (Atomics.add(gates, gate, 1) + 1 === parties) Atomics.notify(gates, gate);
  for (let look = 0; look < LOOKS_AT_GATE; look++) if (Atomics.load(gates, gate) === parties) return;
  for (let seen = Atomics.load(gates, gate); seen < parties; seen = Atomics.load(gates, gate)) {
    Atomics.wait(gates, gate, seen, 20);
  }
}

/** Between two calls: nothing, a moment, a sleep, or a turn of the event loop. @param {() => number} random @param {number} haste */
function pause(random, haste) {
  if (random() < haste) return undefined;
  const way = random();
  if (way < 0.6) for (let i = random() * 2000; i > 0; i--) Atomics.load(nothing, 0);
  else if (way < 0.85) Atomics.wait(nothing, 0, 0, random() * 0.3);
  else return turn();
  return undefined;
}

/** @param {Job} job @param {Task} task */
async function perform({ handle, plan, part, gate }, { clock, gates }) {
  const random = seeded(part.seed);
  const recorder = new Recorder(new Int32Array(clock), part.thread, part.group);
  const { acts, leave } = actsOf(handle, plan, part, random);
  const closesAt = part.doings.includes('close') ? Math.floor(random() * part.count) : -1;
  const others = part.doings.filter((doing) => doing !== 'close');
  const haste = pick(random, [0.9, 0.5, 0.2]);
  gather(new Int32Array(gates), gate, plan.parts.length);
  for (let i = 0; i < part.count; i++) {
    const doing = i === closesAt ? 'close' : pick(random, others);
    await pause(random, part.singly ? 0.98 : haste);
    await pick(random, acts[doing] ?? [])(recorder);
  }
  leave();
  return recorder.operations;
}

parentPort?.on('message', async (/** @type {Task} */ task) => {
  const operations = [];
  for (const job of task.jobs) operations.push(await perform(job, task));
  parentPort?.postMessage(operations);
});
