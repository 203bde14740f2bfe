import { ClosedError, OptionError } from './errors.ts';
import { startTimer, stopTimer } from './globals.ts';
import type { RingWriter } from './writer.ts';

export interface BatchingOptions {
  /** How many messages are published together at most. Default 256. */
  readonly max?: number;
  /** Milliseconds a message may wait for others, at most; 0 publishes at the end of the current task. Default 1. */
  readonly lingerMs?: number;
}

/**
 * Publishes messages together: when there are `max` of them, when the first has waited for `lingerMs`, or on `flush`. One
 * publication costs as much for many messages as for one.
 *
 * Until they are published, messages are values in this thread, not in the ring: they die with the thread, at most `max` and those
 * that found no room. `close`, and the end of an `await using`, publish them first, so only a death loses any.
 */
export class BatchingWriter<T> {
  readonly #writer: Pick<RingWriter<T>, 'offerAll' | 'put' | 'close'>;
  readonly #max: number;
  readonly #lingerMs: number;
  #waiting: T[] = [];
  #timer: unknown;
  /** The publication under way, which others wait for, so that order is kept. */
  #publishing: Promise<void> = Promise.resolve();
  #closed = false;
  /** What a publication threw first, until somebody has been told. */
  #failure: { readonly error: unknown } | undefined;

  constructor(writer: Pick<RingWriter<T>, 'offerAll' | 'put' | 'close'>, options: BatchingOptions = {}) {
    const { max = 256, lingerMs = 1 } = options;
    if (!Number.isInteger(max) || max < 1)
      throw new OptionError('max', `max must be a whole number from 1, got ${max}.`);
    if (!(lingerMs >= 0)) throw new OptionError('lingerMs', `lingerMs must be at least 0, got ${lingerMs}.`);
    this.#writer = writer;
    this.#max = max;
    this.#lingerMs = lingerMs;
  }

  /** Messages that were put and are not published yet. */
  get pending(): number {
    return this.#waiting.length;
  }

  /**
   * Adds a message. Resolves at once, but for a message that completes a batch: then when that was published, so that whoever
   * awaits each call is held back by a full ring. Do not change the value before. Rejects with what a publication threw:
   * messages that the ring refused are gone, the others of their batch are not.
   */
  async put(value: T): Promise<void> {
    if (this.#closed) throw new ClosedError();
    this.#waiting.push(value);
    if (this.#waiting.length >= this.#max) return this.flush();
    this.#timer ??= startTimer(() => void this.#publishNext(), this.#lingerMs);
    this.#throwFailure();
  }

  /** Publishes what is waiting; resolves when all that was put before has been published. */
  async flush(): Promise<void> {
    await this.#publishNext();
    this.#throwFailure();
  }

  #throwFailure(): void {
    const { error } = this.#failure ?? {};
    const failed = this.#failure !== undefined;
    this.#failure = undefined;
    if (failed) throw error;
  }

  #publishNext(): Promise<void> {
    if (this.#timer !== undefined) stopTimer(this.#timer);
    this.#timer = undefined;
    this.#publishing = this.#publishing.then(() => this.#publish());
    return this.#publishing;
  }

  async #publish(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    for (let done = 0; done < batch.length; ) {
      done += this.#offerRest(batch.slice(done));
      if (done < batch.length) await this.#putOne(batch[done++] as T); // No room, or a message that is refused.
    }
  }

  /** How many could be written; 0 when one of them is refused, so that none was. */
  #offerRest(rest: readonly T[]): number {
    try {
      return this.#writer.offerAll(rest);
    } catch {
      return 0;
    }
  }

  async #putOne(value: T): Promise<void> {
    try {
      await this.#writer.put(value);
    } catch (error) {
      this.#failure ??= { error };
    }
  }

  /** Publishes what is waiting, and closes the ring. */
  async close(): Promise<void> {
    this.#closed = true;
    try {
      await this.flush();
    } finally {
      this.#writer.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** `writer` with messages published together: see `BatchingWriter`. */
export function batching<T>(
  writer: Pick<RingWriter<T>, 'offerAll' | 'put' | 'close'>,
  options?: BatchingOptions,
): BatchingWriter<T> {
  return new BatchingWriter(writer, options);
}
