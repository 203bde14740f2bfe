/**
 * Flights through shared memory: a topic of Millrace, and a group of consumer threads that reads it.
 */
import { setEnvironmentData } from 'node:worker_threads';
import { createBus, memory, openBus } from 'millrace';
import { Flight } from './flight.js';
import { emptyFlight, readFlight } from './flight-columns.js';
import { newCounter } from './progress.js';

/** @import { ConsumerResult } from './consumption.js' */
/** @import { FlightColumns } from './flight-columns.js' */
/** @import { Queue, QueueOptions } from './measure.js' */

const TOPIC = 'flights';
const MESSAGES_PER_PARTITION = 65_536; // about 1 MB: a ring is fastest when it exceeds a core's own cache

/**
 * In the main thread. Open it before the readers start: a worker finds the bus that was there when it started.
 *
 * @param {QueueOptions} options
 * @returns {Queue}
 */
export function openRing({ partitions, consumers, signal }) {
  const counter = newCounter();
  setEnvironmentData('counter', counter); // for ring-consumer.js
  const bus = createBus(memory());
  signal.addEventListener('abort', () => bus.close());
  const flights = bus.topic(TOPIC, Flight, { partitions, capacity: MESSAGES_PER_PARTITION });
  const handler = new URL('./ring-consumer.js', import.meta.url);
  const consumer = flights.consume({ group: 'statistics', threads: consumers }, handler);
  consumer.results.catch(() => {}); // a failure counts when somebody waits for them, which may be later
  return {
    transport: 'ring',
    connections: [], // a reader needs none
    counter,
    results: /** @type {Promise<ConsumerResult[]>} */ (consumer.results),
    close: () => consumer.close({ drain: true }),
  };
}

/** In a reader thread: returns what publishes all flights of the columns. */
export function connectToRing() {
  const flights = openBus().topic(TOPIC, Flight);

  return (/** @type {FlightColumns} */ columns) => {
    const flight = emptyFlight();
    for (let row = 0; row < columns.rows; row++) {
      readFlight(columns, row, flight);
      flights.sendSync(flight, { key: flight.origin }); // waits while the partition is full
    }
  };
}
