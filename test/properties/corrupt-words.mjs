import { parentPort, workerData } from 'node:worker_threads';
import { broadcast, f64, mpmc, spmc, utf8 } from 'millrace/ring';
import {
  CONSUMER_CURSOR,
  DESK_CLAIM_SPAN,
  deskOf,
  FRONTIER,
  PRODUCER_CURSOR,
  readLayout,
  SUBSCRIPTION_ACTIVE,
  SUBSCRIPTION_CURSOR,
  VOID_CLAIMS,
} from '../../dist/ring/layout.js';
import { PAGE_BYTES } from '../../dist/ring/memory.js';
import {
  CLAIMED,
  LAP_SHIFT,
  MANY,
  OWNER_SHIFT,
  PUBLISHED,
  RELEASED,
  TAKEN,
} from '../../dist/ring/mpmc/turn.js';

/**
 * Rings with one word that no thread of Millrace writes, and the call that must find it out. Each is made in a thread of its own
 * (`corrupt-words.test.ts`), because most were loops without end.
 */

const NOBODY = 100 << OWNER_SHIFT;
const NO_PHASE = 7;
const LATER_LAP = 5 << LAP_SHIFT;
/** Milliseconds after which a wait is given up, which must not be what ends it. */
const LONG = { timeout: 20_000 };

/** @param {any} ring */
function wordsOf({ handle }) {
  const words = new Int32Array(handle.buffer);
  const layout = readLayout(handle.buffer, handle.memory === undefined ? 1 : PAGE_BYTES);
  return { words, ...layout };
}

/** A ring with three messages that were written together. @param {any} [options] @param {any} [make] */
function withBatch(options = {}, make = mpmc) {
  const ring = make(f64, { capacity: 4, ...options });
  const reader = make === broadcast ? ring.subscribe({ from: 'oldest' }) : ring.reader;
  ring.writer.offerAll([1, 2, 3]);
  return { ring, reader, ...wordsOf(ring) };
}

/** A full ring whose first turn word was overwritten. @param {number} word @param {any} [options] */
function fullBehind(word, options = {}) {
  const ring = mpmc(f64, { capacity: 4, ...options });
  ring.writer.offerAll([1, 2, 3, 4]);
  const { words, turns } = wordsOf(ring);
  words[turns] = word;
  return ring;
}

/** A subscription of a ring that drops the oldest, one of whose words was overwritten. @param {number} word @param {number} value @param {any} [options] */
function subscribed(word, value, options) {
  const ring = broadcast(f64, { capacity: 4, overflow: 'drop-oldest' });
  const reader = ring.subscribe({ from: 'oldest', ...options });
  ring.writer.offerAll([1, 2, 3, 4]);
  const { words, subscriptions } = wordsOf(ring);
  words[subscriptions + word] = value;
  return { ring, reader };
}

/** @param {any} reader @param {number} span */
function drainBehind({ words, runs, reader }, span) {
  words[runs] = span;
  reader.drain(() => {});
}

/** The turn word of the one slot that will be used next says what it says, and somebody reads, writes or repairs. @param {number} word */
function emptyBehind(word) {
  const ring = mpmc(f64, { capacity: 4 });
  const { words, turns } = wordsOf(ring);
  ring.writer.offer(1); // Attaches.
  ring.reader.poll();
  words[turns + 1] = word;
  return ring;
}

