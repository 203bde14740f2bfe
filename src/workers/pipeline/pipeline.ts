import type { Piscina } from 'piscina';
import { type Codec, OptionError } from '../../ring/index.ts';
import { Flow, type StageSpec } from '../flow/flow.ts';
import { SOURCE, streamsOf } from '../flow/graph.ts';
import type { Where } from '../flow/mark.ts';
import { chunksOf, type Source } from '../flow/source.ts';
import { flowOptionsOf, type Inputs, type StageOptions, stageSpec } from '../parallel/parallel.ts';
import { type Sink, takerOf } from './sink.ts';
import { type StageSummary, type Summary, summaryOf } from './summary.ts';

/** How one stage of a pipeline runs, and what its results travel as. */
export interface ViaOptions<T, R> extends StageOptions<T> {
  /** How results travel to whoever reads them. Default MessagePack. */
  readonly out?: Codec<R, unknown>;
  /**
   * Whose results this stage reads: the name of an earlier stage, several of them (their streams are joined, in no order), or `'source'`.
   * Default: the stage before. Several stages can read the same; nothing is copied for them.
   */
  readonly from?: string | readonly string[];
  /** Earlier stages that read the same as this one: it sees a record only when they are done with it, without a copy. */
  readonly after?: readonly string[];
  /**
   * Takes only some of what it reads: those with these values in their fields, or, as `'otherwise'`, those that no other stage's
   * `where` takes.
   */
  readonly where?: Where<T>;
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
  return new Pipeline(source, []);
}

export class Pipeline<T, R> {
  readonly #source: Source<T>;
  readonly #specs: readonly StageSpec[];

  /** @internal */
  constructor(source: Source<T>, specs: readonly StageSpec[]) {
    this.#source = source;
    this.#specs = specs;
  }

  /**
   * A further stage: the default export of a module, on threads. It reads the results of the stage before, or what `from` or `after`
   * say.
   */
  via<N = unknown, I = R>(module: URL | string, options: ViaOptions<I, N> = {}): Pipeline<T, N> {
    const spec = stageSpec(module, options as StageOptions & Partial<Inputs>);
    const specs = [...this.#specs, named(spec, options.name, this.#specs)];
    streamsOf(specs, undefined); // Throws where it makes no sense.
    return new Pipeline<T, N>(this.#source, specs);
  }

  /** Says where the results go: those of the last stage, or of those named in `from`, in the order of the source if all of them keep it. */
  to<A = R>(
    sink: Sink<A>,
    { from }: { readonly from?: string | readonly string[] } = {},
  ): RunnablePipeline<T, A> {
    if (this.#specs.length === 0)
      throw new OptionError('via', 'A pipeline needs at least one stage: call via() first.');
    const results = typeof from === 'string' ? [from] : from;
    streamsOf(this.#specs, results);
    return new RunnablePipeline(this.#source, this.#specs, results, sink);
  }
}

/** Stages are known by their names: in errors, in dead letters, and to each other. */
function named(spec: StageSpec, given: string | undefined, before: readonly StageSpec[]): StageSpec {
  const same = (name: string) => before.some((one) => one.name === name);
  if (given === SOURCE || (given !== undefined && same(given))) {
    throw new OptionError(
      'name',
      `'${given}' is the name of ${given === SOURCE ? 'the source' : 'another stage'} already.`,
    );
  }
  let name = spec.name;
  for (let i = 2; same(name); i++) name = `${spec.name} (${i})`;
  return { ...spec, name };
}

export class RunnablePipeline<T, R> {
  readonly #source: Source<T>;
  readonly #specs: readonly StageSpec[];
  readonly #results: readonly string[] | undefined;
  readonly #sink: Sink<R>;
  #flow: Flow<T, R> | undefined;
  /** Stages paused before there was a flow; `undefined` stands for all. */
  readonly #paused = new Set<string | undefined>();

  /** @internal */
  constructor(
    source: Source<T>,
    specs: readonly StageSpec[],
    results: readonly string[] | undefined,
    sink: Sink<R>,
  ) {
    this.#source = source;
    this.#specs = specs;
    this.#results = results;
    this.#sink = sink;
  }

  /**
   * Has a stage rest, or all of them, once the records in hand are done. What is before it goes on until its lanes are full, and what was
   * done already is given to the sink. May be called before `run()`.
   */
  pause(stage?: string): void {
    if (this.#flow === undefined) this.#paused.add(stage);
    else this.#flow.pause(stage);
  }

  /** Ends a pause. */
  resume(stage?: string): void {
    if (this.#flow !== undefined) this.#flow.resume(stage);
    else if (stage === undefined) this.#paused.clear();
    else this.#paused.delete(stage);
  }

  /**
   * Runs it to the end and tells what was done. Rejects with what a handler, the source or the sink threw, or the
   * signal's reason; then nothing is at work any more.
   */
  async run(options: RunOptions = {}): Promise<Summary> {
    const { pool, onProgress } = options;
    checkPool(pool, this.#specs);
    const taker = takerOf(this.#sink);
    const flow = new Flow<T, R>(chunksOf(this.#source), this.#specs, {
      results: this.#results,
      ...flowOptionsOf(options),
    });
    this.#flow = flow;
    for (const stage of this.#paused) flow.pause(stage);
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
    return this.#flow.stages.map((stage, i) => summaryOf(stage, this.#flow.waitingAt(i), ms));
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
