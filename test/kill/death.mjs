import { isMainThread } from 'node:worker_threads';

/**
 * How a thread ends itself, when its time has come.
 *
 * @typedef {'exit' | 'throw' | 'heap'} OwnEnd
 */

export const KILLED = 'killed by an uncaught exception';

/** Small enough that a thread reaches it in some tens of milliseconds. */
export const HEAP_LIMITS = { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 4 };

/** @type {unknown[]} */
const hoard = [];

/** @param {OwnEnd} end */
function end(end) {
  if (isMainThread) throw new Error('The main thread does not end itself.');
  if (end === 'exit') process.exit();
  if (end === 'throw') throw new Error(KILLED);
  // Many small arrays: one huge one would end the whole process, not the thread (nodejs/node #47224).
  for (;;) hoard.push(new Array(1000).fill(hoard.length));
}

/**
 * A function that ends the thread, by the end it was given, at the call with this number.
 *
 * @param {OwnEnd | undefined} way
 * @param {number} calls
 * @param {() => void} announce is called right before
 */
export function lifetime(way, calls, announce) {
  let left = calls;
  return () => {
    if (--left > 0 || way === undefined) return;
    announce();
    end(way);
  };
}

/** Whether an error says what was to be expected of a death. @param {Error & { code?: string }} error */
export const isExpected = (error) =>
  error.message.includes(KILLED) || error.code === 'ERR_WORKER_OUT_OF_MEMORY';
