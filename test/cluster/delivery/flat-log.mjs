/** A log of one-slot records in shared memory, as a share reader sees it: word 0 is the cursor, word 1 the end. */
export class FlatLog {
  /** @param {Int32Array} words */
  constructor(words) {
    this.words = words;
  }

  /** @param {number} sequence */
  spanAt(sequence) {
    return Atomics.load(this.words, 1) - sequence > 0 ? 1 : 0;
  }

  cursor() {
    return Atomics.load(this.words, 0);
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  advance(from, to) {
    return Atomics.compareExchange(this.words, 0, from, to) === from;
  }
}
