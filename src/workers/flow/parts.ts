import { EncodeError } from '../../ring/index.ts';
import { now } from './frame.ts';
import type { Intention, Journal, Position } from './journal.ts';
import type { Outlet } from './outlet.ts';
import type { Records } from './share.ts';

/** Something other than the handler failed: a lane was ended, so the whole run is. */
export class Broken extends Error {}

/**
 * What comes out of the records of one frame after the other, on its way to the next stage in parts. A part that was sent is in the journal
 * (`journal.ts`): a thread that stands in for a dead one goes on behind it, and ends the next part where the dead one meant to.
 */
export class Parts<R> {
  readonly #outlet: Outlet<R>;
  readonly #journal: Journal;
  readonly #stage: string;
  #frame = 0;
  #records: Records<unknown> | undefined;
  /** Where a dead predecessor meant the next part to end. */
  #intended: Intention | undefined;
  #sendingMs = 0;

  /** @param stage for errors */
  constructor(outlet: Outlet<R>, journal: Journal, stage: string) {
    this.#outlet = outlet;
    this.#journal = journal;
    this.#stage = stage;
  }

  begin(frame: number, records: Records<unknown>): void {
    this.#frame = frame;
    this.#records = records;
    this.#intended = this.#journal.intention;
    this.#sendingMs = 0;
  }

  /** Milliseconds that the frame in hand has spent being sent on, and waiting for that. */
  get sendingMs(): number {
    return this.#sendingMs;
  }

  /** Whether a predecessor has sent a part of the frame, or was about to. */
  get isRepetition(): boolean {
    return this.#intended !== undefined || this.#journal.record > 0;
  }

  /** Takes a result if there is room for it in the part that is being filled. Throws `EncodeError`. */
  pushNow(value: R, record: number): boolean {
    return this.#outlet.push(value, this.originOf(record));
  }

  /** Takes a result, sending what is there where it must be. An error names the stage and, by its `field`, the place in the value. */
  async push(value: R, record: number, yielded: number): Promise<void> {
    await this.endIntended({ record, yielded });
    if (this.#pushChecked(value, record)) return;
    await this.#endPart({ record, yielded });
    this.#pushChecked(value, record);
  }

  #pushChecked(value: R, record: number): boolean {
    try {
      return this.pushNow(value, record);
    } catch (error) {
      if (!(error instanceof EncodeError)) throw error;
      const message = `A result of ${this.#stage} can't be sent on: ${error.message}`;
      throw new EncodeError(error.field, message, { cause: error });
    }
  }

  /** Takes an encoded dead letter. */
  async pushLetter(letter: Uint8Array, at: Position): Promise<void> {
    if (this.#outlet.pushLetter(letter)) return;
    await this.#endPart(at);
    this.#outlet.pushLetter(letter);
  }

  /** Where a record stood in the frame before it was divided. */
  originOf(record: number): number {
    const { origins, first } = this.#records as Records<unknown>;
    return first + (origins?.[record] ?? record);
  }

  /** Ends the part here if a predecessor meant it to. */
  async endIntended(at: Position): Promise<void> {
    if (this.#intended?.record !== at.record || this.#intended.yielded !== at.yielded) return;
    if (at.record === this.#journal.record && at.yielded === this.#journal.yielded) return;
    await this.#endPart(at);
  }

  /** Ends the part here, unless a predecessor has meant it to end elsewhere. */
  async keepDone(record: number): Promise<void> {
    if (this.#intended !== undefined || record === this.#journal.record) return;
    await this.#endPart({ record, yielded: 0 });
  }

  /** Sends what there is, and makes it part of the past. */
  async #endPart(end: Position): Promise<void> {
    await this.#send(end, false);
    this.#journal.record = end.record;
    this.#journal.yielded = end.yielded;
    this.commit();
  }

  /** Sends the last part; the frame is done with when `commit` has been called. */
  endFrame(record: number, last: boolean): Promise<void> {
    return this.#send({ record, yielded: 0 }, last);
  }

  async #send(end: Position, last: boolean): Promise<void> {
    const from = now();
    try {
      await this.#outlet.send(this.#frame, last, end);
      this.#sendingMs += now() - from;
    } catch (error) {
      throw new Broken('The next stage has ended.', { cause: error });
    }
  }

  commit(): void {
    this.#journal.commit();
    this.#intended = undefined;
  }

  /** How many results were sent since this was last asked. */
  takePushed(): number {
    return this.#outlet.takePushed();
  }
}
