import type { SharedLog } from '../../../dist/cluster/delivery/share-reader.js';

/** A log of records that have a length and nothing else, in shared memory, as a share reader sees it. */
export class TestLog implements SharedLog {
  readonly words: Int32Array;
  readonly #slots: number;

  /** Words 0 and 1: the cursor, and the end of the log. */
  static bytes(slots: number): number {
    return (2 + slots) * 4;
  }

  constructor(buffer: SharedArrayBuffer, slots: number) {
    this.words = new Int32Array(buffer);
    this.#slots = slots;
  }

  #index(sequence: number): number {
    return 2 + (sequence & (this.#slots - 1));
  }

  start(sequence: number): void {
    this.words[0] = sequence;
    this.words[1] = sequence;
  }

  get end(): number {
    return this.words[1] as number;
  }

  /** Appends a record, or with a negative span a gap; its sequence, `undefined` when there is no room. */
  append(span: number): number | undefined {
    const { end } = this;
    if (((end + Math.abs(span) - this.cursor()) | 0) > this.#slots) return undefined;
    this.words[this.#index(end)] = span;
    this.words[1] = (end + Math.abs(span)) | 0;
    return end;
  }

  spanAt(sequence: number): number {
    if (((this.end - sequence) | 0) <= 0) return 0;
    return Atomics.load(this.words, this.#index(sequence));
  }

  cursor(): number {
    return Atomics.load(this.words, 0);
  }

  advance(from: number, to: number): boolean {
    return Atomics.compareExchange(this.words, 0, from, to) === from;
  }
}
