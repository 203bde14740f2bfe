/**
 * Runs in each consumer thread of the postMessage version.
 */
import { Consumption } from './consumption.js';
import { ACKNOWLEDGED_AT_ONCE, END } from './over-post-message.js';
import { answer } from './thread.js';

/** @import { MessagePort } from 'node:worker_threads' */
/** @import { Flight } from './flight-columns.js' */

/** @typedef {{ port: MessagePort, partition: number }} Source where one reader posts the flights of one partition */

answer({ consume });

/**
 * Counts until every source has ended.
 *
 * @param {{ sources: Source[], counter: SharedArrayBuffer }} options
 */
async function consume({ sources, counter }) {
  const consumption = new Consumption(counter);
  await Promise.all(sources.map((source) => readToEnd(source, consumption)));
  return consumption.result();
}

/**
 * @param {Source} source
 * @param {Consumption} consumption
 * @returns {Promise<void>}
 */
function readToEnd({ port, partition }, consumption) {
  let received = 0;
  return new Promise((resolve) => {
    port.on('message', (/** @type {Flight | typeof END} */ flight) => {
      if (flight === END) {
        consumption.report();
        port.close();
        resolve();
        return;
      }
      consumption.add(flight, partition);
      if (++received % ACKNOWLEDGED_AT_ONCE === 0) {
        port.postMessage('received');
        consumption.report();
      }
    });
  });
}
