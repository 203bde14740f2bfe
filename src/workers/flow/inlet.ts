import { select } from '../../ring/index.ts';
import type { Frame } from './frame.ts';
import type { Journal } from './journal.ts';
import type { Lane } from './lane.ts';

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
  /** It came before: a repetition by a thread that stands in for a dead one. */
  readonly seen: boolean;
  /** Whether this thread has nothing of the frame's number to come. */
  readonly complete: boolean;
  /** Whose turn it is afterwards. */
  readonly nextLane: number;
  readonly nextFrame: number;
}

type FrameReader<T> = Lane<T>['reader'];

/**
 * The frames that come to one thread over its lanes, each of them once. A frame stays in its lane until it was
 * `finish`ed, that was committed to the journal, and it was given back, so that a successor finds it. Several may be
 * held at a time; they are given back in the order they were read.
 */
export class Inlet<T> {
  readonly #readers: FrameReader<T>[];
  readonly #turns: Turns;
  readonly #journal: Journal;
  readonly #held: Held<T>[] = [];
  readonly #heldOf: number[];
  readonly #lastTag: Int32Array;
  #lane: number;
  #frame: number;

  constructor(lanes: readonly Lane<T>[], turns: Turns, journal: Journal) {
    this.#readers = lanes.map((lane) => lane.reader);
    this.#turns = turns;
    this.#journal = journal;
    this.#heldOf = lanes.map(() => 0);
    this.#lastTag = journal.acknowledged.slice();
    this.#lane = journal.lane;
    this.#frame = journal.frame;
  }

  get holds(): number {
    return this.#held.length;
  }

  /** The frame that is held longest. */
  get first(): Held<T> | undefined {
    return this.#held[0];
  }

  /** Reads on by one frame, if there is one, and holds it. */
  poll(): Held<T> | undefined {
    for (;;) {
      const held = this.#turns.ordered ? this.#pollLane(this.#lane) : this.#pollAny();
      if (held === undefined) return undefined;
      this.#held.push(held);
      this.#heldOf[held.lane] = (this.#heldOf[held.lane] as number) + 1;
      if (held.seen && this.#held.length === 1) {
        this.release();
        continue;
      }
      return held;
    }
  }

  /** Lanes in turn, beginning with the one that a dead predecessor had a frame of in hand. */
  #pollAny(): Held<T> | undefined {
    const lanes = this.#readers.length;
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
    const frame = frameAt(this.#readers[lane] as FrameReader<T>, this.#heldOf[lane] as number);
    if (frame === undefined) return undefined;
    const seen = ((frame.tag - (this.#lastTag[lane] as number)) | 0) <= 0;
    if (!seen) this.#lastTag[lane] = frame.tag;
    return this.#turns.ordered ? this.#inTurn(frame, lane, seen) : this.#asItCame(frame, lane, seen);
  }

  #asItCame(frame: Frame<T>, lane: number, seen: boolean): Held<T> {
    return { frame, lane, seen, complete: false, nextLane: lane, nextFrame: frame.frame };
  }

  #inTurn(frame: Frame<T>, lane: number, seen: boolean): Held<T> {
    const { step, divided } = this.#turns;
    const lanes = this.#readers.length;
    if (seen || !frame.last) {
      return { frame, lane, seen, complete: false, nextLane: lane, nextFrame: this.#frame };
    }
    const complete = !divided || lane === lanes - 1;
    if (complete) this.#frame += step;
    if (divided) this.#lane = (lane + 1) % lanes;
    else this.#lane = this.#frame % lanes;
    return { frame, lane, seen, complete, nextLane: this.#lane, nextFrame: this.#frame };
  }

  /** Waits until there is something to read, or the end. Only when nothing is held. */
  async wait(): Promise<void> {
    const live = this.#turns.ordered ? [this.#reader] : this.#readers.filter((reader) => !reader.ended);
    if (live.length > 0) await select(live);
  }

  get #reader(): FrameReader<T> {
    return this.#readers[this.#lane] as FrameReader<T>;
  }

  /** Whether nothing more will come. In order, the end of the lane whose turn it is ends everything. */
  get ended(): boolean {
    if (this.#held.length > 0) return false;
    return this.#turns.ordered ? this.#reader.ended : this.#readers.every((reader) => reader.ended);
  }

  /** Notes in the journal that the frame held longest is done. Commit, then release it. */
  finish(): void {
    const { frame, lane, nextLane, nextFrame } = this.#held[0] as Held<T>;
    const journal = this.#journal;
    journal.acknowledged[lane] = frame.tag;
    journal.lane = nextLane;
    journal.frame = nextFrame;
    journal.record = 0;
    journal.yielded = 0;
  }

  /** Gives the frame held longest back. */
  release(): void {
    const { lane } = this.#held.shift() as Held<T>;
    this.#heldOf[lane] = (this.#heldOf[lane] as number) - 1;
    const batch = (this.#readers[lane] as FrameReader<T>).batch(1);
    batch?.release();
  }

  detach(): void {
    for (const reader of this.#readers) reader.detach();
  }
}

/** The frame behind `skipped` others that are not given back yet; it stays where it is. */
function frameAt<T>(reader: FrameReader<T>, skipped: number): Frame<T> | undefined {
  const batch = reader.batch(skipped + 1);
  if (batch === undefined) return undefined;
  try {
    let count = 0;
    for (const frame of batch) if (count++ === skipped) return frame;
    return undefined;
  } finally {
    batch.abandon();
  }
}
