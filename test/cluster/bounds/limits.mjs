import { SAMPLES_MS } from './topics.mjs';

const MIB = 2 ** 20;
/** What a thread may keep on its heap, after its garbage was collected. */
export const HEAP_MIB = 48;
/** By how much a heap may have grown since the warm-up. */
export const HEAP_GROWTH_MIB = 3;
/** What the process may take beside shared memory: for itself, and for each thread. */
const PROCESS_MIB = 100;
const THREAD_MIB = 48;
/** By how much the process may have grown since the warm-up, at the least of the last looks. */
export const RSS_GROWTH_MIB = 64;
/** How many looks these are: what ten threads take for young objects goes up and down from one to the next. */
export const RECENT_LOOKS = 4;
/** Milliseconds that a message may be older than its topic's limit: between the look at the clock and the look at the message. */
const LATE_MS = 1000;

/** @param {unknown} value what may hold shared memory somewhere inside @returns {Set<SharedArrayBuffer>} */
function sharedIn(value, found = new Set()) {
  if (value instanceof SharedArrayBuffer) found.add(value);
  else if (value !== null && typeof value === 'object')
    for (const inner of Object.values(value)) sharedIn(inner, found);
  return found;
}

/** MiB of shared memory that hang on a topic. @param {import('millrace').Topic<any>} topic */
export const sharedMib = (topic) =>
  [...sharedIn(topic.handle)].reduce((sum, { byteLength }) => sum + byteLength, 0) / MIB;

export const rssMib = () => process.memoryUsage.rss() / MIB;

/**
 * The bounds, as they are known before the first message.
 * @param {readonly import('millrace').Topic<any>[]} all
 * @param {number} threads
 */
export function limitsOf(all, threads) {
  const sharedMiB = all.reduce((sum, topic) => sum + sharedMib(topic), 0);
  return { sharedMiB, heapMiB: HEAP_MIB, rssMiB: sharedMiB + PROCESS_MIB + THREAD_MIB * threads };
}

/**
 * What is wrong with what the topics keep: no more than their partitions have slots, and nothing that is too old is shown.
 * @param {readonly import('millrace').Topic<any>[]} all
 * @returns {Generator<string>}
 */
export function* keptTooMuch(all) {
  for (const topic of all) {
    for (const [i, { depth }] of topic.metrics().partitions.entries()) {
      const { capacity } = /** @type {{ capacity: number }} */ (topic.logs[i]);
      if (depth > capacity) yield `partition ${i} of ${topic.name} holds ${depth} slots of ${capacity}`;
    }
    if (topic.name === 'samples') yield* tooOld(topic);
  }
}

/** @param {import('millrace').Topic<any>} topic @returns {Generator<string>} */
function* tooOld(topic) {
  const began = Date.now();
  for (const { timestamp } of topic.browse()) {
    if (began - timestamp > SAMPLES_MS + LATE_MS)
      yield `${topic.name} shows a message that is ${began - timestamp} ms old`;
    return; // The others are younger, and more and more of them come.
  }
}
