import type { Claim } from '../claim.ts';
import { OptionError } from '../errors.ts';
import type { Ring, TimeoutOption } from '../ring.ts';
import type { WaitOptions } from '../waiting/async-wait.ts';
import type { RingWriter } from '../writer.ts';
import type { Closable } from './closable.ts';

/** The level of a message, the same option for every call; without it the least urgent one. */
export interface LevelOption {
  readonly level?: number;
}

const LEAST_URGENT: LevelOption = {};

/**
 * The writing end of a priority ring, for one thread. Calls do what those of `RingWriter` do, in the ring of
 * one level; a full level does not keep others from being written to. A level that the ring does not have
 * throws `OptionError`.
 */
export class PriorityWriter<T, S> {
  readonly #ring: Closable;
  readonly #writers: readonly RingWriter<T, S>[];
  #detached = false;

  constructor(ring: Closable, rings: readonly Ring<T, unknown, S>[]) {
    this.#ring = ring;
    this.#writers = rings.map((level) => level.writer);
  }

  /** See `RingWriter.offer`. */
  offer(value: T, options: LevelOption = LEAST_URGENT): boolean {
    return this.#at(options).offer(value);
  }

  /** See `RingWriter.offerAll`. */
  offerAll(values: ArrayLike<T>, options: LevelOption = LEAST_URGENT): number {
    return this.#at(options).offerAll(values);
  }

  /** See `RingWriter.fill`. */
  fill(count: number, write: (slot: S, i: number) => void, options: LevelOption = LEAST_URGENT): number {
    return this.#at(options).fill(count, write);
  }

  /** See `RingWriter.claim`. */
  claim(size: number, options: LevelOption = LEAST_URGENT): Claim | undefined {
    return this.#at(options).claim(size);
  }

  /** See `RingWriter.put`. Calls for one level take effect in the order they are made. */
  async put(value: T, options: WaitOptions & LevelOption = LEAST_URGENT): Promise<void> {
    return this.#at(options).put(value, options);
  }

  /** See `RingWriter.putSync`. */
  putSync(value: T, options: TimeoutOption & LevelOption = LEAST_URGENT): boolean {
    return this.#at(options).putSync(value, options);
  }

  #at({ level = this.#writers.length - 1 }: LevelOption): RingWriter<T, S> {
    const writer = this.#writers[level];
    if (writer !== undefined) return writer;
    throw new OptionError(
      'level',
      `The ring has levels 0 to ${this.#writers.length - 1}, and no level ${level}.`,
    );
  }

  get closed(): boolean {
    return this.#ring.closed;
  }

  /** Whether `detach` was called; `ring.writer` then attaches anew. */
  get detached(): boolean {
    return this.#detached;
  }

  /** Ends this object's use. The ring stays open. */
  detach(): void {
    this.#detached = true;
    for (const writer of this.#writers) writer.detach();
  }

  /** See `Ring.close`. */
  close(): void {
    this.#ring.close();
  }

  /** See `Ring.fail`. */
  fail(error: unknown): void {
    this.#ring.fail(error);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}
