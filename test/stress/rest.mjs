/**
 * What threads do between their calls, so that they meet in other ways than at full speed: nothing, a moment off the ring, a
 * sleep, or the making of garbage, which stops the thread at an instant that nothing else would have chosen.
 *
 * @typedef {object} Habits
 * @property {number} rests how often, from 0 to 1, something is done between two calls
 * @property {boolean} litters
 */

const MOMENTS = 3000;
const SLEEP_MS = 1;
const ARRAYS = 200;
const nothing = new Int32Array(new SharedArrayBuffer(4));

/** @type {unknown} */
let litter;

/**
 * @param {() => number} random
 * @param {Habits} habits
 * @param {boolean} blocking whether the thread may sleep
 */
export function rest(random, { rests, litters }, blocking) {
  if (random() >= rests) return;
  if (litters && random() < 0.5) litter = Array.from({ length: ARRAYS }, (_, i) => new Array(100).fill(i));
  else if (blocking && random() < 0.1) Atomics.wait(nothing, 0, 0, random() * SLEEP_MS);
  else for (let i = random() * MOMENTS; i > 0; i--) Atomics.load(nothing, 0);
}

/** What was made last, so that no engine leaves it out. */
export const littered = () => litter;
