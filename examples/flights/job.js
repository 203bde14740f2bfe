/**
 * The whole job: decode, publish over both queues, count again in a single thread, compare.
 */
import { now } from './clock.js';
import { COLUMN_NAMES } from './flight-columns.js';
import { openFlightFile } from './flight-file.js';
import { firstDifference } from './flight-totals.js';
import { measure } from './measure.js';
import { openPostMessage } from './over-post-message.js';
import { openRing } from './over-ring.js';
import { newCounter } from './progress.js';
import { Thread } from './thread.js';

/** @import { FlightFile, RowRange } from './flight-file.js' */
/** @import { Totals } from './flight-totals.js' */
/** @import { Measurement, Queue } from './measure.js' */
/** @import { Options } from './options.js' */
/** @import { Progress } from './progress.js' */

/**
 * @typedef {object} Outcome
 * @property {string} path of the data file
 * @property {number} flights
 * @property {number} readers
 * @property {number} consumers
 * @property {number} decodeSeconds
 * @property {Measurement} ring
 * @property {Measurement} postMessage
 * @property {{ totals: Totals, seconds: number }} singleThread
 * @property {string | undefined} difference the first one between the three, if there is any
 */

/**
 * @typedef {object} Plan
 * @property {FlightFile} file
 * @property {RowRange[]} ranges of rows to read, each inside one row group
 * @property {number} flights
 * @property {number} readers reader threads; one for each range at most
 * @property {number} consumers consumer threads; one for each partition at most
 * @property {number} partitions
 * @property {Progress} progress
 * @property {AbortSignal} signal stops all threads
 */

/**
 * @param {Options} options
 * @param {Progress} progress
 * @param {AbortSignal} signal stops all threads
 * @returns {Promise<Outcome>}
 */
export async function runJob({ threads, partitions, limit, file: path }, progress, signal) {
  const file = await openFlightFile(path);
  const ranges = firstRows(file.rowGroups, limit);
  const flights = ranges.at(-1)?.end ?? 0;
  const readers = Math.min(threads, ranges.length);
  const consumers = Math.min(threads, partitions);
  const plan = { file, ranges, flights, readers, consumers, partitions, progress, signal };

  const ringQueue = openRing(plan); // before the readers: see there
  const { readerThreads, decodeSeconds } = await decode(plan);
  const ring = await publish(plan, readerThreads, ringQueue);
  const postMessage = await publish(plan, readerThreads, openPostMessage(plan));
  const singleThread = await countInSingleThread(plan);
  const difference = compare(ring, postMessage, singleThread.totals);
  return {
    path: file.path,
    flights,
    readers,
    consumers,
    decodeSeconds,
    ring,
    postMessage,
    singleThread,
    difference,
  };
}

/**
 * Starts the reader threads, and waits until each of them holds its part of the flights.
 *
 * @param {Plan} plan
 */
async function decode({ file, ranges, flights, readers, progress, signal }) {
  const startedAt = now();
  const counter = newCounter();
  const readerThreads = Array.from({ length: readers }, () => startThread('./reader-thread.js', signal));
  const decoded = readerThreads.map((reader, i) => {
    const ofThisReader = ranges.filter((_, range) => range % readers === i);
    return reader.ask('decode', { file, ranges: ofThisReader, counter });
  });
  const phase = { label: 'decoding', unit: 'values', total: flights * COLUMN_NAMES.length, counter };
  await progress.during(phase, Promise.all(decoded));
  return { readerThreads, decodeSeconds: (now() - startedAt) / 1000 };
}

/**
 * @param {Plan} plan
 * @param {Thread[]} readerThreads
 * @param {Queue} queue
 */
function publish({ flights, partitions, progress }, readerThreads, queue) {
  const phase = { label: queue.transport, unit: 'flights', total: flights, counter: queue.counter };
  return progress.during(phase, measure(queue, readerThreads, partitions));
}

/** @param {Plan} plan */
async function countInSingleThread({ file, ranges, flights, progress, signal }) {
  const startedAt = now();
  const counter = newCounter();
  const count = startThread('./single-thread.js', signal).ask('count', { file, ranges, counter });
  /** @type {Totals} */
  const totals = await progress.during(
    { label: 'single thread', unit: 'flights', total: flights, counter },
    count,
  );
  return { totals, seconds: (now() - startedAt) / 1000 };
}

/**
 * @param {Measurement} ring
 * @param {Measurement} postMessage
 * @param {Totals} expected
 */
function compare(ring, postMessage, expected) {
  for (const { transport, totals } of [ring, postMessage]) {
    const difference = firstDifference(totals, expected);
    if (difference)
      return `the totals over ${transport} are not those of the single-threaded pass: ${difference}`;
  }
  const [a, b] = [`${ring.partitions}`, `${postMessage.partitions}`];
  return a === b ? undefined : `flights per partition: ${a} over the ring, ${b} over postMessage`;
}

/**
 * @param {RowRange[]} rowGroups
 * @param {number} limit
 */
function firstRows(rowGroups, limit) {
  return rowGroups
    .filter(({ begin }) => begin < limit)
    .map(({ begin, end }) => ({ begin, end: Math.min(end, limit) }));
}

/**
 * @param {string} module
 * @param {AbortSignal} signal
 */
function startThread(module, signal) {
  return new Thread(new URL(module, import.meta.url), signal);
}
