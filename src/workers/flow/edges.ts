import {
  type BroadcastRing,
  type Codec,
  codecFromSpec,
  OptionError,
  type RingHandle,
} from '../../ring/index.ts';
import type { StageSpec } from './flow.ts';
import type { Columns } from './frame.ts';
import { find, type Stream } from './graph.ts';
import type { Turns } from './inlet.ts';
import { createLane, createLog, type Lane, type LaneHandle, type Reading } from './lane.ts';
import { type Mark, WHERES_MAX } from './mark.ts';
import type { Routing } from './outlet.ts';

/** Frames that may wait in a lane. */
const LANE_DEPTH = 8;
/** Records of a frame at most. */
const PART_RECORDS_MAX = 1024;
/** Threads that can read one broadcast ring. */
const SUBSCRIPTIONS_MAX = 31;

/** Where one thread reads, as its thread gets it. Plain data. */
export type InletHandle = LaneHandle & Reading;

export interface EdgeOptions {
  readonly recordBytesMax: number;
  /** Records keep their numbers on the way, where they are not numbered anew. */
  readonly keepsOrigins: boolean;
  readonly answers: boolean;
}

/**
 * A stream as it is laid in memory. With one stage to read it there is a lane from each of the writer's threads to each of the
 * reader's. With several, or where what a stage sees depends on others, each writing thread has one broadcast ring, and every reading
 * thread has a subscription in all of them: it passes over what is not its own.
 */
export class Edge {
  readonly stream: Stream;
  readonly routing: Routing;
  readonly turns: Turns;
  /** For each writing thread, where it writes. */
  readonly lanes: readonly (readonly Lane[])[];
  readonly codec: Codec<unknown, unknown>;
  readonly #specs: readonly StageSpec[];
  readonly #readers: readonly StageSpec[];
  readonly #columns: Columns;
  readonly #marks: readonly Mark[];
  readonly #isLog: boolean;

  constructor(
    stream: Stream,
    specs: readonly StageSpec[],
    codec: Codec<unknown, unknown>,
    { recordBytesMax, keepsOrigins, answers }: EdgeOptions,
  ) {
    this.stream = stream;
    this.#specs = specs;
    this.#readers = stream.readers.map((reader) => specs[reader] as StageSpec);
    this.codec = codec;
    this.#isLog = this.#decideLog();
    this.#marks = this.#decideMarks();
    const by = this.#dividedBy();
    // Who waits for answers must learn of every frame's end, and of every thread's part of it.
    const answered = answers && (stream.isResult || by !== undefined);
    const origins = answered || (stream.ordered && (keepsOrigins || stream.divided || by !== undefined));
    this.#columns = { origins, marks: this.#marks.length };
    this.routing = this.#decideRouting(by, answers);
    const alone = this.#isLog ? 1 : (this.#readers[0]?.threads ?? 1);
    const { ordered } = this.routing;
    this.turns = { ordered, step: by === undefined ? alone : 1, divided: stream.divided };
    this.lanes = this.#makeLanes(alone, recordBytesMax);
  }

  #decideRouting(by: Routing['by'] | undefined, answers: boolean): Routing {
    const { ordered: keeps, isResult, numbers } = this.stream;
    const discard = this.#readers.length === 0 && !isResult;
    const ordered = keeps && !discard;
    const { partMax } = this.#bounds();
    const tellsAll = ordered || answers;
    return { ordered, tellsAll, ...(by && { by }), numbers, marks: this.#marks, discard, partMax };
  }

  #makeLanes(alone: number, recordBytesMax: number): Lane[][] {
    const options = { columns: this.#columns, depth: this.#bounds().depth, recordBytesMax };
    const writers = this.#specs[this.stream.writer]?.threads ?? 1;
    return Array.from({ length: writers }, () => {
      if (this.#isLog) return [this.#subscribed(createLog(this.codec, options))];
      return Array.from({ length: alone }, () => createLane(this.codec, options));
    });
  }

  #decideLog(): boolean {
    const { readers, isResult } = this.stream;
    if (readers.length === 0) return false;
    const special = this.#readers.some(({ after, where }) => where !== undefined || (after?.length ?? 0) > 0);
    return special || readers.length + (isResult ? 1 : 0) > 1;
  }

