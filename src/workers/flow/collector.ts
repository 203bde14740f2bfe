import { select } from '../../ring/index.ts';
import type { Inlet } from './inlet.ts';
import type { Journal } from './journal.ts';

export interface Collected<R> {
  readonly values: R[];
  readonly letters: readonly Uint8Array[];
  /** Of which frame, and whether nothing else of it comes from the same thread. */
  readonly frame: number;
  readonly complete: boolean;
  /** For each value, the place of its record in the frame. */
  readonly origins: ArrayLike<number> | undefined;
}

export interface CollectorOptions {
  /** Results are given in the order of the source. */
  readonly ordered: boolean;
  /** Frames that hold nothing are told of too. */
  readonly everyFrame: boolean;
}

/** A stream that comes out. */
export interface Outcome<R> {
  readonly inlet: Inlet<R>;
  readonly journal: Journal;
  /** Whether frames come in parts from several threads. */
  readonly divided: boolean;
}

/** A frame of which not everything has come. */
interface Gathering<R> {
  readonly values: R[];
  readonly origins: number[];
  /** Which stream each came from. */
  readonly streams: number[];
  /** Streams that have more to give. */
  missing: number;
}

/**
 * Takes what comes out of the last stages. In order, it takes everything as it comes, whichever stream is ahead, and gives frame after
 * frame: how far ahead one can be is bounded by what fits into the lanes.
 */
export class Collector<R> {
  readonly #streams: readonly Outcome<R>[];
  /** Whether frames have to be put together here. */
  readonly #gathers: boolean;
  readonly #gathering = new Map<number, Gathering<R>>();
  /** How many streams have results; the others have letters only. */
  readonly #results: number;
  #nextFrame = 0;
  #turn = 0;
  readonly #everyFrame: boolean;

  constructor(
    streams: readonly Outcome<R>[],
    letters: readonly Outcome<R>[],
    { ordered, everyFrame }: CollectorOptions,
  ) {
    this.#everyFrame = everyFrame;
    this.#streams = [...streams, ...letters];
    this.#results = streams.length;
    this.#gathers = ordered && (streams.length > 1 || streams.some(({ divided }) => divided));
  }

  /** The next results; `undefined` when there will be none. */
  async next(): Promise<Collected<R> | undefined> {
    for (;;) {
      const collected = this.#take();
      if (collected !== undefined) {
        if (this.#everyFrame || collected.values.length > 0 || collected.letters.length > 0) return collected;
      } else if (this.#streams.every(({ inlet }) => inlet.ended)) return undefined;
      else await select(this.#streams.flatMap(({ inlet }) => (inlet.ended ? [] : inlet.awaited())));
    }
  }

  /** Streams have turns, so that none waits for another that always has something. */
  #take(): Collected<R> | undefined {
    const streams = this.#streams.length;
    for (let i = 0; i < streams; i++) {
      const index = (this.#turn + i) % streams;
      const collected = this.#takeFrom(index);
      if (collected === undefined) continue;
      this.#turn = (index + 1) % streams;
      return collected;
    }
    return undefined;
  }

  #takeFrom(index: number): Collected<R> | undefined {
    const { inlet, journal } = this.#streams[index] as Outcome<R>;
    const held = inlet.poll();
    if (held === undefined) return undefined;
    const { values, origins, first, letters } = inlet.records();
    const { frame } = held.frame;
    const isResult = index < this.#results;
    const gathers = this.#gathers && isResult;
    if (gathers) this.#gather(frame, index, values, (i) => (origins?.[i] ?? i) + first, held.complete);
    const ready = gathers ? this.#complete() : values;
    inlet.finish();
    journal.commit();
    inlet.release();
    const { complete } = held;
    return { values: isResult ? (ready as R[]) : [], letters, frame, complete, origins };
  }

  /** Keeps a part of a frame until the rest has come. */
  #gather(
    frame: number,
    stream: number,
    values: readonly R[],
    originOf: (i: number) => number,
    complete: boolean,
  ): void {
    let gathering = this.#gathering.get(frame);
    if (gathering === undefined) {
      gathering = { values: [], origins: [], streams: [], missing: this.#results };
      this.#gathering.set(frame, gathering);
    }
    for (const [i, value] of values.entries()) {
      gathering.values.push(value);
      gathering.origins.push(originOf(i));
      gathering.streams.push(stream);
    }
    if (complete) gathering.missing--;
  }

  /** Puts the records of the frames whose turn it is back in their places. */
  #complete(): R[] {
    const ready: R[] = [];
    for (;;) {
      const gathering = this.#gathering.get(this.#nextFrame);
      if (gathering === undefined || gathering.missing > 0) return ready;
      this.#gathering.delete(this.#nextFrame++);
      const { values, origins, streams } = gathering;
      const order = [...origins.keys()].sort((a, b) => {
        return (
          (origins[a] as number) - (origins[b] as number) || (streams[a] as number) - (streams[b] as number)
        );
      });
      for (const i of order) ready.push(values[i] as R);
    }
  }

  detach(): void {
    for (const { inlet } of this.#streams) inlet.detach();
  }
}
