import type { Inlet } from './inlet.ts';
import type { Journal } from './journal.ts';

export interface Collected<R> {
  readonly values: R[];
  readonly letters: Uint8Array[];
}

/** Takes what comes out of the last stage. */
export class Collector<R> {
  readonly #inlet: Inlet<R>;
  readonly #journal: Journal;
  readonly #divided: boolean;
  /** The parts of a frame that several threads had a share in, until all have come. */
  #values: R[] = [];
  #origins: number[] = [];

  constructor(inlet: Inlet<R>, journal: Journal, divided: boolean) {
    this.#inlet = inlet;
    this.#journal = journal;
    this.#divided = divided;
  }

  /** The next results; `undefined` when there will be none. */
  async next(): Promise<Collected<R> | undefined> {
    for (;;) {
      const held = this.#inlet.poll();
      if (held !== undefined) {
        const { frame, complete } = held;
        const values = this.#divided
          ? this.#gather(frame.values(), frame.origins(), complete)
          : frame.values();
        const letters = frame.letters();
        this.#inlet.finish();
        this.#journal.commit();
        this.#inlet.release();
        if (values.length > 0 || letters.length > 0) return { values, letters };
      } else if (this.#inlet.ended) return undefined;
      else await this.#inlet.wait();
    }
  }

  /** Puts the records of a divided frame back in their places. */
  #gather(values: readonly R[], origins: Uint32Array | undefined, complete: boolean): R[] {
    for (const [i, value] of values.entries()) {
      this.#values.push(value);
      this.#origins.push(origins?.[i] ?? 0);
    }
    if (!complete) return [];
    const order = [...this.#origins.keys()].sort((a, b) => (this.#origins[a] ?? 0) - (this.#origins[b] ?? 0));
    const sorted = order.map((i) => this.#values[i] as R);
    this.#values = [];
    this.#origins = [];
    return sorted;
  }

  detach(): void {
    this.#inlet.detach();
  }
}
