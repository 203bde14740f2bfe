/**
 * The same flights with what Node has: one `postMessage` a flight, from the reader to the consumer thread that
 * owns the partition.
 *
 * A MessagePort has no bound: a sender that is faster than its receiver fills the memory of the process. So every
 * reader has a port of its own to each partition, and stops when too many of its flights are unacknowledged there.
 */
import { MessageChannel } from 'node:worker_threads';
import { partitionFor } from 'millrace';
import { emptyFlight, readFlight } from './flight-columns.js';
import { newCounter } from './progress.js';
import { Thread } from './thread.js';

/** @import { MessagePort } from 'node:worker_threads' */
/** @import { Flight, FlightColumns } from './flight-columns.js' */
/** @import { Queue, QueueOptions } from './measure.js' */

/** Flights that may be under way from one reader to one partition. */
export const UNACKNOWLEDGED_MAX = 4_096;

/** The consumer acknowledges this many at a time, so that acknowledgements cost next to nothing. */
export const ACKNOWLEDGED_AT_ONCE = 1_024;

/** What a reader posts after its last flight. */
export const END = null;

/**
 * In the main thread.
 *
 * @param {QueueOptions} options
 * @returns {Queue}
 */
export function openPostMessage({ partitions, readers, consumers, signal }) {
  const counter = newCounter();
  const channels = Array.from({ length: readers }, () => channelsOfReader(partitions));
  const parts = Array.from({ length: consumers }, (_, i) => {
    const sources = channels
      .flatMap(({ sources }) => sources)
      .filter(({ partition }) => partition % consumers === i);
    const consumer = new Thread(new URL('./post-message-consumer.js', import.meta.url), signal);
    return consumer.ask(
      'consume',
      { sources, counter },
      sources.map(({ port }) => port),
    );
  });
  const results = Promise.all(parts);
  results.catch(() => {}); // a failure counts when somebody waits for them, which may be later
  return {
    transport: 'postMessage',
    connections: channels.map(({ outlets }) => outlets),
    counter,
    results,
    close: async () => {}, // every reader says END to every consumer
  };
}

/** @param {number} partitions */
function channelsOfReader(partitions) {
  const channels = Array.from({ length: partitions }, () => new MessageChannel());
  return {
    outlets: channels.map(({ port1 }) => port1),
    sources: channels.map(({ port2 }, partition) => ({ port: port2, partition })),
  };
}

/**
 * In a reader thread: returns what publishes all flights of the columns.
 *
 * @param {MessagePort[]} ports one for each partition
 */
export function connectToPostMessage(ports) {
  const outlets = ports.map((port) => new Outlet(port));

  return async (/** @type {FlightColumns} */ columns) => {
    const outletOfAirport = columns.airports.map((airport) => outlets[partitionFor(airport, outlets.length)]);
    const flight = emptyFlight();
    for (let row = 0; row < columns.rows; row++) {
      readFlight(columns, row, flight);
      const outlet = /** @type {Outlet} */ (outletOfAirport[/** @type {number} */ (columns.origin[row])]);
      if (!outlet.post(flight)) await outlet.room();
    }
    for (const outlet of outlets) outlet.end();
  };
}

/** The reader's end of a port to one partition. */
class Outlet {
  #port;
  #unacknowledged = 0;
  #onRoom = () => {};

  /** @param {MessagePort} port */
  constructor(port) {
    this.#port = port;
    port.on('message', () => {
      this.#unacknowledged -= ACKNOWLEDGED_AT_ONCE;
      this.#onRoom();
    });
  }

  /**
   * @param {Flight} flight
   * @returns {boolean} whether there is room for another
   */
  post(flight) {
    this.#port.postMessage(flight);
    this.#unacknowledged += 1;
    return this.#unacknowledged < UNACKNOWLEDGED_MAX;
  }

  /** @returns {Promise<void>} */
  room() {
    return new Promise((resolve) => {
      this.#onRoom = resolve;
    });
  }

  end() {
    this.#port.postMessage(END);
  }
}
