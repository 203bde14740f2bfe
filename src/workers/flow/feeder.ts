import { EncodeError } from '../../ring/index.ts';
import { now } from './frame.ts';
import type { Journal } from './journal.ts';
import type { Outlet } from './outlet.ts';
import type { Chunks } from './source.ts';

/** How long a frame should keep a thread busy: what a frame costs is then little, and threads stay evenly loaded. */
const FRAME_MS = 0.5;
const TURN_MS = 10;

export interface FeederOptions {
  /** Who gets the records, for errors. */
  readonly stage: string;
  /** How large frames may be. */
  readonly recordsMin: number;
  readonly recordsMax: number;
}

/** Deals what comes from a source to the threads of the first stage, as fast as they take it. */
export class Feeder<T> {
  fed = 0;
  readonly #chunks: Chunks<T>;
  readonly #outlet: Outlet<T>;
  readonly #journal: Journal;
  readonly #workers: readonly Journal[];
  readonly #stage: string;
  readonly #recordsMin: number;
  readonly #recordsMax: number;
  #records: number;
  #busyMs = 0;
  #handled = 0;

  /** @param workers whose speed decides how many records make a frame */
  constructor(
    chunks: Chunks<T>,
    outlet: Outlet<T>,
    journal: Journal,
    workers: readonly Journal[],
    { stage, recordsMin, recordsMax }: FeederOptions,
  ) {
    this.#chunks = chunks;
    this.#outlet = outlet;
    this.#journal = journal;
    this.#workers = workers;
    this.#stage = stage;
    this.#recordsMin = Math.min(recordsMin, recordsMax);
    this.#recordsMax = recordsMax;
    this.#records = this.#recordsMin;
  }

  async run(): Promise<void> {
    let turnEnds = now() + TURN_MS;
    for (let frame = 0; ; frame++) {
      const chunk = await this.#chunks.next(this.#records);
      if (chunk === undefined) break;
      await this.#send(chunk, frame);
      this.fed += chunk.length;
      this.#adapt();
      if (now() < turnEnds) continue;
      await new Promise((resolve) => setImmediate(resolve));
      turnEnds = now() + TURN_MS;
    }
    this.#outlet.close();
  }

  async #send(chunk: readonly T[], frame: number): Promise<void> {
    for (let i = 0; i < chunk.length; i++) {
      if (this.#push(chunk, frame, i)) continue;
      await this.#outlet.send(frame, false, { record: i, yielded: 0 });
      this.#journal.commit();
      this.#push(chunk, frame, i);
    }
    await this.#outlet.send(frame, true, { record: chunk.length, yielded: 0 });
    this.#journal.commit();
  }

  /** An error names the stage that the record is for and, by its `field`, the place in the record. */
  #push(chunk: readonly T[], frame: number, i: number): boolean {
    try {
      return this.#outlet.push(chunk[i] as T, i);
    } catch (cause) {
      if (!(cause instanceof EncodeError)) throw cause;
      const message = `A record can't be sent to ${this.#stage}: ${cause.message}`;
      const error = new EncodeError(cause.field, message, { cause });
      if (this.#chunks.refuse === undefined) throw error;
      this.#chunks.refuse(frame, i, error);
      return true;
    }
  }

  /** Makes frames as large as the handlers' speed asks for; doubles at most, because the first calls tell little. */
  #adapt(): void {
    let busyMs = 0;
    let handled = 0;
    for (const journal of this.#workers) {
      busyMs += journal.statistic('busyMs');
      handled += journal.statistic('records');
    }
    if (handled - this.#handled < this.#records) return;
    const perRecord = (busyMs - this.#busyMs) / (handled - this.#handled);
    this.#busyMs = busyMs;
    this.#handled = handled;
    const wanted = Math.min(FRAME_MS / perRecord, 2 * this.#records, this.#recordsMax);
    this.#records = Math.max(this.#recordsMin, Math.floor(wanted));
  }
}
