import { copy, OptionError, type RingReader } from '../../ring/index.ts';

/**
 * Where records come from: an array or other iterable, an async iterable (a Node or web stream is one), or the
 * reader of a ring.
 */
export type Source<T> = Iterable<T> | AsyncIterable<T> | RingReader<T, unknown>;

/** Records of a source, as many at a time as are wanted and there. */
export interface Chunks<T> {
  /** How many there will be, where that is known. */
  readonly length: number | undefined;
  /** At most `max` records, at least one; `undefined` at the end. */
  next(max: number): Promise<T[] | undefined>;
  /** Tells the source that nothing more is wanted. */
  end(): Promise<void>;
  /** Takes a record back that can't be sent. Without this, everything fails. */
  refuse?(frame: number, place: number, error: unknown): void;
}

export function chunksOf<T>(source: Source<T>): Chunks<T> {
  if (Array.isArray(source)) return new ArrayChunks(source);
  if (isRingReader<T>(source)) return new ArrivingChunks(valuesOf(source));
  if (typeof (source as AsyncIterable<T>)?.[Symbol.asyncIterator] === 'function') {
    return new ArrivingChunks(source as AsyncIterable<T>);
  }
  if (typeof (source as Iterable<T>)?.[Symbol.iterator] === 'function') {
    return new IteratorChunks((source as Iterable<T>)[Symbol.iterator]());
  }
  throw new OptionError(
    'source',
    'The source must be iterable: an array, a generator, a stream, the reader of a ring.',
  );
}

function isRingReader<T>(source: unknown): source is RingReader<T, unknown> {
  const reader = source as Partial<RingReader<T>> | null;
  return typeof reader?.drain === 'function' && typeof reader.poll === 'function';
}

async function* valuesOf<T>(reader: RingReader<T, unknown>): AsyncGenerator<T> {
  for await (const batch of reader) {
    const values: T[] = [];
    for (const view of batch) values.push(copy(view) as T); // A view is one object that moves on.
    yield* values;
  }
}

class ArrayChunks<T> implements Chunks<T> {
  readonly length: number;
  readonly #values: readonly T[];
  #at = 0;

  constructor(values: readonly T[]) {
    this.#values = values;
    this.length = values.length;
  }

  async next(max: number): Promise<T[] | undefined> {
    if (this.#at >= this.length) return undefined;
    const chunk = this.#values.slice(this.#at, this.#at + max);
    this.#at += chunk.length;
    return chunk;
  }

  async end(): Promise<void> {}
}

/** How long records are gathered for one chunk: a source that takes its time for each of them is not waited for. */
const GATHER_MS = 1;

class IteratorChunks<T> implements Chunks<T> {
  readonly length = undefined;
  readonly #iterator: Iterator<T>;

  constructor(iterator: Iterator<T>) {
    this.#iterator = iterator;
  }

  async next(max: number): Promise<T[] | undefined> {
    const chunk: T[] = [];
    const until = performance.now() + GATHER_MS;
    while (chunk.length < max) {
      const { done, value } = this.#iterator.next();
      if (done) break;
      const count = chunk.push(value);
      // At powers of two only: so it costs little, and takes at most twice as long.
      if ((count & (count - 1)) === 0 && performance.now() > until) break;
    }
    return chunk.length > 0 ? chunk : undefined;
  }

  async end(): Promise<void> {
    this.#iterator.return?.();
  }
}

/** Records read ahead at most. */
const AHEAD_MAX = 2048;

/**
 * Records that take time to come. They are pulled as fast as they come, up to a bound, while the rest is at work; a
 * chunk is what has come meanwhile.
 */
class ArrivingChunks<T> implements Chunks<T> {
  readonly length = undefined;
  readonly #iterator: AsyncIterator<T>;
  #arrived: T[] = [];
  #ended = false;
  #error: { readonly error: unknown } | undefined;
  #pulling = false;
  #notify: (() => void) | undefined;

  constructor(source: AsyncIterable<T>) {
    this.#iterator = source[Symbol.asyncIterator]();
  }

  async next(max: number): Promise<T[] | undefined> {
    if (!this.#pulling && !this.#ended) void this.#pull();
    while (this.#arrived.length === 0 && !this.#ended) await this.#something();
    if (this.#arrived.length > 0) return this.#arrived.splice(0, max);
    if (this.#error !== undefined) throw this.#error.error;
    return undefined;
  }

  /** Gives the source the rest of this turn of the event loop to come up with more than one record. */
  async #something(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#notify = resolve;
    });
    if (!this.#ended && this.#arrived.length < AHEAD_MAX)
      await new Promise((resolve) => setImmediate(resolve));
  }

  async #pull(): Promise<void> {
    this.#pulling = true;
    try {
      while (!this.#ended && this.#arrived.length < AHEAD_MAX) {
        const { done, value } = await this.#iterator.next();
        if (done) this.#ended = true;
        else this.#arrived.push(value);
        if (this.#arrived.length === 1 || this.#arrived.length === AHEAD_MAX) this.#tell();
      }
    } catch (error) {
      this.#error = { error };
      this.#ended = true;
    }
    this.#pulling = false;
    this.#tell();
  }

  #tell(): void {
    this.#notify?.();
    this.#notify = undefined;
  }

  async end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#tell();
    if (!this.#pulling) await this.#iterator.return?.();
    else void this.#iterator.return?.().catch(() => {}); // It may be waiting for ever.
  }
}
