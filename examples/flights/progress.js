const REDRAW_EVERY_MS = 100;
const PLAIN_LINE_EVERY_MS = 2_000;
const RATE_OVER_MS = 1_000;
const BAR_WIDTH = 30;

/**
 * @typedef {object} Phase
 * @property {string} label
 * @property {string} unit what is counted
 * @property {number} total
 * @property {SharedArrayBuffer} counter
 */

/** A number in shared memory, to which the threads add what they have done. */
export function newCounter() {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
}

/**
 * Shows how far a phase is: a bar that is redrawn on a terminal, a line now and then elsewhere, or nothing.
 */
export class Progress {
  #stream;
  #quiet;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  #rate = new Rate();

  /**
   * @param {NodeJS.WriteStream} stream
   * @param {{ quiet: boolean }} options
   */
  constructor(stream, { quiet }) {
    this.#stream = stream;
    this.#quiet = quiet;
  }

  /**
   * Shows a phase for as long as the work takes.
   *
   * @template T
   * @param {Phase} phase
   * @param {Promise<T>} work
   * @returns {Promise<T>}
   */
  async during(phase, work) {
    this.#begin(phase);
    try {
      const result = await work;
      this.#draw(phase);
      return result;
    } finally {
      this.stop();
    }
  }

  /** Leaves what was drawn last on the screen, and draws no more. */
  stop() {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (this.#stream.isTTY) this.#stream.write('\n');
  }

  /** @param {Phase} phase */
  #begin(phase) {
    this.#rate = new Rate();
    if (this.#quiet) return;
    const period = this.#stream.isTTY ? REDRAW_EVERY_MS : PLAIN_LINE_EVERY_MS;
    this.#timer = setInterval(() => this.#draw(phase), period);
    this.#draw(phase);
  }

  /** @param {Phase} phase */
  #draw({ label, unit, total, counter }) {
    if (this.#timer === undefined) return;
    const done = Atomics.load(new Int32Array(counter), 0);
    const rate = Math.round(this.#rate.after(done, done === total)).toLocaleString('en');
    const line = `${label.padEnd(13)} ${bar(done / total)} ${rate.padStart(10)} ${unit}/s`;
    if (this.#stream.isTTY) this.#stream.write(`\r${line.slice(0, this.#stream.columns - 1)}\x1b[K`);
    else this.#stream.write(`${line}\n`);
  }
}

/** @param {number} share from 0 to 1 */
function bar(share) {
  const full = Math.floor(share * BAR_WIDTH);
  const percent = `${Math.floor(share * 100)}`.padStart(3);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}] ${percent}%`;
}

/** How fast a count grows: over the last second while it does, over the whole time in the end. */
class Rate {
  #samples = [{ at: performance.now(), done: 0 }];
  #first = this.#samples[0];

  /**
   * @param {number} done
   * @param {boolean} isAll
   */
  after(done, isAll) {
    const at = performance.now();
    this.#samples.push({ at, done });
    while (at - (this.#samples[1]?.at ?? at) >= RATE_OVER_MS) this.#samples.shift();
    const since = isAll ? this.#first : this.#samples[0];
    if (since === undefined || at === since.at) return 0;
    return ((done - since.done) * 1000) / (at - since.at);
  }
}