  /** What every frame is divided by, among lanes to threads. */
  #dividedBy(): Routing['by'] | undefined {
    const [reader] = this.#readers;
    return this.#isLog || reader === undefined || reader.threads === 1 ? undefined : reader.by;
  }

  #decideMarks(): Mark[] {
    const keyed = this.#readers.filter(({ threads, concurrency }) => {
      return concurrency > 1 || (this.#isLog && threads > 1);
    });
    const keys = new Set(keyed.flatMap(({ by }) => (by === undefined ? [] : [by])));
    const where = this.#wheres();
    if (where.length > WHERES_MAX) {
      throw new OptionError('where', `At most ${WHERES_MAX} stages can choose from the same records.`);
    }
    return [...[...keys].map((by) => ({ by })), ...(where.length > 0 ? [{ where }] : [])];
  }

  #wheres() {
    return this.#readers.flatMap(({ where }) => (where === undefined ? [] : [where]));
  }

  /** What readers want in front of them: the least counts. */
  #bounds(): { depth: number; partMax: number } {
    const prefetch = Math.min(
      ...this.#readers.map((reader) => reader.prefetch ?? Number.POSITIVE_INFINITY),
      LANE_DEPTH * PART_RECORDS_MAX,
    );
    const depth = Math.min(LANE_DEPTH, 2 ** Math.floor(Math.log2(prefetch)));
    return { depth, partMax: Math.floor(prefetch / depth) };
  }

  /** Gives every thread that will read a log its subscription, before anything is written. */
  #subscribed(log: Lane): Lane {
    const { isResult } = this.stream;
    const count = this.#readers.reduce((sum, { threads }) => sum + threads, isResult ? 1 : 0);
    if (count > SUBSCRIPTIONS_MAX) {
      throw new OptionError(
        'threads',
        `${count} threads read the same records; at most ${SUBSCRIPTIONS_MAX} can.`,
      );
    }
    for (let i = 0; i < count; i++) (log as unknown as BroadcastRing<unknown, unknown>).addSubscription(i);
    return log;
  }

  handleOf(lane: Lane): LaneHandle {
    return { ring: lane.handle as RingHandle, columns: this.#columns };
  }

  /** Where a thread of a stage reads. */
  inletOf(reader: number, thread: number): { lane: Lane; reading: Reading }[] {
    const spec = this.#specs[reader] as StageSpec;
    const { by, concurrency } = spec;
    const keyed = by === undefined || concurrency === 1 ? {} : { keyMark: this.#markOf(by) };
    if (!this.#isLog) return this.lanes.map((row) => ({ lane: row[thread] as Lane, reading: keyed }));
    const reading = { ...this.#share(reader, thread), ...keyed };
    return this.lanes.map(([log]) => ({ lane: log as Lane, reading }));
  }

  #share(reader: number, thread: number): Reading {
    const { threads, by, where, after } = this.#specs[reader] as StageSpec;
    const first = this.#subscriptionsOf(reader)[0] as number;
    const keyMark = by === undefined || threads === 1 ? undefined : this.#markOf(by);
    const mark = this.#marks.length - 1;
    const forwards = reader === this.stream.readers[0] && (keyMark === undefined || thread === 0);
    return {
      subscription: first + thread,
      after: (after ?? []).flatMap((name) => this.#subscriptionsOf(find(this.#specs, name, 'after'))),
      share: {
        thread,
        threads,
        keyMark,
        where: where && { mark, bit: this.#wheres().indexOf(where) },
        forwards,
      },
    };
  }

  /** Whether one of a stage's threads has as much before it as there is room for, but for the frame that is just being sent. */
  isFull(reader: number): boolean {
    const { depth } = this.#bounds();
    const full = Math.max(1, depth - 1);
    const threads = this.#specs[reader]?.threads ?? 0;
    return Array.from({ length: threads }, (_, thread) => this.inletOf(reader, thread))
      .flat()
      .some(({ lane, reading: { subscription } }) => {
        if (subscription === undefined) return lane.stats().depth >= full;
        return (lane as unknown as BroadcastRing<unknown, unknown>).lagOf(subscription) >= full;
      });
  }

  #markOf(by: unknown): number {
    return this.#marks.findIndex((mark) => 'by' in mark && mark.by === by);
  }

  /** The subscriptions of a stage's threads. */
  #subscriptionsOf(reader: number): number[] {
    const before = this.stream.readers.slice(0, this.stream.readers.indexOf(reader));
    const first = before.reduce((sum, one) => sum + (this.#specs[one] as StageSpec).threads, 0);
    return Array.from({ length: this.#specs[reader]?.threads ?? 0 }, (_, i) => first + i);
  }

  /** Where the calling thread reads, if it does. */
  get collected(): { lane: Lane; reading: Reading }[] | undefined {
    const { readers, isResult } = this.stream;
    if (!isResult && readers.length > 0) return undefined;
    if (!this.#isLog) return this.lanes.map(([lane]) => ({ lane: lane as Lane, reading: {} }));
    const subscription = this.#readers.reduce((sum, { threads }) => sum + threads, 0);
    const share = { thread: 0, threads: 1, keyMark: undefined, where: undefined, forwards: false };
    return this.lanes.map(([log]) => ({ lane: log as Lane, reading: { subscription, share } }));
  }
}

/** Only the description of a codec reaches other threads. */
export function checkTravels(codec: Codec<unknown, unknown>, where: string): void {
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
