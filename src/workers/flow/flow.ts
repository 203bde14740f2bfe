import type { Piscina } from 'piscina';
import { type Codec, fromPortable, msgpack } from '../../ring/index.ts';
import { type Collected, Collector } from './collector.ts';
import { checkTravels, Edge, type InletHandle } from './edges.ts';
import { Feeder } from './feeder.ts';
import { decodeLetter } from './frame.ts';
import { find, streamsOf } from './graph.ts';
import { Inlet } from './inlet.ts';
import { Journal } from './journal.ts';
import { type Lane, placeAt, type Reading } from './lane.ts';
import type { Where } from './mark.ts';
import { Outlet, type Routing } from './outlet.ts';
import type { DeadLetterSink, Policy } from './policy.ts';
import { type Slow, watchSlowness } from './slow-watch.ts';
import type { Chunks } from './source.ts';
import { Stage } from './stage.ts';
import { type Stall, watchStalls } from './stall-watch.ts';

/** What records travel as unless a codec is named. */
export const defaultCodec: Codec<unknown, unknown> = msgpack();

/** A stage as it was asked for, checked. */
export interface StageSpec {
  readonly module: URL;
  readonly name: string;
  readonly threads: number;
  readonly ordered: boolean;
  readonly by: Routing['by'] | undefined;
  readonly concurrency: number;
  /** Records given to one of its threads and not done, at most. */
  readonly prefetch: number | undefined;
  /** Whose results it reads, where that is not the stage before. */
  readonly from: readonly string[] | undefined;
  /** Stages that read the same and have to be done with a record first. */
  readonly after: readonly string[] | undefined;
  readonly where: Where<never> | undefined;
  readonly policy: Policy;
  readonly deadLetter: DeadLetterSink | undefined;
  readonly maxDeaths: number;
  readonly stallAfter: number | undefined;
  readonly onStall: ((stall: Stall) => void) | undefined;
  readonly slowAfter: number | undefined;
  readonly onSlow: ((slow: Slow) => void) | undefined;
  /** How its inputs and its results travel, where that was said. */
  readonly in: Codec<unknown, unknown> | undefined;
  readonly out: Codec<unknown, unknown> | undefined;
}

export interface FlowOptions {
  readonly recordBytesMax: number;
  /** Stages whose results are given, by their names; by default the last. */
  readonly results?: readonly string[] | undefined;
  /** Every record has an answer: see `Flow.nextAnswers`. For one stage. */
  readonly answers?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly pool?: Piscina | undefined;
}

/** How long threads get to stop by themselves before they are ended. */
const GRACE_MS = 500;

/**
 * A source, stages, and the lanes between them: whatever runs on threads here, `parallel()` and `pipeline()` alike, is
 * one of these. This thread deals the records out and collects the results; everything in between goes from worker
 * to worker.
 */
export class Flow<T, R> {
  readonly stages: readonly Stage[];
  readonly chunks: Chunks<T>;
  readonly feeder: Feeder<T>;
  readonly #specs: readonly StageSpec[];
  readonly #options: FlowOptions;
  /** The source's stream first, then each stage's. */
  readonly #edges: readonly Edge[];
  readonly #lanes: readonly Lane[];
  readonly #stop = new SharedArrayBuffer(4);
  readonly #collector: Collector<R>;
  readonly #outlet: Outlet<T>;
  #running: Promise<unknown> | undefined;
  /** Letters delivered. */
  dead = 0;
  #failure: { readonly error: unknown } | undefined;
  #ended: Promise<void> | undefined;

