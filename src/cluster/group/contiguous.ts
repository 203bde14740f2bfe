/**
 * Messages that are done in any order, and up to where all of them are: what may be committed. Sequences are added in the order of the
 * partition.
 */
export class Contiguous {
  #order: number[] = [];
  #first = 0;
  readonly #done = new Set<number>();

  add(sequence: number): void {
    this.#order.push(sequence);
  }

  /** How many are not done, or behind one that is not. */
  get size(): number {
    return this.#order.length - this.#first;
  }

  /** The oldest that is not done; `undefined` when all are. */
  done(sequence: number): number | undefined {
    this.#done.add(sequence);
    while (this.size > 0 && this.#done.delete(this.#order[this.#first] as number)) this.#first++;
    if (this.#first > 1024 && this.#first * 2 > this.#order.length) {
      this.#order = this.#order.slice(this.#first);
      this.#first = 0;
    }
    return this.#order[this.#first];
  }
}
