import type { Chunks } from '../flow/source.ts';

/** Somebody waits for what becomes of a record. */
export interface Call<T> {
  readonly value: T;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** Calls that wait for a thread, and those that are with one: frame by frame, in the order in which the feeder takes them. */
export class CallQueue<T> implements Chunks<T> {
  readonly length = undefined;
  #waiting: Call<T>[] = [];
  readonly #frames = new Map<number, { readonly calls: Call<T>[]; missing: number }>();
  readonly #partsOfFrame: number;
  #taken = 0;
  #ended = false;
  #notify: (() => void) | undefined;

  /** @param partsOfFrame how many threads tell that they are done with their part of a frame */
  constructor(partsOfFrame: number) {
    this.#partsOfFrame = partsOfFrame;
  }

  push(call: Call<T>): void {
    this.#waiting.push(call);
    this.#tell();
  }

  async next(max: number): Promise<T[] | undefined> {
    while (this.#waiting.length === 0) {
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#notify = resolve;
      });
    }
    const calls = this.#waiting.splice(0, max);
    this.#frames.set(this.#taken++, { calls, missing: this.#partsOfFrame });
    return calls.map(({ value }) => value);
  }

  refuse(frame: number, place: number, error: unknown): void {
    this.at(frame, place)?.reject(error);
  }

  /** The call at a place of a frame. */
  at(frame: number, place: number): Call<T> | undefined {
    return this.#frames.get(frame)?.calls[place];
  }

  /** A thread is done with its part of a frame: the last one's calls that had no result have none. */
  finish(frame: number): Call<T>[] {
    const found = this.#frames.get(frame);
    if (found === undefined || --found.missing > 0) return [];
    this.#frames.delete(frame);
    return found.calls;
  }

  /** Every call, wherever it is. */
  takeAll(): Call<T>[] {
    const all = [...this.#frames.values()].flatMap(({ calls }) => calls).concat(this.#waiting);
    this.#frames.clear();
    this.#waiting = [];
    return all;
  }

  async end(): Promise<void> {
    this.#ended = true;
    this.#tell();
  }

  #tell(): void {
    this.#notify?.();
    this.#notify = undefined;
  }
}
