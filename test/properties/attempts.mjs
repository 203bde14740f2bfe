import { isDeepStrictEqual } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { open } from 'millrace/ring';
import { seeded } from '../threads/seeded.mjs';
import { attemptCell, attemptHandle } from './bad-handles.mjs';
import { attemptRing } from './scribbled-rings.mjs';
import { attemptTurns } from './scribbled-turns.mjs';
import { attemptRecord } from './strange-records.mjs';
import { restore, TEMPLATES } from './templates.mjs';

/**
 * A thread that makes one malformed input after the other, each from a number, and says in shared memory which one it is at, so
 * that it is known when it hangs or dies.
 *
 * @typedef {object} AttemptsData
 * @property {keyof typeof ATTEMPTS} form
 * @property {number} seed
 * @property {number} from the first attempt
 * @property {number} to
 * @property {SharedArrayBuffer} words at which attempt it is, how many were refused, how many accepted
 */
export const AT_ATTEMPT = 0;
export const REFUSED = 1;
export const ACCEPTED = 2;

/** What is malformed. */
export const ATTEMPTS = {
  handle: attemptHandle,
  cell: attemptCell,
  ring: attemptRing,
  turns: attemptTurns,
  record: attemptRecord,
};

/** @typedef {{ attempt: number, stack: string }} Fault */

const SOUND_EVERY = 1000;

/** Whatever was done to bad rings: a good one opens and gives its first message. @param {number} at */
function checkSound(at) {
  const queues = TEMPLATES.filter(({ ring }) => ring.topology !== 'broadcast');
  const template = queues[(at / SOUND_EVERY) % queues.length] ?? queues[0];
  if (template === undefined) return;
  const first = open(restore(template)).reader.poll();
  if (!isDeepStrictEqual(first, template.values[0])) throw new Error(`a sound ring gave ${first}`);
}

if (parentPort !== null && workerData?.form !== undefined) {
  const { form, seed, from, to, words } = /** @type {AttemptsData} */ (workerData);
  const state = new Int32Array(words);
  const attempt = ATTEMPTS[form];
  for (let at = from; at < to; at++) {
    Atomics.store(state, AT_ATTEMPT, at);
    try {
      if (at % SOUND_EVERY === 0) checkSound(at);
      const outcome = attempt(seeded(Math.imul(seed ^ at, 0x9e3779b1) + at));
      Atomics.add(state, outcome === 'refused' ? REFUSED : ACCEPTED, 1);
    } catch (error) {
      parentPort.postMessage({ attempt: at, stack: String(/** @type {Error} */ (error).stack) });
    }
  }
  Atomics.store(state, AT_ATTEMPT, to);
}