/** @type {Record<string, () => unknown>} */
export const CASES = {
  'a batch of no slots, drained': () => drainBehind(withBatch(), 0),
  'a batch of more slots than there are, drained': () => drainBehind(withBatch(), 5),
  'a batch of fewer slots than none, drained': () => drainBehind(withBatch(), -1),
  'a batch of no slots, drained by the core': () => drainBehind(withBatch({ core: 'wasm' }), 0),
  'a batch of no slots, read by a subscriber': () => drainBehind(withBatch({}, broadcast), 0),
  'a message of no slots': () => {
    const ring = mpmc(utf8(), { capacity: 8, slotSize: 8 });
    ring.writer.offer('of two slots');
    const { words, runs } = wordsOf(ring);
    words[runs] = 0;
    ring.reader.poll();
  },
  'a claim of no slots, met by a reader': () => {
    const ring = emptyBehind(CLAIMED | MANY | NOBODY);
    ring.reader.poll();
  },
  'a claim of no slots, met by a writer': () => emptyBehind(CLAIMED | MANY | NOBODY).writer.offer(1),
  'a claim of no slots, met by a writer with a core': () => {
    const ring = spmc(f64, { capacity: 4, core: 'wasm' });
    const { words, turns } = wordsOf(ring);
    ring.writer.offer(1);
    words[turns + 1] = CLAIMED | MANY | NOBODY;
    ring.writer.offer(1);
  },
  'a claim that goes back': () => {
    const ring = emptyBehind(TAKEN | MANY | (2 << OWNER_SHIFT));
    wordsOf(ring).words.fill(-1, deskOf(2) + DESK_CLAIM_SPAN, deskOf(2) + DESK_CLAIM_SPAN + 2);
    ring.reader.poll();
  },
  'a message that goes further than the ring, met by a writer': () => {
    const ring = mpmc(utf8(), { capacity: 4, slotSize: 8 });
    ring.writer.offer('one');
    ring.writer.offer('of two slots');
    ring.writer.detach();
    const { words, runs } = wordsOf(ring);
    words[runs + 1] = 4;
    ring.writer.offer('one');
  },
  'a later lap, met by a reader': () => emptyBehind(LATER_LAP | PUBLISHED).reader.poll(),
  'a later lap, met by a writer': () => emptyBehind(LATER_LAP | PUBLISHED).writer.offer(1),
  'a later lap, met by a look at what a broadcast ring holds': () => {
    const { ring, reader, words, turns } = withBatch({}, broadcast);
    reader.drain(() => {});
    words[VOID_CLAIMS] = 1;
    words[turns] = LATER_LAP | RELEASED;
    ring.stats();
  },
  'a full ring of which nobody has claimed the first record': () => fullBehind(0).writer.putSync(5, LONG),
  'a full ring whose first record is held by nobody': () =>
    fullBehind(TAKEN | NOBODY).writer.putSync(5, LONG),
  'a full ring whose first record is held by nobody, waited for without a sleep': () =>
    fullBehind(TAKEN | NOBODY, { wait: 'spin' }).writer.putSync(5, LONG),
  'a full ring whose first record is held by nobody, waited for by a promise': () =>
    fullBehind(TAKEN | NOBODY).writer.put(5, LONG),
  'a full ring whose first record is in no phase': () => fullBehind(NO_PHASE).writer.putSync(5, LONG),
  'a claim of nobody, waited for': () => {
    const ring = emptyBehind(CLAIMED | NOBODY);
    ring.reader.takeSync(LONG);
  },
  'a claim of nobody, waited for by a promise': () => emptyBehind(CLAIMED | NOBODY).reader.take(LONG),
  'a message that stands in no phase': () => {
    const ring = mpmc(f64, { capacity: 0 });
    const { words, turns } = wordsOf(ring);
    const put = ring.writer.put(1, LONG);
    words[turns] = NO_PHASE;
    ring.repair(999_999); // Wakes everybody.
    return put;
  },
  'a cursor far ahead of the frontier': () => {
    const ring = mpmc(f64, { capacity: 4 });
    wordsOf(ring).words[PRODUCER_CURSOR] = 1000;
    return ring.writer;
  },
  'a reading cursor far ahead of the frontier': () => {
    const ring = mpmc(f64, { capacity: 4 });
    wordsOf(ring).words[CONSUMER_CURSOR] = 1000;
    return ring.reader;
  },
  'a closed ring that ends where its reader has not got to': () => {
    const ring = mpmc(f64, { capacity: 4 });
    const { reader } = ring;
    wordsOf(ring).words.fill(4, PRODUCER_CURSOR, PRODUCER_CURSOR + 1);
    wordsOf(ring).words[FRONTIER] = 4;
    ring.close();
    reader.takeSync(LONG);
  },
  'a subscription that holds a ring up which drops the oldest': () => {
    const KEPT = 3;
    const { ring } = subscribed(SUBSCRIPTION_ACTIVE, KEPT);
    for (let i = 0; i < 8; i++) ring.writer.offer(i);
  },
  'a cursor that its reader is said to read at': () => {
    const { reader } = subscribed(SUBSCRIPTION_CURSOR, 1);
    reader.poll();
  },
  'a cursor that its reader is said to read at, with what it holds': () => {
    const { reader } = subscribed(SUBSCRIPTION_CURSOR, 1, { holds: true });
    reader.poll();
  },
  'a cursor that its reader is said to read at, skipped over': () => {
    const { reader } = subscribed(SUBSCRIPTION_CURSOR, 1);
    reader.seekToEnd();
  },
};

if (parentPort !== null && workerData?.name !== undefined) {
  const { name } = /** @type {{ name: string }} */ (workerData);
  let code = 'nothing';
  try {
    await CASES[name]?.();
  } catch (error) {
    code = /** @type {any} */ (error).code ?? String(/** @type {Error} */ (error).stack);
  }
  parentPort.postMessage(code);
}
