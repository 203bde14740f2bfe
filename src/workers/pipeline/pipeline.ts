import type { Piscina } from 'piscina';
import { type Codec, OptionError } from '../../ring/index.ts';
import { defaultCodec, Flow, type StageSpec } from '../flow/flow.ts';
import type { Source } from '../flow/source.ts';
import { type StageOptions, stageSpec } from '../parallel/parallel.ts';
import { type Sink, takerOf } from './sink.ts';
import { type StageSummary, type Summary, summaryOf } from './summary.ts';

/** How one stage of a pipeline runs, and what its results travel as. */
export interface ViaOptions<T, R> extends StageOptions<T> {
  /** How results travel to the next stage, or back. Default MessagePack. */
  readonly out?: Codec<R, unknown>;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Called about ten times a second, and once at the end. */
  readonly onProgress?: (progress: Progress) => void;
  /** Bytes of the largest record or result. Default 1 MiB. */
  readonly maxMessageSize?: number;
  /** A pool to use the threads of, in place of own ones; it needs as many as all stages together. */
  readonly pool?: Piscina;
}

export interface Progress {
  /** Records taken from the source, and results handed to the sink. */
  readonly records: number;
  readonly results: number;
  /** Records a second, since the start. */
  readonly rate: number;
  /** How many records there are, and milliseconds to the end, where the source has a length. */
  readonly total: number | undefined;
  readonly etaMs: number | undefined;
  readonly stages: readonly StageSummary[];
}

const PROGRESS_MS = 100;

/**
 * Takes records from a source through stages, each on threads of its own, to a sink.
 *
 *   const summary = await pipeline(lines)
 *     .via(new URL('./parse.js', import.meta.url), { threads: 2, out: Parsed })
 *     .via(new URL('./enrich.js', import.meta.url), { threads: 4, by: 'user' })
 *     .to(print)
 *     .run();
 *
 * Records go from worker to worker through rings; this thread sees only the source and the results. A slow stage
 * or sink holds back what is before it, up to the source. Everything `parallel` says of handlers and of threads that
 * die holds for every stage. `ordered` on a stage keeps the order of the source up to its results, which needs
 * the stages before it to keep it too: they do.
 */
export function pipeline<T>(source: Source<T>): Pipeline<T, T> {
  return new Pipeline(source, [], undefined);
}

export class Pipeline<T, R> {
  readonly #source: Source<T>;
  readonly #specs: readonly StageSpec[];
  readonly #codec: Codec<unknown, unknown> | undefined;

  /** @internal */
  constructor(source: Source<T>, specs: readonly StageSpec[], codec: Codec<unknown, unknown> | undefined) {
    this.#source = source;
    this.#specs = specs;
    this.#codec = codec;
  }

  /** A further stage: the default export of a module, on threads. */
  via<N = unknown>(module: URL | string, options: ViaOptions<R, N> = {}): Pipeline<T, N> {
    const codec = options.in ?? this.#codec;
    const spec = stageSpec(module, { ...options, ...(codec ? { in: codec } : {}) } as StageOptions);
    if (typeof spec.by === 'function' && this.#specs.length > 0) {
      throw new OptionError(
        'by',
        "Behind another stage, `by` is evaluated in that stage's threads, where a function can't go: name a field.",
      );
    }
    return new Pipeline<T, N>(this.#source, [...this.#specs, spec], options.out as Codec<unknown, unknown>);
  }

  /** Says where the results go. */
  to(sink: Sink<R>): RunnablePipeline<T, R> {
    if (this.#specs.length === 0)
      throw new OptionError('via', 'A pipeline needs at least one stage: call via() first.');
    return new RunnablePipeline(this.#source, this.#specs, this.#codec ?? defaultCodec, sink);
  }
}

export class RunnablePipeline<T, R> {
  readonly #source: Source<T>;
  readonly #specs: readonly StageSpec[];
  readonly #codec: Codec<unknown, unknown>;
  readonly #sink: Sink<R>;

  /** @internal */
  constructor(source: Source<T>, specs: readonly StageSpec[], codec: Codec<unknown, unknown>, sink: Sink<R>) {
    this.#source = source;
    this.#specs = specs;
    this.#codec = codec;
    this.#sink = sink;
  }

  /**
   * Runs it to the end and tells what was done. Rejects with what a handler, the source or the sink threw, or the
   * signal's reason; then nothing is at work any more.
   */
  async run(options: RunOptions = {}): Promise<Summary> {
    const { signal, pool, onProgress, maxMessageSize = 2 ** 20 } = options;
    checkPool(pool, this.#specs);
    const taker = takerOf(this.#sink);
    const flow = new Flow<T, R>(this.#source, this.#specs, {
      codec: this.#codec,
      recordBytesMax: maxMessageSize,
      signal,
      pool,
    });
    const count = new Count(flow);
    const timer = onProgress && setInterval(() => onProgress(count.progress()), PROGRESS_MS);
    try {
      for (let values = await flow.next(); values !== undefined; values = await flow.next()) {
        await taker.take(values);
        count.results += values.length;
      }
      await taker.end();
    } finally {
      clearInterval(timer);
      await flow.end();
    }
    onProgress?.(count.progress());
    return count.summary();
  }
}

class Count<T, R> {
  results = 0;
  readonly #flow: Flow<T, R>;
  readonly #from: number = performance.now();

  constructor(flow: Flow<T, R>) {
    this.#flow = flow;
  }

  #stages(ms: number): StageSummary[] {
    return this.#flow.stages.map((stage) => summaryOf(stage, ms));
  }

  progress(): Progress {
    const ms = performance.now() - this.#from;
    const { fed: records } = this.#flow.feeder;
    const { length: total } = this.#flow.chunks;
    const rate = records / ms;
    const etaMs = total === undefined || records === 0 ? undefined : (total - records) / rate;
    return { records, results: this.results, rate: rate * 1000, total, etaMs, stages: this.#stages(ms) };
  }

  summary(): Summary {
    const ms = performance.now() - this.#from;
    const stages = this.#stages(ms);
    return { records: this.#flow.feeder.fed, results: this.results, dead: this.#flow.dead, ms, stages };
  }
}

function checkPool(pool: Piscina | undefined, specs: readonly StageSpec[]): void {
  const needed = specs.reduce((sum, { threads }) => sum + threads, 0);
  if (pool === undefined || pool.options.maxThreads >= needed) return;
  throw new OptionError(
    'pool',
    `All stages run at the same time and need ${needed} threads; the pool has at most ${pool.options.maxThreads}.`,
  );
}