  constructor(chunks: Chunks<T>, specs: readonly StageSpec[], options: FlowOptions) {
    this.#specs = specs;
    this.#options = options;
    this.#edges = this.#makeEdges();
    this.chunks = chunks;
    this.#lanes = this.#edges.flatMap(({ lanes }) => lanes.flat());
    this.stages = specs.map((spec, i) => this.#makeStage(spec, i));
    const [first] = this.#edges as [Edge];
    const fed = Journal.create(0, 0, 0);
    const { codec, routing, stream, lanes } = first;
    const { recordBytesMax } = options;
    this.#outlet = new Outlet(lanes[0] as Lane[], codec as Codec<T, unknown>, recordBytesMax, routing, fed);
    const workers = stream.readers.flatMap((stage) => (this.stages[stage] as Stage).journals);
    const concurrency = Math.max(...stream.readers.map((stage) => (specs[stage] as StageSpec).concurrency));
    // Results of a frame leave together: who waits for one answer is better off with small frames.
    const recordsMin = concurrency > 1 && !options.answers ? 4 * concurrency : concurrency;
    this.feeder = new Feeder(this.chunks, this.#outlet, fed, workers, {
      stage: stream.readers.map((stage) => specs[stage]?.name).join(', '),
      recordsMin,
      recordsMax: routing.partMax,
    });
    this.#collector = this.#makeCollector();
  }

  #makeEdges(): Edge[] {
    const streams = streamsOf(this.#specs, this.#options.results);
    const results = streams.filter(({ isResult }) => isResult);
    const keepsOrigins = results.length > 1 && results.every(({ ordered }) => ordered);
    return streams.map((stream) => {
      const codec = this.#codecOf(stream.writer, stream.readers);
      const { recordBytesMax, answers = false } = this.#options;
      return new Edge(stream, this.#specs, codec, { recordBytesMax, keepsOrigins, answers });
    });
  }

  #codecOf(writer: number, readers: readonly number[]): Codec<unknown, unknown> {
    const named = readers.map((reader) => this.#specs[reader]?.in).find((codec) => codec !== undefined);
    const codec = this.#specs[writer]?.out ?? named ?? defaultCodec;
    checkTravels(codec, this.#specs[readers[0] ?? -1]?.name ?? 'the results');
    return codec;
  }

  #makeStage(spec: StageSpec, i: number): Stage {
    const { module, name, threads, policy, maxDeaths, concurrency } = spec;
    const into = this.#edges.filter(({ stream }) => stream.readers.includes(i));
    const out = this.#edges[i + 1] as Edge;
    const handleOf = (edge: Edge, { lane, reading }: { lane: Lane; reading: Reading }): InletHandle => {
      return { ...edge.handleOf(lane), ...reading };
    };
    const [only] = into as [Edge];
    return new Stage({
      module,
      name,
      threads,
      inlets: Array.from({ length: threads }, (_, thread) =>
        into.flatMap((edge) => edge.inletOf(i, thread).map((place) => handleOf(edge, place))),
      ),
      // Who joins streams takes what there is.
      turns: into.length === 1 ? only.turns : { ordered: false, step: 1, divided: false },
      outlets: out.lanes.map((row) => row.map((lane) => out.handleOf(lane))),
      routing: out.routing,
      recordBytesMax: this.#options.recordBytesMax,
      options: { stage: name, policy, concurrency },
      maxDeaths,
      stop: this.#stop,
      pool: this.#options.pool,
      onEnd: (threadId) => this.#repair(threadId),
      onFailure: (error) => this.fail(error),
    });
  }

  #makeCollector(): Collector<R> {
    const collected = (edges: readonly Edge[]) =>
      edges.flatMap(({ collected: places, turns }) => {
        if (places === undefined) return [];
        const journal = Journal.create(places.length, 0, 0);
        const inlet = new Inlet(
          places.map(({ lane, reading }) => placeAt(lane as Lane<R>, reading)),
          { ...turns, step: 1 },
          journal,
        );
        return [{ inlet, journal, divided: turns.divided }];
      });
    const results = this.#edges.filter(({ stream }) => stream.isResult);
    const others = this.#edges.filter(({ stream }) => !stream.isResult);
    const ordered = results.every(({ stream }) => stream.ordered);
    return new Collector(collected(results), collected(others), {
      ordered,
      everyFrame: this.#options.answers ?? false,
    });
  }

  #repair(threadId: number): void {
    for (const lane of this.#lanes) lane.repair(threadId);
  }

