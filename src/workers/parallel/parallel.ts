import { availableParallelism } from 'node:os';
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Piscina } from 'piscina';
import { type Codec, OptionError } from '../../ring/index.ts';
import { Flow, type FlowOptions, type StageSpec } from '../flow/flow.ts';
import type { By } from '../flow/key.ts';
import type { Where } from '../flow/mark.ts';
import { type OnError, policyOf } from '../flow/policy.ts';
import type { Slow } from '../flow/slow-watch.ts';
import { chunksOf, type Source } from '../flow/source.ts';
import type { Stall } from '../flow/stall-watch.ts';

/** How one stage runs. */
export interface StageOptions<T = unknown> {
  /** Threads; by default as many as the machine has cores. */
  readonly threads?: number;
  /** Results come in the order of the source. Default `false`: as they are ready. */
  readonly ordered?: boolean;
  /** Records of the same key go to the same thread, in order: a field's name (`'user.id'`), or a function of the record. */
  readonly by?: By<T>;
  /**
   * Calls of an asynchronous handler that may be under way in a thread at a time. Default 1. With `by`, records of the same key are
   * handled one after the other all the same.
   */
  readonly concurrency?: number;
  /** Records that may be given to a thread and not be done yet. Default: eight frames of up to 1024. */
  readonly prefetch?: number;
  /** What to do when the handler throws. Default `'fail'`. */
  readonly onError?: OnError;
  /** Threads that a record may kill before it counts as failed, for `onError` to deal with. Default 3. */
  readonly maxDeaths?: number;
  /** Milliseconds in which a thread with a record in hand must get on, or `onStall` is told. */
  readonly stallAfter?: number;
  /** What to do about a handler that gets nowhere. `stall.cancel()` ends its thread, which counts as a death. */
  readonly onStall?: (stall: Stall) => void;
  /** Milliseconds for which a stage may hold up what is before it, all its lanes full, until `onSlow` is told. */
  readonly slowAfter?: number;
  /** Told once for every time that the stage was full for so long. */
  readonly onSlow?: (slow: Slow) => void;
  /** For errors and dead letters; by default the module's address. */
  readonly name?: string;
  /** How records travel to the threads. Default MessagePack; `struct` is several times as fast. */
  readonly in?: Codec<T, unknown>;
}

export interface ParallelOptions<T, R> extends StageOptions<T> {
  /** How results travel back. Default as `in`'s default. */
  readonly out?: Codec<R, unknown>;
  /** Bytes of the largest record or result. Default 1 MiB. */
  readonly maxMessageSize?: number;
  readonly signal?: AbortSignal;
  /** A pool to use the threads of, in place of own ones that are started and ended for this call. */
  readonly pool?: Piscina;
}

/**
 * Calls the default export of a module with every record of a source, on several threads, and gives the results.
 *
 *   for await (const score of parallel(orders, new URL('./score.js', import.meta.url), { threads: 4, ordered: true })) …
 *
 * The handler, `(record, context) => result`, may be synchronous, asynchronous, or a generator with any number of
 * results; `undefined` is no result. Memory is bounded: the source is asked for more only as fast as results are taken.
 * A thread that dies is replaced and handles again what it had not finished; every record gives its results
 * exactly once (the handler may be called twice with it).
 *
 * Nothing starts before the first result is asked for. Leaving the loop early ends the threads.
 */
export function parallel<T = unknown, R = unknown>(
  source: Source<T>,
  module: URL | string,
  options: ParallelOptions<T, R> = {},
): Parallel<R> {
  const flowOptions = flowOptionsOf(options);
  return new Parallel(
    new Flow<T, R>(chunksOf(source), [stageSpec(module, options as StageOptions)], flowOptions),
  );
}

/** Checks what was asked of all stages together. */
export function flowOptionsOf(options: {
  readonly maxMessageSize?: number;
  readonly signal?: AbortSignal;
  readonly pool?: Piscina;
}): FlowOptions {
  const { maxMessageSize = 2 ** 20, signal, pool } = options;
  if (!Number.isInteger(maxMessageSize) || maxMessageSize < 1) {
    throw new OptionError(
      'maxMessageSize',
      `maxMessageSize must be a number of bytes, got ${maxMessageSize}.`,
    );
  }
  return { recordBytesMax: maxMessageSize, signal, pool };
}

