/**
 * Flights as columns: how rows of the data file are decoded, and read one by one.
 */
import { parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { asyncBuffer, FlightDataError, undecodable } from './flight-file.js';

/** @import { FlightFile, RowRange } from './flight-file.js' */

/**
 * Flights as columns: 12 bytes a flight instead of an object of 64 and more.
 *
 * @typedef {object} FlightColumns
 * @property {number} rows
 * @property {Uint32Array} date seconds since 1970, by the clock of the airport
 * @property {Int16Array} delay minutes; negative when early
 * @property {Uint16Array} distance miles
 * @property {Uint16Array} origin index in `airports`
 * @property {Uint16Array} destination index in `airports`
 * @property {string[]} airports
 */

/**
 * @typedef {object} Flight
 * @property {number} date
 * @property {number} delay
 * @property {number} distance
 * @property {string} origin
 * @property {string} destination
 */

export const COLUMN_NAMES = /** @type {const} */ (['date', 'delay', 'distance', 'origin', 'destination']);

/**
 * Decodes the given rows, one range after the other, into columns that follow each other in that order.
 *
 * @param {FlightFile} file
 * @param {RowRange[]} ranges each inside one row group
 * @param {(values: number) => void} onDecoded called after each column of each range
 * @returns {Promise<FlightColumns>}
 */
export async function decodeFlights(file, ranges, onDecoded = () => {}) {
  const columns = emptyColumns(ranges.reduce((rows, { begin, end }) => rows + end - begin, 0));
  const airportIndexes = new AirportIndexes(columns.airports);
  let at = 0;
  for (const range of ranges) {
    const rows = range.end - range.begin;
    for (const name of COLUMN_NAMES) {
      // One column at a time: on the way, a value takes many times the memory that it takes in the end.
      for (const chunk of await readChunks(file, name, range, airportIndexes)) {
        storeChunk(columns[name], at - range.begin, range.end, chunk);
      }
      onDecoded(rows);
    }
    at += rows;
  }
  return columns;
}

/**
 * Copies one row into an object, so that a loop over millions of rows need not create millions of objects.
 *
 * @param {FlightColumns} columns
 * @param {number} row
 * @param {Flight} flight is overwritten
 */
export function readFlight({ date, delay, distance, origin, destination, airports }, row, flight) {
  flight.date = /** @type {number} */ (date[row]);
  flight.delay = /** @type {number} */ (delay[row]);
  flight.distance = /** @type {number} */ (distance[row]);
  flight.origin = /** @type {string} */ (airports[/** @type {number} */ (origin[row])]);
  flight.destination = /** @type {string} */ (airports[/** @type {number} */ (destination[row])]);
}

/** @returns {Flight} */
export function emptyFlight() {
  return { date: 0, delay: 0, distance: 0, origin: '', destination: '' };
}

/**
 * @typedef {object} Chunk some consecutive values of one column
 * @property {string} columnName
 * @property {ArrayLike<unknown>} columnData
 * @property {number} rowStart row of the first value in the file
 */

/**
 * @param {FlightFile} file
 * @param {string} column
 * @param {RowRange} range
 * @param {AirportIndexes} airportIndexes
 */
async function readChunks({ path, bytes }, column, { begin, end }, airportIndexes) {
  /** @type {Chunk[]} */
  const chunks = [];
  const onChunk = (/** @type {Chunk} */ chunk) => chunks.push(chunk);
  // These parsers run once for each distinct value of a column, not for each row: the file has dictionaries.
  const parsers = {
    timestampFromMicroseconds: (/** @type {bigint} */ micros) => Number(micros / 1_000_000n),
    stringFromBytes: (/** @type {Uint8Array} */ name) => airportIndexes.of(name),
  };
  const rows = { columns: [column], rowStart: begin, rowEnd: end };
  try {
    await parquetRead({ file: asyncBuffer(bytes), ...rows, compressors, parsers, onChunk });
  } catch (error) {
    throw undecodable(path, error);
  }
  return chunks;
}

/**
 * @param {Uint32Array | Int16Array | Uint16Array} column
 * @param {number} shift from a row of the file to its place in the column
 * @param {number} end the row of the file before which to stop: a chunk may go on
 * @param {Chunk} chunk
 */
function storeChunk(column, shift, end, { columnName, columnData, rowStart }) {
  const rows = Math.min(columnData.length, end - rowStart);
  for (let i = 0; i < rows; i++) {
    const value = Number(columnData[i]); // from a bigint, for some columns
    const place = rowStart + i + shift;
    column[place] = value;
    if (column[place] !== value) {
      throw new FlightDataError(`row ${rowStart + i} has an impossible ${columnName}: ${columnData[i]}`);
    }
  }
}

/**
 * @param {number} rows
 * @returns {FlightColumns}
 */
function emptyColumns(rows) {
  return {
    rows,
    date: new Uint32Array(rows),
    delay: new Int16Array(rows),
    distance: new Uint16Array(rows),
    origin: new Uint16Array(rows),
    destination: new Uint16Array(rows),
    airports: [],
  };
}

/** Numbers the airports in the order in which they are met. */
class AirportIndexes {
  #decoder = new TextDecoder();
  /** @type {Map<string, number>} */
  #indexes = new Map();
  #airports;

  /** @param {string[]} airports grows with each new airport */
  constructor(airports) {
    this.#airports = airports;
  }

  /** @param {Uint8Array} name */
  of(name) {
    const airport = this.#decoder.decode(name);
    let index = this.#indexes.get(airport);
    if (index === undefined) {
      index = this.#airports.push(airport) - 1;
      this.#indexes.set(airport, index);
    }
    return index;
  }
}
