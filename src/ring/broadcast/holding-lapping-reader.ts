import { refuseNestedRead } from '../reader.ts';
import { distance } from '../sequence.ts';
import { LappingReader } from './lapping-reader.ts';

/**
 * A lapping reader whose cursor stays where it is until `commitTo`, so that a successor reads again what was not committed, as far as
 * writers have not gone on over it. It copies messages ahead of its cursor, which it holds by READING for each copy, wherever the
 * cursor is by then: the frontier is at or before the cursor, and the cursor at or before the message, so its slots stay.
 *
 * Writers count what they push a cursor past as missed. Messages that this reader had copied before are not: it takes those off.
 */
export class HoldingLappingReader<T, V, S> extends LappingReader<T, V, S> {
  /** Sequences of the messages copied and not committed, from the cursor on. */
  #uncommitted: number[] = [];

  /** The sequence of the next message to be shown. */
  override get sequence(): number {
    return this.hasCopy ? (this.sequences[this.shown] as number) : this.position;
  }

  override get missed(): number {
    this.#settle(this.lapping.cursorOf(this.subscription), true);
    return super.missed;
  }

  /** Messages before a cursor are no longer to be committed; those that writers pushed it past were not missed here. */
  #settle(cursor: number, pushed: boolean): void {
    const kept = this.#uncommitted.filter((sequence) => distance(sequence, cursor) >= 0);
    if (pushed) this.unmiss(this.#uncommitted.length - kept.length);
    this.#uncommitted = kept;
  }

  protected override copy(at: number): boolean {
    const { lapping, subscription } = this;
    let cursor = lapping.cursorOf(subscription);
    while (distance(cursor, at) <= 0 && !lapping.beginReading(subscription, cursor))
      cursor = lapping.pushedFrom(subscription, cursor);
    if (distance(cursor, at) > 0) {
      this.position = cursor;
      return false;
    }
    let slots = 1;
    try {
      slots = this.copyHeld(at);
      this.#uncommitted.push(at);
    } finally {
      this.position = (at + slots) | 0;
      if (lapping.moveCursor(subscription, cursor)) this.control.wakeWriters();
    }
    return true;
  }

  /** Past slots without a message the cursor goes with the next commit. */
  protected override goPast(_at: number, to: number): void {
    this.position = to;
  }

  override poll(): T | undefined {
    const value = super.poll();
    this.commitTo(this.sequence);
    return value;
  }

  override drain(each: (view: V) => void, max?: number): number {
    try {
      return super.drain(each, max);
    } finally {
      this.commitTo(this.sequence);
    }
  }

  protected override closeBatch(all: boolean): void {
    super.closeBatch(all);
    this.commitTo(this.sequence);
  }

  override hold(all = false): number {
    this.dropBatch();
    return this.endBatch(all);
  }

  override commitTo(sequence: number): void {
    const { lapping, subscription } = this;
    let cursor = lapping.cursorOf(subscription);
    this.#settle(cursor, true);
    while (distance(sequence, cursor) > 0 && !lapping.skip(subscription, cursor, sequence)) {
      cursor = lapping.pushedFrom(subscription, cursor);
      this.#settle(cursor, true);
    }
    this.#settle(sequence, false);
    if (lapping.takeSleepers()) this.control.wakeWriters();
  }

  override seekTo(offset: number): number {
    this.forgetCopies();
    this.#uncommitted = [];
    return super.seekTo(offset);
  }

  override seekToEnd(): void {
    if (this.busy) refuseNestedRead();
    this.forgetCopies();
    this.position = this.lapping.endHint();
    this.commitTo(this.position);
  }

  /** A message that was copied for the last batch is shown from there, whatever writers have done meanwhile. */
  override rereadFrom(sequence: number): void {
    if (this.busy) refuseNestedRead();
    const copy = this.sequences.indexOf(sequence);
    if (copy >= 0) {
      this.shown = copy;
      return;
    }
    this.forgetCopies();
    this.position = sequence;
  }
}
