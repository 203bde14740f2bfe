/**
 * Runs in each consumer thread of the topic.
 */
import { getEnvironmentData } from 'node:worker_threads';
import { Consumption } from './consumption.js';

/** @import { Flight } from './flight-columns.js' */

const consumption = new Consumption(/** @type {SharedArrayBuffer} */ (getEnvironmentData('counter')));

/**
 * What has arrived since the last call. The values are read where they stand in shared memory.
 *
 * @param {Iterable<{ value: Flight, partition: number }>} messages
 */
export function batch(messages) {
  for (const { value, partition } of messages) consumption.add(value, partition);
  consumption.report();
}

/** After the last flight: what this thread has found. */
export function close() {
  return consumption.result();
}
