import { now } from './clock.js';
import { mergeTotals } from './flight-totals.js';

/** @import { ConsumerResult } from './consumption.js' */
/** @import { Totals } from './flight-totals.js' */
/** @import { Thread } from './thread.js' */

/**
 * @typedef {object} QueueOptions
 * @property {number} partitions
 * @property {number} readers threads that will connect to it
 * @property {number} consumers threads that it starts
 * @property {AbortSignal} signal stops it
 */

/**
 * A way for flights to reach the consumer threads, which are running already.
 *
 * @typedef {object} Queue
 * @property {'ring' | 'postMessage'} transport
 * @property {any[]} connections what each reader needs to connect; goes over to it
 * @property {SharedArrayBuffer} counter how many flights the consumers have counted
 * @property {Promise<ConsumerResult[]>} results one for each consumer thread
 * @property {() => Promise<unknown>} close everything has been published: read what is left, and end
 */

/**
 * @typedef {object} Measurement
 * @property {Queue['transport']} transport
 * @property {Totals} totals
 * @property {number[]} partitions how many flights each had
 * @property {number} seconds from the start signal until the last flight had been counted
 */

/**
 * Lets all readers publish what they have decoded, and takes the time.
 *
 * @param {Queue} queue
 * @param {Thread[]} readers
 * @param {number} partitions
 * @returns {Promise<Measurement>}
 */
export async function measure({ transport, connections, results, close }, readers, partitions) {
  const connected = readers.map((reader, i) => {
    const connection = connections[i];
    return reader.ask('connect', { transport, connection }, connection);
  });
  await Promise.all(connected);

  const startedAt = now();
  const published = Promise.all(readers.map((reader) => reader.ask('publish')));
  // Waits for the results from the beginning: when a consumer fails, its readers may wait for room for ever.
  const [parts] = await Promise.all([results, published.then(close)]);
  const finishedAt = Math.max(...parts.map((part) => part.finishedAt));

  return {
    transport,
    totals: mergeTotals(parts.map(({ totals }) => totals)),
    partitions: sumPartitions(parts, partitions),
    seconds: (finishedAt - startedAt) / 1000,
  };
}

/**
 * @param {ConsumerResult[]} parts
 * @param {number} count
 */
function sumPartitions(parts, count) {
  return Array.from({ length: count }, (_, partition) =>
    parts.reduce((sum, { partitions }) => sum + (partitions.get(partition) ?? 0), 0),
  );
}
