import { MEMCPY_LEAST, setBytes } from './codec/set-bytes.ts';
import type { Memory } from './memory.ts';

/** Small slots whose cache lines are fetched together: more of very small ones. */
const FETCH_SLOTS = 16;
const FETCH_BYTES_LEAST = 1024;
/** Slots from so many bytes on are fetched by bytes: so many that they stay in the nearest cache. */
const LARGE_SLOT_BYTES = 1024;
const FETCH_BYTES_MOST = 32_768;
/** Words of the smallest line there is. */
const WORDS_A_LINE = 16;

/** How many slots' lines are to be fetched together: of small slots so many bytes at least. */
export function slotsToFetch(slotBytes: number, bytesLeast: number = FETCH_BYTES_LEAST): number {
  if (slotBytes >= LARGE_SLOT_BYTES) return Math.max(1, Math.floor(FETCH_BYTES_MOST / slotBytes));
  return Math.max(FETCH_SLOTS, Math.floor(bytesLeast / slotBytes));
}

/**
 * Writes into every cache line between two bytes, which are the caller's to write. The lines still lie in a reader's cache, and a
 * publication waits for all that was written before it: asked for together they come together, where message by message each would be
 * waited for alone.
 *
 * Where there is a `memcpy`, many lines are overwritten as a whole, which a core can do without waiting for what is in them.
 */
export function fetchLines({ i32: words, u8 }: Memory, from: number, until: number): void {
  const bytes = Math.min(until - from, FETCH_BYTES_MOST);
  if (bytes >= MEMCPY_LEAST) {
    setBytes(u8, nothing(bytes), from);
    return;
  }
  const end = until >> 2;
  for (let word = (from + 3) >> 2; word < end; word += WORDS_A_LINE) words[word] = 0;
}

const NOTHING: Uint8Array = /* @__PURE__ */ new Uint8Array(FETCH_BYTES_MOST);
let lastNothing: Uint8Array = NOTHING;

/** Zeros. A writer asks for the same number nearly always. */
function nothing(bytes: number): Uint8Array {
  if (lastNothing.length !== bytes) lastNothing = NOTHING.subarray(0, bytes);
  return lastNothing;
}