  /** The next results, in an array; `undefined` at the end. Throws what the run failed with. */
  async next(): Promise<R[] | undefined> {
    for (;;) {
      const collected = await this.nextAnswers();
      if (collected === undefined) return undefined;
      for (const letter of collected.letters) await this.#deliver(letter);
      if (collected.values.length > 0) return collected.values;
    }
  }

  /** The next results with the places they belong to, and the letters as they came. */
  async nextAnswers(): Promise<Collected<R> | undefined> {
    this.#running ??= this.#run();
    const collected = await this.#collect();
    if (collected !== undefined) return collected;
    await this.end();
    if (this.#failure !== undefined) throw this.#failure.error;
    return undefined;
  }

  async #collect(): Promise<Collected<R> | undefined> {
    if (this.#failure !== undefined) return undefined;
    try {
      return await this.#collector.next();
    } catch (error) {
      this.fail(error);
      return undefined;
    }
  }

  async #deliver(bytes: Uint8Array): Promise<void> {
    this.dead++;
    const letter = decodeLetter(bytes);
    const sink = this.#specs.find((spec) => spec.name === letter.stage)?.deadLetter;
    await sink?.({ ...letter, error: fromPortable(letter.error) });
  }

  async #run(): Promise<void> {
    const { signal } = this.#options;
    const onAbort = () => this.fail(signal?.reason);
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted) onAbort();
    const watches = this.stages.flatMap((stage, i) => this.#watch(stage, i));
    const work = [this.feeder.run(), ...this.stages.map((stage) => stage.run())];
    for (const one of work) one.catch((error: unknown) => this.fail(error));
    await Promise.allSettled(work);
    for (const end of watches) end();
    signal?.removeEventListener('abort', onAbort);
  }

  #watch(stage: Stage, i: number): (() => void)[] {
    const spec = this.#specs[i] as StageSpec;
    const before = this.#edges.filter(({ stream }) => stream.readers.includes(i));
    const backlog = {
      isFull: () => before.some((edge) => edge.isFull(i)),
      waiting: () => this.waitingAt(i),
    };
    return [watchStalls(stage, spec), watchSlowness(stage, backlog, spec)];
  }

  /** Has a stage, or all of them, rest after the frames in hand. What is before it fills up, and waits. */
  pause(stage?: string): void {
    for (const one of this.#named(stage)) one.pause();
  }

  resume(stage?: string): void {
    for (const one of this.#named(stage)) one.resume();
  }

  #named(stage: string | undefined): Stage[] {
    if (stage === undefined) return [...this.stages];
    return [this.stages[find(this.#specs, stage, 'stage')] as Stage];
  }

  /** Records given to a stage and not done there, or being done. */
  waitingAt(stage: number): number {
    const before = this.#edges.filter(({ stream }) => stream.readers.includes(stage));
    const given = before.reduce((sum, { stream: { writer } }) => {
      return sum + (this.stages[writer]?.total('results') ?? this.feeder.fed);
    }, 0);
    return Math.max(0, Math.round(given - (this.stages[stage] as Stage).total('seen')));
  }

  /** Ends everything with an error. The first one counts. */
  fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.#halt(error);
  }

  #halt(error: unknown): void {
    Atomics.store(new Int32Array(this.#stop), 0, 1);
    for (const stage of this.stages) stage.threads.stop('stop');
    for (const lane of this.#lanes) lane.fail(error);
    void this.chunks.end().catch(() => {});
  }

  /** Ends everything, done or not; resolves when no thread is at work any more. */
  async end(): Promise<void> {
    this.#ended ??= this.#end();
    await this.#ended;
  }

  async #end(): Promise<void> {
    if (this.#failure !== undefined || !this.#outlet.closed || this.stages.some((stage) => !stage.ended)) {
      if (this.#failure === undefined) this.#halt(new Error('The run was ended before everything was done.'));
      let timer: NodeJS.Timeout | undefined;
      const grace = new Promise((resolve) => {
        timer = setTimeout(resolve, GRACE_MS);
      });
      await Promise.race([this.#running, grace]);
      clearTimeout(timer);
      await Promise.all(this.stages.map((stage) => stage.threads.destroy()));
    } else await this.#running;
    this.#collector.detach();
    this.#outlet.detach();
  }
}
