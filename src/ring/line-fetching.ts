/** Slots whose cache lines are fetched together: more of small ones, and of large ones so many that they stay in the nearest cache. */
const FETCH_SLOTS = 16;
const FETCH_BYTES_LEAST = 1024;
const FETCH_BYTES_MOST = 16_384;
/** Words of the smallest line there is. */
const WORDS_A_LINE = 16;

/** How many slots' lines are to be fetched together. */
export function slotsToFetch(slotBytes: number): number {
  const slots = Math.max(FETCH_SLOTS, Math.floor(FETCH_BYTES_LEAST / slotBytes));
  return Math.max(1, Math.min(slots, Math.floor(FETCH_BYTES_MOST / slotBytes)));
}

/**
 * Writes into every cache line between two bytes, which are the caller's to write. The lines still lie in a reader's cache, and a
 * publication waits for all that was written before it: asked for together they come together, where message by message each would be
 * waited for alone.
 */
export function fetchLines(words: Int32Array, from: number, until: number): void {
  const end = until >> 2;
  for (let word = (from + 3) >> 2; word < end; word += WORDS_A_LINE) words[word] = 0;
}
