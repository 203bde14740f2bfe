import type { Memory } from './memory.ts';

/**
 * The counters on one desk: float64 words, written plainly by the desk's thread alone and read by whoever asks for
 * `stats()`. Nothing is decided by them, so they need no order; they are exact once the thread has paused.
 */
export class Counters {
  readonly #f64: Float64Array;
  readonly #desk: number;

  /** @param desk the word where the desk begins */
  constructor(memory: Memory, desk: number) {
    this.#f64 = memory.f64;
    this.#desk = desk;
  }

  /** @param counter one of `DESK_WRITTEN`, `DESK_READ`, `DESK_DROPPED`, `DESK_WAITS` */
  add(counter: number, by: number): void {
    const at = (this.#desk + counter) >> 1;
    this.#f64[at] = (this.#f64[at] as number) + by;
  }
}
