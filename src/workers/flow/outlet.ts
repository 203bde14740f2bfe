import type { Codec } from '../../ring/index.ts';
import type { Draft } from './frame.ts';
import type { Journal, Position } from './journal.ts';
import { hasherOf } from './key.ts';
import type { Lane } from './lane.ts';
import { type Mark, markerOf } from './mark.ts';
import { RecordBuffer } from './record-buffer.ts';

/** How frames are spread over the lanes to whoever reads them. Plain data, but for functions at the source. */
export interface Routing {
  /** Frames go to the lanes in turns, so that the next stage can keep the order. */
  readonly ordered: boolean;
  /** Every frame is sent on, be it empty. */
  readonly tellsAll: boolean;
  /** Divides every frame among all lanes by the hash of a key. Without it, frames stay whole. */
  readonly by?: string | ((value: never) => unknown);
  /** Records are numbered anew: see `Stream.numbers`. */
  readonly numbers: boolean;
  /** What is noted beside each record, where several read the same lane. */
  readonly marks: readonly Mark[];
  /** Nobody takes the results: only dead letters are sent. */
  readonly discard: boolean;
  /** Records of a part at most, so that results do not wait too long for one another. */
  readonly partMax: number;
}

const LETTERS_MAX = 16;

/** Gathers what comes out of a frame's records, and sends it to the next stage in parts. */
export class Outlet<T> {
  readonly #lanes: readonly Lane[];
  readonly #routing: Routing;
  readonly #journal: Journal;
  readonly #buffers: RecordBuffer<T>[];
  readonly #hash: ((value: T) => number) | undefined;
  readonly #markers: ((value: T) => number)[];
  #letters: Uint8Array[] = [];
  #letterBytes = 0;
  #pushed = 0;
  /** Records that wait in all buffers. */
  #count = 0;

  constructor(
    lanes: readonly Lane[],
    codec: Codec<T, unknown>,
    recordBytesMax: number,
    routing: Routing,
    journal: Journal,
  ) {
    const { by, marks } = routing;
    this.#lanes = lanes;
    this.#routing = routing;
    this.#journal = journal;
    this.#buffers = Array.from({ length: by === undefined ? 1 : lanes.length }, () => {
      return new RecordBuffer(codec, recordBytesMax, marks.length);
    });
    this.#markers = marks.map((mark) => markerOf<T>(mark));
    if (by !== undefined) this.#hash = hasherOf(by as string);
  }

  /** Takes one record; `false` when what is there has to be sent first. Throws `EncodeError`. */
  push(value: T, origin: number): boolean {
    const { discard, partMax, numbers } = this.#routing;
    if (discard) {
      this.#pushed++;
      return true;
    }
    const hash = this.#hash;
    const buffer = this.#buffers[
      hash === undefined ? 0 : hash(value) % this.#buffers.length
    ] as RecordBuffer<T>;
    const place = numbers ? this.#journal.first + this.#count : origin;
    if (buffer.count >= partMax || !buffer.push(value, place)) return false;
    this.#count++;
    const markers = this.#markers;
    for (let i = 0; i < markers.length; i++) buffer.mark(i, (markers[i] as (value: T) => number)(value));
    return true;
  }

  /** Takes an encoded letter; `false` when what is there has to be sent first. */
  pushLetter(letter: Uint8Array): boolean {
    const { bytesMax } = this.#buffers[0] as RecordBuffer<T>;
    if (this.#letters.length > 0) {
      if (this.#letters.length === LETTERS_MAX || this.#letterBytes + letter.length > bytesMax) return false;
    }
    this.#letters.push(letter);
    this.#letterBytes += letter.length;
    return true;
  }

  get #isEmpty(): boolean {
    return this.#letters.length === 0 && this.#count === 0;
  }

  /**
   * Sends what was pushed, as the part of a frame that ends at `end`. The journal must be committed afterwards. An
   * empty part is sent only where order depends on it.
   */
  async send(frame: number, last: boolean, end: Position): Promise<void> {
    const journal = this.#journal;
    if (!this.#isEmpty || (this.#routing.tellsAll && last)) {
      const route = journal.intention?.route ?? this.#route(frame);
      journal.intend({ ...end, route });
      if (this.#hash === undefined) await this.#put(route, 0, frame, last);
      else for (let lane = 0; lane < this.#lanes.length; lane++) await this.#put(lane, lane, frame, last);
      journal.sent = (journal.sent + 1) | 0;
      this.#clear();
    }
    if (last) journal.first = 0;
  }

  async #put(lane: number, index: number, frame: number, last: boolean): Promise<void> {
    const records = this.#buffers[index] as RecordBuffer<T>;
    const letters = index === 0 ? this.#letters : [];
    const nothing = records.count === 0 && letters.length === 0;
    if (nothing && !(this.#routing.tellsAll && last)) return;
    const { sent: tag, first } = this.#journal;
    const draft: Draft = { tag, frame, last, first, records, letters } as Draft;
    const { writer } = this.#lanes[lane] as Lane;
    if (!writer.offer(draft)) await writer.put(draft);
  }

  #clear(): void {
    this.#journal.first += this.#count;
    this.#pushed += this.#count;
    this.#count = 0;
    for (const buffer of this.#buffers) buffer.clear();
    this.#letters = [];
    this.#letterBytes = 0;
  }

  /** How many records were sent since this was last asked. */
  takePushed(): number {
    const pushed = this.#pushed;
    this.#pushed = 0;
    return pushed;
  }

  /** In order, the lane whose turn it is; otherwise the one with the least to do. */
  #route(frame: number): number {
    if (this.#routing.ordered) return frame % this.#lanes.length;
    let route = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#lanes.length && least > 0; i++) {
      const lane = (frame + i) % this.#lanes.length;
      const { depth } = (this.#lanes[lane] as Lane).stats();
      if (depth >= least) continue;
      least = depth;
      route = lane;
    }
    return route;
  }

  get closed(): boolean {
    return this.#lanes.every((lane) => lane.closed);
  }

  /** Says that nothing more will come. */
  close(): void {
    for (const lane of this.#lanes) lane.close();
  }

  detach(): void {
    for (const lane of this.#lanes) lane.writer.detach();
  }
}
