import type { Codec } from '../../ring/index.ts';
import type { Draft } from './frame.ts';
import type { Journal, Position } from './journal.ts';
import { hasherOf } from './key.ts';
import type { Lane } from './lane.ts';
import { RecordBuffer } from './record-buffer.ts';

/** How frames are spread over the lanes to the threads of the next stage. Plain data, so `by` names a field. */
export interface Routing {
  /** Every frame is sent on, be it empty, so that the next stage can keep the order. */
  readonly ordered: boolean;
  /** Divides every frame among all lanes by the hash of a key. Without it, frames stay whole. */
  readonly by?: string | ((value: never) => unknown);
}

/** Records of a part at most, so that results do not wait too long for one another. */
const PART_RECORDS_MAX = 1024;
const LETTERS_MAX = 16;

/** Gathers what comes out of a frame's records, and sends it to the next stage in parts. */
export class Outlet<T> {
  readonly #lanes: readonly Lane[];
  readonly #routing: Routing;
  readonly #journal: Journal;
  readonly #buffers: RecordBuffer<T>[];
  readonly #hash: ((value: T) => number) | undefined;
  #letters: Uint8Array[] = [];
  #letterBytes = 0;
  #pushed = 0;

  constructor(
    lanes: readonly Lane[],
    codec: Codec<T, unknown>,
    recordBytesMax: number,
    routing: Routing,
    journal: Journal,
  ) {
    this.#lanes = lanes;
    this.#routing = routing;
    this.#journal = journal;
    const buffers = routing.by === undefined ? 1 : lanes.length;
    this.#buffers = Array.from({ length: buffers }, () => new RecordBuffer(codec, recordBytesMax));
    if (routing.by !== undefined) this.#hash = hasherOf(routing.by as string);
  }

  /** Takes one record; `false` when what is there has to be sent first. Throws `EncodeError`. */
  push(value: T, origin: number): boolean {
    const hash = this.#hash;
    const key = hash === undefined ? 0 : hash(value);
    const buffer = this.#buffers[hash === undefined ? 0 : key % this.#buffers.length] as RecordBuffer<T>;
    return buffer.count < PART_RECORDS_MAX && buffer.push(value, origin, key);
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
    return this.#letters.length === 0 && this.#buffers.every((buffer) => buffer.count === 0);
  }

  /**
   * Sends what was pushed, as the part of a frame that ends at `end`. The journal must be committed afterwards. An
   * empty part is sent only where order depends on it.
   */
  async send(frame: number, last: boolean, end: Position): Promise<void> {
    const journal = this.#journal;
    if (this.#isEmpty && !(this.#routing.ordered && last)) return;
    const route = journal.intention?.route ?? this.#route(frame);
    journal.intend({ ...end, route });
    if (this.#hash === undefined) await this.#put(route, 0, frame, last);
    else for (let lane = 0; lane < this.#lanes.length; lane++) await this.#put(lane, lane, frame, last);
    for (const buffer of this.#buffers) {
      this.#pushed += buffer.count;
      buffer.clear();
    }
    journal.sent = (journal.sent + 1) | 0;
    this.#letters = [];
    this.#letterBytes = 0;
  }

  async #put(lane: number, index: number, frame: number, last: boolean): Promise<void> {
    const records = this.#buffers[index] as RecordBuffer<T>;
    const letters = index === 0 ? this.#letters : [];
    const nothing = records.count === 0 && letters.length === 0;
    if (nothing && !(this.#routing.ordered && last)) return;
    const draft: Draft = { tag: this.#journal.sent, frame, last, records, letters } as Draft;
    const { writer } = this.#lanes[lane] as Lane;
    if (!writer.offer(draft)) await writer.put(draft);
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
