import { readLayout } from '../../dist/ring/layout.js';
import { PAGE_BYTES } from '../../dist/ring/memory.js';
import { CLAIMED, OWNER, OWNER_SHIFT, PHASE, TAKEN, VOID } from '../../dist/ring/mpmc/turn.js';

const SEATS = 127;
const SEAT_WORDS = 32;

/**
 * The number of a thread's seat in the parking lot of a ring; 0 when it has none.
 *
 * @param {import('millrace/ring').RingHandle} handle
 * @param {number} threadId
 */
export function seatOf({ lot }, threadId) {
  const words = new Int32Array(lot);
  for (let seat = 1; seat <= SEATS; seat++) {
    if (Atomics.load(words, seat * SEAT_WORDS + 1) === threadId + 1) return seat;
  }
  return 0;
}

/**
 * What a thread left half done in a ring whose slots have turn words: tells whether a kill hit where it hurts.
 *
 * @param {import('./verdict.mjs').Mortal} ring
 * @param {number} threadId
 * @returns {{ claimed: number, taken: number }}
 */
export function unfinished(ring, threadId) {
  const { handle } = ring;
  if (handle.millrace === 'latest') return { claimed: 0, taken: 0 };
  if ('levels' in handle) {
    const levels = handle.levels.map((/** @type {any} */ level) =>
      unfinished({ ...ring, handle: level }, threadId),
    );
    return levels.reduce(sum, { claimed: 0, taken: 0 });
  }
  const { turned, turns, slots } = readLayout(handle.buffer, handle.memory === undefined ? 1 : PAGE_BYTES);
  const seat = seatOf(handle, threadId);
  let claimed = 0;
  let taken = 0;
  if (!turned || seat === 0) return { claimed, taken };
  const words = new Int32Array(handle.buffer);
  for (let slot = 0; slot < slots; slot++) {
    const word = Atomics.load(words, turns + slot);
    if ((word & OWNER) >> OWNER_SHIFT !== seat) continue;
    const phase = word & PHASE;
    if (phase === CLAIMED || phase === VOID) claimed++;
    if (phase === TAKEN) taken++;
  }
  return { claimed, taken };
}

/** @typedef {{ claimed: number, taken: number }} Unfinished */
/** @param {Unfinished} a @param {Unfinished} b @returns {Unfinished} */
const sum = (a, b) => ({ claimed: a.claimed + b.claimed, taken: a.taken + b.taken });
