/** Looks before a thread sleeps. */
const LOOKS = 64;
/** Reads of a private word in one pause: about a quarter of a microsecond. */
const PAUSE_READS = 20;
const SLEEP_MS = 0.2;

/**
 * How threads wait here: as the library's do they look some 64 times, with pauses, and then sleep; but for a while, without anybody who
 * wakes them. So the queues are spared the price of wake-ups, which the library pays.
 */
export class Idle {
  readonly #word = new Int32Array(new SharedArrayBuffer(4));
  #looks = 0;

  /** Spends some time. Call it after a look in vain. */
  wait(): void {
    this.#looks++;
    if (this.#looks > LOOKS) Atomics.wait(this.#word, 0, 0, SLEEP_MS);
    else for (let i = 0; i < PAUSE_READS; i++) Atomics.load(this.#word, 0);
  }

  /** Call it after a look that was not in vain. */
  end(): void {
    this.#looks = 0;
  }
}
