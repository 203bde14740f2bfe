import type { Piscina } from 'piscina';
import { type Codec, codecFromSpec, fromPortable, msgpack, OptionError } from '../../ring/index.ts';
import { Collector } from './collector.ts';
import { Feeder } from './feeder.ts';
import { decodeLetter } from './frame.ts';
import { Inlet, type Turns } from './inlet.ts';
import { Journal } from './journal.ts';
import { createLane, type Lane, type LaneHandle } from './lane.ts';
import { Outlet, type Routing } from './outlet.ts';
import type { DeadLetterSink, Policy } from './policy.ts';
import { type Chunks, chunksOf, type Source } from './source.ts';
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
  readonly policy: Policy;
  readonly deadLetter: DeadLetterSink | undefined;
  readonly maxDeaths: number;
  readonly stallAfter: number | undefined;
  readonly onStall: ((stall: Stall) => void) | undefined;
  /** How its inputs travel. */
  readonly codec: Codec<unknown, unknown>;
}

export interface FlowOptions {
  /** How the results of the last stage travel. */
  readonly codec: Codec<unknown, unknown>;
  readonly recordBytesMax: number;
  readonly signal?: AbortSignal | undefined;
  readonly pool?: Piscina | undefined;
}

/** Frames that may wait in a lane. */
const LANE_DEPTH = 8;
/** How long threads get to stop by themselves before they are ended. */
const GRACE_MS = 500;

/** Lanes between two stages: `lanes[writer][reader]`. */
interface Edge {
  readonly lanes: readonly (readonly Lane[])[];
  readonly routing: Routing;
  readonly turns: Turns;
  readonly divided: boolean;
}

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
  readonly #edges: readonly Edge[];
  readonly #handles = new Map<Lane, LaneHandle>();
  readonly #stop = new SharedArrayBuffer(4);
  readonly #collector: Collector<R>;
  readonly #outlet: Outlet<T>;
  #running: Promise<unknown> | undefined;
  /** Letters delivered. */
  dead = 0;
  #failure: { readonly error: unknown } | undefined;
  #ended: Promise<void> | undefined;

  constructor(source: Source<T>, specs: readonly StageSpec[], options: FlowOptions) {
    this.chunks = chunksOf(source);
    this.#specs = specs;
    this.#options = options;
    this.#edges = this.#makeEdges();
    this.stages = specs.map((spec, i) => this.#makeStage(spec, i));
    const [first] = this.#edges as [Edge];
    const last = this.#edges.at(-1) as Edge;
    const fed = Journal.create(0, 0, 0);
    const { codec, concurrency } = specs[0] as StageSpec;
    const { recordBytesMax } = options;
    this.#outlet = new Outlet(
      first.lanes[0] as Lane[],
      codec as Codec<T, unknown>,
      recordBytesMax,
      first.routing,
      fed,
    );
    const workers = (this.stages[0] as Stage).journals;
    this.feeder = new Feeder(this.chunks, this.#outlet, fed, workers, concurrency > 1 ? 4 * concurrency : 1);
    const collected = Journal.create(last.lanes.length, 0, 0);
    const lanes = last.lanes.map((row) => row[0] as Lane<R>);
    this.#collector = new Collector(new Inlet(lanes, last.turns, collected), collected, last.divided);
  }

  #makeEdges(): Edge[] {
    const lastOrdered = this.#specs.findLastIndex((spec) => spec.ordered);
    const edges: Edge[] = [];
    for (let i = 0; i <= this.#specs.length; i++) {
      const ordered = lastOrdered >= 0 && i <= lastOrdered + 1;
      const divided = edges[i - 1]?.routing.by !== undefined && ordered;
      if (divided && i <= lastOrdered) refuseOrderAfterKeys(this.#specs[i] as StageSpec);
      edges.push(this.#makeEdge(i, ordered, divided));
    }
    return edges;
  }

  #makeEdge(i: number, ordered: boolean, divided: boolean): Edge {
    const writers = this.#specs[i - 1]?.threads ?? 1;
    const reading = this.#specs[i];
    const readers = reading?.threads ?? 1;
    const by = readers > 1 ? reading?.by : undefined;
    const columns = { origins: ordered && (divided || by !== undefined), keys: false };
    const depth = LANE_DEPTH * (i < 1 && (reading?.concurrency ?? 1) > 1 ? 2 : 1);
    const codec = reading?.codec ?? this.#options.codec;
    const { recordBytesMax } = this.#options;
    checkTravels(codec, reading?.name ?? 'the results');
    const make = () => {
      const lane = createLane(codec, { columns, depth, recordBytesMax });
      this.#handles.set(lane, { ring: lane.handle, columns, recordBytesMax });
      return lane;
    };
    const lanes = Array.from({ length: writers }, () => Array.from({ length: readers }, make));
    const step = by === undefined ? readers : 1;
    const routing = by === undefined ? { ordered } : { ordered, by };
    return { lanes, routing, turns: { ordered, step, divided }, divided };
  }

  #makeStage(spec: StageSpec, i: number): Stage {
    const { module, name, threads, policy, maxDeaths, concurrency } = spec;
    const into = this.#edges[i] as Edge;
    const out = this.#edges[i + 1] as Edge;
    return new Stage({
      module,
      name,
      threads,
      inlets: Array.from({ length: threads }, (_, thread) => into.lanes.map((row) => row[thread] as Lane)),
      turns: into.turns,
      outlets: out.lanes,
      routing: out.routing,
      handleOf: (lane) => this.#handles.get(lane) as LaneHandle,
      recordBytesMax: this.#options.recordBytesMax,
      options: { stage: name, policy, concurrency },
      maxDeaths,
      stop: this.#stop,
      pool: this.#options.pool,
      onEnd: (threadId) => this.#repair(threadId),
      onFailure: (error) => this.fail(error),
    });
  }

  #repair(threadId: number): void {
    for (const lane of this.#handles.keys()) lane.repair(threadId);
  }

  /** The next results, in an array; `undefined` at the end. Throws what the run failed with. */
  async next(): Promise<R[] | undefined> {
    this.#running ??= this.#run();
    for (;;) {
      const collected = await this.#collect();
      if (collected === undefined) {
        await this.end();
        if (this.#failure !== undefined) throw this.#failure.error;
        return undefined;
      }
      for (const letter of collected.letters) await this.#deliver(letter);
      if (collected.values.length > 0) return collected.values;
    }
  }

  async #collect(): Promise<{ values: R[]; letters: Uint8Array[] } | undefined> {
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
    const watches = this.stages.map((stage, i) => watchStalls(stage, this.#specs[i] as StageSpec));
    const work = [this.feeder.run(), ...this.stages.map((stage) => stage.run())];
    for (const one of work) one.catch((error: unknown) => this.fail(error));
    await Promise.allSettled(work);
    for (const end of watches) end();
    signal?.removeEventListener('abort', onAbort);
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
    for (const lane of this.#handles.keys()) lane.fail(error);
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

function checkTravels(codec: Codec<unknown, unknown>, where: string): void {
  try {
    codecFromSpec(codec.spec);
  } catch (error) {
    throw new OptionError(
      'codec',
      `The codec for ${where} can't be used between threads, because only the description of a codec reaches the ` +
        `other thread: use a built-in one (struct, msgpack, bytes, …). ${(error as Error).message}`,
    );
  }
}

function refuseOrderAfterKeys(spec: StageSpec): void {
  throw new OptionError(
    'ordered',
    `${spec.name} can't keep the order of a stage that divides records by key: the order is made whole again only at ` +
      'the end. Make the stage with `by` the last ordered one, or give it one thread.',
  );
}
