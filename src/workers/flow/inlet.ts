import { select } from '../../ring/index.ts';
import type { Frame } from './frame.ts';
import type { Journal } from './journal.ts';
import type { LaneReader, Place } from './lane.ts';
import { isOwn, type Records, recordsOf, type Share } from './share.ts';

/** In which order a thread reads its lanes. */
export interface Turns {
  /** Whether frames are read in the order of their numbers; otherwise as they arrive. */
  readonly ordered: boolean;
  /** From one frame of this thread to its next: 1 when it gets a part of every frame. */
  readonly step: number;
  /** Whether every frame is divided among all lanes; otherwise each comes whole from the lane whose turn it is. */
  readonly divided: boolean;
}

/** A frame that was read and not given back. */
export interface Held<T> {
  readonly frame: Frame<T>;
  readonly lane: number;
  /** Which of its records are this reader's. */
  readonly share: Share | undefined;
  /** It came before: a repetition by a thread that stands in for a dead one. */
  readonly seen: boolean;
  /** Whether this thread has nothing of the frame's number to come. */
  readonly complete: boolean;
  /** Whose turn it is afterwards. */
  readonly nextLane: number;
  readonly nextFrame: number;
}

/**
 * The frames that come to one thread over its lanes, each of them once. A frame stays in its lane until it was
 * `finish`ed, that was committed to the journal, and it was given back, so that a successor finds it.
 */
export class Inlet<T> {
  readonly #places: readonly Place<T>[];
  readonly #turns: Turns;
  readonly #journal: Journal;
  readonly #lastTag: Int32Array;
  #held: Held<T> | undefined;
  #lane: number;
  #frame: number;

  constructor(places: readonly Place<T>[], turns: Turns, journal: Journal) {
    this.#places = places;
    this.#turns = turns;
    this.#journal = journal;
    this.#lastTag = journal.acknowledged.slice();
    this.#lane = journal.lane;
    this.#frame = journal.frame;
  }

  /** Reads on to the next frame of this reader's, if there is one, and holds it until it is released. */
  poll(): Held<T> | undefined {
    for (;;) {
      const held = this.#turns.ordered ? this.#pollLane(this.#lane) : this.#pollAny();
      if (held === undefined) return undefined;
      this.#held = held;
      if (held.seen) this.release();
      else if (isOwn(held.frame, held.share)) return held;
      else this.#passOver();
    }
  }

  /** A frame that another thread handles is done with at once; what was noted tells a successor where to go on. */
  #passOver(): void {
    this.finish();
    this.#journal.commit();
    this.release();
  }

  /** What there is to do with the frame that is held. */
  records(): Records<T> {
    const { frame, lane, share } = this.#held as Held<T>;
    return recordsOf(frame, share, (this.#places[lane] as Place<T>).keyMark);
  }

  /** Lanes in turn, beginning with the one that a dead predecessor had a frame of in hand. */
  #pollAny(): Held<T> | undefined {
    const lanes = this.#places.length;
    for (let i = 0; i < lanes; i++) {
      const lane = (this.#lane + i) % lanes;
      const held = this.#pollLane(lane);
      if (held === undefined) continue;
      this.#lane = (lane + 1) % lanes;
      return held;
    }
    return undefined;
  }

  #pollLane(lane: number): Held<T> | undefined {
    const { reader, share } = this.#places[lane] as Place<T>;
    const frame = firstOf(reader);
    if (frame === undefined) return undefined;
    const seen = ((frame.tag - (this.#lastTag[lane] as number)) | 0) <= 0;
    if (!seen) this.#lastTag[lane] = frame.tag;
    const turn = this.#turns.ordered ? this.#inTurn(frame, lane, seen) : asItCame(frame, lane);
    return { frame, lane, share, seen, ...turn };
  }

  #inTurn(frame: Frame<T>, lane: number, seen: boolean): Turn {
    const { step, divided } = this.#turns;
    const lanes = this.#places.length;
    if (seen || !frame.last) return { complete: false, nextLane: lane, nextFrame: this.#frame };
    const complete = !divided || lane === lanes - 1;
    if (complete) this.#frame += step;
    this.#lane = divided ? (lane + 1) % lanes : this.#frame % lanes;
    return { complete, nextLane: this.#lane, nextFrame: this.#frame };
  }

  /** Waits until there may be something to read, or the end, or the signal is aborted. Only when nothing is held. */
  async wait(signal?: AbortSignal): Promise<void> {
    const live = this.awaited();
    try {
      if (live.length > 0) await select(live, signal === undefined ? {} : { signal });
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
  }

  /** Where the next frame may come from. */
  awaited(): LaneReader<T>[] {
    if (this.#turns.ordered) return [this.#reader];
    return this.#places.flatMap(({ reader }) => (reader.ended ? [] : [reader]));
  }

  get #reader(): LaneReader<T> {
    return (this.#places[this.#lane] as Place<T>).reader;
  }

  /** Whether nothing more will come. In order, the end of the lane whose turn it is ends everything. */
  get ended(): boolean {
    if (this.#held !== undefined) return false;
    return this.#turns.ordered ? this.#reader.ended : this.#places.every(({ reader }) => reader.ended);
  }

  /** Notes in the journal that the frame that is held is done. Commit, then release it. */
  finish(): void {
    const { frame, lane, nextLane, nextFrame } = this.#held as Held<T>;
    const journal = this.#journal;
    journal.acknowledged[lane] = frame.tag;
    journal.lane = nextLane;
    journal.frame = nextFrame;
    journal.record = 0;
    journal.yielded = 0;
  }

  /** Gives the frame that is held back. */
  release(): void {
    const { reader } = this.#places[(this.#held as Held<T>).lane] as Place<T>;
    this.#held = undefined;
    reader.batch(1)?.release();
  }

  detach(): void {
    for (const { reader } of this.#places) reader.detach();
  }
}

type Turn = Pick<Held<unknown>, 'complete' | 'nextLane' | 'nextFrame'>;

const asItCame = (frame: Frame<unknown>, lane: number): Turn => {
  return { complete: frame.last, nextLane: lane, nextFrame: frame.frame };
};

/** The first frame of a lane, which stays where it is. */
function firstOf<T>(reader: LaneReader<T>): Frame<T> | undefined {
  const batch = reader.batch(1);
  if (batch === undefined) return undefined;
  try {
    for (const frame of batch) return frame;
    return undefined;
  } finally {
    batch.abandon();
  }
}
