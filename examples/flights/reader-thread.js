/**
 * A reader thread: decodes its part of the file once, then publishes it as often as it is asked to.
 */
import { decodeFlights } from './flight-columns.js';
import { connectToPostMessage } from './over-post-message.js';
import { connectToRing } from './over-ring.js';
import { answer } from './thread.js';

/** @import { FlightColumns } from './flight-columns.js' */
/** @import { FlightFile, RowRange } from './flight-file.js' */

const connectors = { ring: connectToRing, postMessage: connectToPostMessage };

/** @type {FlightColumns} */
let columns;
/** @type {(columns: FlightColumns) => void | Promise<void>} */
let publish;

answer({
  /** @param {{ file: FlightFile, ranges: RowRange[], counter: SharedArrayBuffer }} options */
  async decode({ file, ranges, counter }) {
    const decoded = new Int32Array(counter);
    columns = await decodeFlights(file, ranges, (values) => Atomics.add(decoded, 0, values));
  },

  /** @param {{ transport: keyof typeof connectors, connection: any }} options */
  connect({ transport, connection }) {
    publish = connectors[transport](connection);
  },

  publish: () => publish(columns),
});
