import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Threads that can say how large their heaps are. */
const THREADS = 32;
const ASKED = 0;
const THREADS_KNOWN = 1;
const ANSWERS = 8;
const HEAPS = 64;

setFlagsFromString('--expose-gc');
/** @type {() => void} */
const collectGarbage = runInNewContext('gc');

/**
 * How much each thread keeps on its heap: when asked, it collects its garbage and writes down what is left. One object for a thread, which calls `look` now and
 * then.
 */
export class Heaps {
  static bytes = 4 * (HEAPS + THREADS);
  #words;
  #asked = 0;
  #thread;

  /** @param {SharedArrayBuffer} buffer */
  constructor(buffer) {
    this.#words = new Int32Array(buffer);
    this.#thread = Atomics.add(this.#words, THREADS_KNOWN, 1);
  }

  /** Answers, if there is a new question. */
  look() {
    const asked = /** @type {number} */ (this.#words[ASKED]);
    if (asked === this.#asked) return;
    this.#asked = asked;
    collectGarbage();
    Atomics.store(this.#words, HEAPS + this.#thread, process.memoryUsage().heapUsed / 1024);
    Atomics.store(this.#words, ANSWERS + this.#thread, asked);
  }

  ask() {
    Atomics.add(this.#words, ASKED, 1);
    this.look();
  }

  /** MiB of each thread that has answered the last question. */
  get answers() {
    const known = Atomics.load(this.#words, THREADS_KNOWN);
    const asked = Atomics.load(this.#words, ASKED);
    return Array.from({ length: known }, (_, thread) =>
      Atomics.load(this.#words, ANSWERS + thread) === asked
        ? Atomics.load(this.#words, HEAPS + thread) / 1024
        : undefined,
    );
  }
}
