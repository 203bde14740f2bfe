import { checkOwner, type DeliveryWindow } from './delivery-window.ts';

/** What a share reader must know of a partition, and of the group's cursor in it. */
export interface SharedLog {
  /**
   * Slots of the published record at a sequence; 0 when there is none yet; −n for n slots that hold no record and never
   * will. Asked for record boundaries from the cursor on; what it says of one that the cursor has passed meanwhile does not
   * matter.
   */
  spanAt(sequence: number): number;
  /** The group's cursor. */
  cursor(): number;
  /** Moves the cursor by one compare-and-swap; `false` when it was not at `from`. */
  advance(from: number, to: number): boolean;
}

/**
 * One owner's view of a delivery window whose messages many owners share: takes what is to be had, oldest first, and moves
 * the group's cursor over everything done.
 *
 * - Callers: one thread each; as many readers as there are owners.
 * - Progress: lock-free. No reader waits for another one, nor does the cursor, except for messages that are not done.
 * - Order:
 *   1. A taker finds a range of records by the log alone, moves `open` over it, and *then* looks at the words. Somebody who
 *      gives a message of that range back makes its word AVAILABLE and then looks at `open`: either the taker sees the word,
 *      or the giver sees `open` and moves it back. Ranges spread the takers, words decide: that two find the same range does
 *      no harm.
 *   2. After its leases a taker looks at the cursor: a sequence below it is history, and its lease is withdrawn. From the
 *      lease on, the cursor can't pass a message, so one look for the batch is enough.
 *   3. Who makes a message done looks at the word at the cursor afterwards, and whoever moves the cursor looks again from
 *      there. So when the message at the cursor is done, somebody has yet to look.
 * - Death: between the steps of 1, `repair` has moved `open` back to the cursor; between those of 3, the next `advance` by
 *   anybody does it.
 */
export class ShareReader {
  /** Sequences of the messages of the last `take`. */
  readonly sequences: Int32Array;
  /** Their tokens. */
  readonly tokens: Int32Array;
  readonly #window: DeliveryWindow;
  readonly #log: SharedLog;
  readonly #owner: number;
  #end = 0;

  /** @param batch the most messages of one `take` */
  constructor(window: DeliveryWindow, log: SharedLog, owner: number, batch: number) {
    checkOwner(owner);
    this.#window = window;
    this.#log = log;
    this.#owner = owner;
    this.sequences = new Int32Array(batch);
    this.tokens = new Int32Array(batch);
  }

  /** Leases up to `most` messages until a time; how many there were. */
  take(most: number, deadlineMs: number): number {
    const max = Math.min(most, this.sequences.length);
    for (;;) {
      const open = this.#window.open;
      const cursor = this.#log.cursor();
      const from = distance(open, cursor) < 0 ? cursor : open;
      this.#end = (cursor + this.#window.slots) | 0;
      const to = this.#walk(from, max);
      if (to === from) {
        if (this.advance()) continue; // Slots without a record may have filled the window.
        return 0;
      }
      if (!this.#window.moveOpen(open, to)) continue; // 1.
      const taken = this.#leaseRange(from, to, max, deadlineMs);
      if (taken > 0) return taken;
    }
  }

  /** The end of at most `max` records from a boundary on, within the window. */
  #walk(from: number, max: number): number {
    let at = from;
    for (let records = 0; records < max && distance(this.#end, at) > 0; ) {
      const span = this.#log.spanAt(at);
      if (span === 0) break;
      if (span > 0) records++;
      at = (at + Math.abs(span)) | 0;
    }
    return at;
  }

  #leaseRange(from: number, to: number, max: number, deadlineMs: number): number {
    let taken = 0;
    for (let at = from; distance(to, at) > 0; ) {
      const span = this.#log.spanAt(at);
      if (span === 0) break; // The cursor has passed it.
      const token = span > 0 && taken < max ? this.#window.lease(at, this.#owner, deadlineMs) : 0;
      if (token !== 0) {
        this.sequences[taken] = at;
        this.tokens[taken++] = token;
      }
      at = (at + Math.abs(span)) | 0;
    }
    return this.#withoutHistory(taken);
  }

  /** Drops the leases below the cursor. */
  #withoutHistory(taken: number): number {
    const cursor = this.#log.cursor(); // 2.
    let kept = 0;
    for (let i = 0; i < taken; i++) {
      const sequence = this.sequences[i] as number;
      const token = this.tokens[i] as number;
      if (distance(sequence, cursor) < 0) {
        this.#window.withdraw(sequence, token);
        continue;
      }
      this.sequences[kept] = sequence;
      this.tokens[kept++] = token;
    }
    return kept;
  }

  /** Moves the group's cursor over what is done; whether it moved. To be called after acknowledging, once for any number. */
  advance(): boolean {
    let moved = false;
    for (;;) {
      const from = this.#log.cursor();
      const to = this.#walkDone(from); // 3.
      if (to === from) return moved;
      if (this.#log.advance(from, to)) moved = true;
    }
  }

  #walkDone(from: number): number {
    let at = from;
    while (distance(at, from) < this.#window.slots) {
      const span = this.#log.spanAt(at);
      if (span === 0 || (span > 0 && !this.#window.isDone(at))) break;
      const next = (at + Math.abs(span)) | 0;
      this.#window.scrub(span > 0 ? (at + 1) | 0 : at, next);
      at = next;
    }
    return at;
  }

  /** Makes available what is due among the messages in flight; how many. */
  sweep(nowMs: number): number {
    const cursor = this.#log.cursor();
    return this.#window.sweep(cursor, (cursor + this.#window.slots) | 0, nowMs);
  }

  /** Gives back what a dead owner had; how many messages. */
  repair(owner: number, nowMs: number): number {
    const cursor = this.#log.cursor();
    return this.#window.repair(owner, cursor, (cursor + this.#window.slots) | 0, nowMs);
  }
}

const distance = (a: number, b: number): number => (a - b) | 0;
