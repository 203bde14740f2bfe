/**
 * The same job without any queue, in one thread: what the totals have to be.
 */
import { decodeFlights, emptyFlight, readFlight } from './flight-columns.js';
import { addFlight, emptyTotals } from './flight-totals.js';
import { answer } from './thread.js';

/** @import { FlightFile, RowRange } from './flight-file.js' */

answer({ count });

/**
 * @param {{ file: FlightFile, ranges: RowRange[], counter: SharedArrayBuffer }} options
 */
async function count({ file, ranges, counter }) {
  const counted = new Int32Array(counter);
  const totals = emptyTotals();
  const flight = emptyFlight();
  for (const range of ranges) {
    const columns = await decodeFlights(file, [range]);
    for (let row = 0; row < columns.rows; row++) {
      readFlight(columns, row, flight);
      addFlight(totals, flight);
    }
    Atomics.add(counted, 0, columns.rows);
  }
  return totals;
}
