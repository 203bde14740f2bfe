import { now } from './clock.js';
import { addFlight, emptyTotals } from './flight-totals.js';

/** @import { Flight } from './flight-columns.js' */
/** @import { Totals } from './flight-totals.js' */

/**
 * @typedef {object} ConsumerResult
 * @property {Totals} totals
 * @property {Map<number, number>} partitions how many flights came from each
 * @property {number} finishedAt when the last flight had been counted, by `now()`
 */

/**
 * What one consumer thread does with its flights, however they reach it.
 */
export class Consumption {
  #totals = emptyTotals();
  /** @type {Map<number, number>} */
  #partitions = new Map();
  #finishedAt = now();
  #reported = 0;
  #counter;

  /** @param {SharedArrayBuffer} counter to which all consumer threads add what they have counted */
  constructor(counter) {
    this.#counter = new Int32Array(counter);
  }

  /**
   * @param {Flight} flight
   * @param {number} partition
   */
  add(flight, partition) {
    addFlight(this.#totals, flight);
    this.#partitions.set(partition, (this.#partitions.get(partition) ?? 0) + 1);
  }

  /** Call it now and then, and after the last flight: it costs more than counting a flight. */
  report() {
    Atomics.add(this.#counter, 0, this.#totals.flights - this.#reported);
    this.#reported = this.#totals.flights;
    this.#finishedAt = now();
  }

  /** @returns {ConsumerResult} */
  result() {
    return { totals: this.#totals, partitions: this.#partitions, finishedAt: this.#finishedAt };
  }
}