/** What gives results until there are none, and can be ended before. */
interface Results<R> {
  next(): Promise<R[] | undefined>;
  end(): Promise<void>;
  pause(): void;
  resume(): void;
}

/** The results of `parallel()`, one by one or, with less effort, in arrays as they come. */
export class Parallel<R> implements AsyncIterable<R> {
  readonly #flow: Results<R>;

  /** @internal */
  constructor(flow: Results<R>) {
    this.#flow = flow;
  }

  [Symbol.asyncIterator](): AsyncIterator<R> {
    const flow = this.#flow;
    let values: readonly R[] = [];
    let at = 0;
    const more = async (): Promise<IteratorResult<R>> => {
      const next = await flow.next();
      if (next === undefined) return { done: true, value: undefined };
      values = next;
      at = 1;
      return { done: false, value: values[0] as R };
    };
    return {
      next: () => (at < values.length ? Promise.resolve({ done: false, value: values[at++] as R }) : more()),
      return: async () => {
        await flow.end();
        return { done: true, value: undefined };
      },
    };
  }

  /** Has the threads rest once the records in hand are done. Results that are there are given. */
  pause(): void {
    this.#flow.pause();
  }

  /** Ends a pause. */
  resume(): void {
    this.#flow.resume();
  }

  /** The same results in arrays: without a promise for each of them. */
  async *batches(): AsyncGenerator<R[], void, undefined> {
    try {
      for (;;) {
        const values = await this.#flow.next();
        if (values === undefined) return;
        yield values;
      }
    } finally {
      await this.#flow.end();
    }
  }

  /** All results. */
  async toArray(): Promise<R[]> {
    const all: R[] = [];
    for await (const batch of this.batches()) for (const value of batch) all.push(value);
    return all;
  }
}

/** Checks what was asked of a stage. */
export function stageSpec(module: URL | string, options: StageOptions & Partial<Inputs>): StageSpec {
  const { threads = availableParallelism(), ordered = false, by, concurrency = 1, maxDeaths = 3 } = options;
  const { prefetch } = options;
  for (const [name, value] of Object.entries({ threads, concurrency, maxDeaths, prefetch: prefetch ?? 1 })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new OptionError(name, `${name} must be a whole number from 1, got ${value}.`);
  }
  checkWatch('stallAfter', options.stallAfter, 'onStall', options.onStall);
  checkWatch('slowAfter', options.slowAfter, 'onSlow', options.onSlow);
  const { policy, sink } = policyOf(options.onError);
  const url = moduleUrl(module);
  const name = options.name ?? url.href;
  return {
    module: url,
    name,
    threads,
    ordered,
    by: by as never,
    concurrency,
    prefetch,
    from: names(options.from),
    after: names(options.after),
    where: options.where as Where<never> | undefined,
    policy,
    deadLetter: sink,
    maxDeaths,
    in: options.in as Codec<unknown, unknown> | undefined,
    out: (options as { out?: Codec<unknown, unknown> }).out,
    stallAfter: options.stallAfter,
    onStall: options.onStall,
    slowAfter: options.slowAfter,
    onSlow: options.onSlow,
  };
}

/** What a stage of a pipeline reads. */
export interface Inputs {
  readonly from: string | readonly string[];
  readonly after: readonly string[];
  readonly where: Where<never>;
}

const names = (of: string | readonly string[] | undefined): readonly string[] | undefined =>
  typeof of === 'string' ? [of] : of;

function checkWatch(after: string, ms: number | undefined, on: string, listener: unknown): void {
  if (listener === undefined || Number(ms) > 0) return;
  throw new OptionError(after, `${on} needs ${after}: after how many milliseconds it is to be called.`);
}

function moduleUrl(module: URL | string): URL {
  if (module instanceof URL) return module;
  if (isAbsolute(module)) return pathToFileURL(module);
  if (/^(file|data|node):/.test(module)) return new URL(module);
  throw new OptionError(
    'module',
    `'${module}' is relative to nobody knows what: pass new URL('${module}', import.meta.url), or an absolute path.`,
  );
}
