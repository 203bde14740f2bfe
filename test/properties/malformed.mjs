import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { ACCEPTED, AT_ATTEMPT, REFUSED } from './attempts.mjs';

/**
 * Tries malformed inputs in a thread of its own, and watches over it: an attempt that takes longer than `HANG_MS` hangs.
 *
 * @typedef {keyof typeof import('./attempts.mjs').ATTEMPTS} Form
 * @typedef {object} Tally
 * @property {number} refused with an error of Millrace that says why
 * @property {number} accepted because it was not that malformed
 * @property {import('./attempts.mjs').Fault[]} faults of any other kind
 * @property {number[]} hangs attempts that did not end
 */
const THREAD = new URL('./attempts.mjs', import.meta.url);
const HANG_MS = 2000;
const LOOK_MS = 50;
/** What goes wrong more often than this need not be shown more often. */
const FAULTS_MAX = 20;

/** @param {Form} form @param {number} seed @param {number} from @param {number} to @returns {Promise<Tally>} */
export async function tryMalformed(form, seed, from, to) {
  /** @type {Tally} */
  const tally = { refused: 0, accepted: 0, faults: [], hangs: [] };
  for (let next = from; next < to && tally.faults.length + tally.hangs.length < FAULTS_MAX; ) {
    next = await tryFrom(form, seed, next, to, tally);
  }
  return tally;
}

/**
 * Until all is tried or a thread hangs or dies; which attempt is the next.
 *
 * @param {Form} form
 * @param {number} seed
 * @param {number} from
 * @param {number} to
 * @param {Tally} tally
 */
async function tryFrom(form, seed, from, to, tally) {
  const words = new SharedArrayBuffer(12);
  const state = new Int32Array(words);
  const worker = new Worker(THREAD, { workerData: { form, seed, from, to, words } });
  worker.on('message', (fault) => tally.faults.push(fault));
  worker.on('error', (error) => tally.faults.push({ attempt: at(), stack: String(error.stack) }));
  const exit = new Promise((resolve) => worker.once('exit', resolve));
  const at = () => Atomics.load(state, AT_ATTEMPT);
  const hung = await hangs(exit, at);
  if (hung) tally.hangs.push(at());
  await worker.terminate();
  tally.refused += Atomics.load(state, REFUSED);
  tally.accepted += Atomics.load(state, ACCEPTED);
  return at() >= to ? to : at() + 1;
}

/** @param {Promise<unknown>} exit @param {() => number} at @returns {Promise<boolean>} */
async function hangs(exit, at) {
  const ended = exit.then(() => true);
  let last = -1;
  let since = performance.now();
  for (;;) {
    if (await Promise.race([ended, sleep(LOOK_MS, false)])) return false;
    if (at() !== last || at() === 0) {
      last = at();
      if (last !== 0) since = performance.now();
    }
    if (performance.now() - since > HANG_MS) return true;
  }
}
