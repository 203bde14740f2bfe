/** Slots that a member's partitions held together in one round of looks: fewer are no stream, and the next is not waited for. */
const STREAM = 16;

/**
 * Lets batches build up in a stream. A member that looks again at once finds as few messages as came while it handled the last
 * ones: it pays for a batch each time, takes the cache lines from the producers, and where there are more threads than cores it takes a
 * core from them, too. So after a round of looks that found a stream, but little of it, its thread sleeps for a moment
 * (docs/adr/0012). A message that comes alone is not delayed; nor does a thread sleep while producers may soon wait for room.
 */
export class Pace {
  readonly #sleep: () => void;
  readonly #enough: number;
  #looks = 0;
  #slots = 0;

  /**
   * @param sleep blocks the thread for the moment
   * @param enough slots found in a round, with which what a batch costs does not count any more
   */
  constructor(sleep: () => void, enough: number) {
    this.#sleep = sleep;
    this.#enough = enough;
  }

  /** So many slots of one of so many partitions have been handled. */
  keep(slots: number, partitions: number): void {
    this.#slots += slots;
    if (++this.#looks < partitions) return;
    const found = this.#slots;
    this.#looks = 0;
    this.#slots = 0;
    if (found >= STREAM && found < this.#enough) this.#sleep();
  }
}
