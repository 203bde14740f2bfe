import { EncodeError } from '../../ring/index.ts';
import { now } from './frame.ts';
import type { Journal } from './journal.ts';
import type { Outlet } from './outlet.ts';
import type { Chunks } from './source.ts';

/**
 * How long a frame should keep a thread busy: what a frame costs is then little, and threads stay evenly loaded. When threads
 * wait for frames all the same, because waking up takes long where others use the machine too, more.
 */
const FRAME_MS = 0.5;
const FRAME_MS_MAX = 16;
/** From one measurement to the next, because the first calls tell little. */
const GROWTH_MAX = 8;
/** A measurement that is higher than the one before counts only so much higher: time that others took is in it. */
const RISE_MAX = 1.2;
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
  #frameMs: number = FRAME_MS;
  #perRecord: number = Number.POSITIVE_INFINITY;
  #last: Measured = { busyMs: 0, waitedMs: 0, handled: 0 };

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

  /** Makes frames as large as the handlers' speed asks for. */
  #adapt(): void {
    const now = measure(this.#workers);
    const last = this.#last;
    const handled = now.handled - last.handled;
    if (handled < this.#records) return;
    const busyMs = now.busyMs - last.busyMs;
    const starving = now.waitedMs - last.waitedMs > busyMs / 4;
    this.#frameMs = starving
      ? Math.min(FRAME_MS_MAX, this.#frameMs * 2)
      : Math.max(FRAME_MS, this.#frameMs * 0.9);
    this.#perRecord = Math.min(busyMs / handled, this.#perRecord * RISE_MAX);
    this.#last = now;
    const wanted = Math.min(this.#frameMs / this.#perRecord, GROWTH_MAX * this.#records, this.#recordsMax);
    this.#records = Math.max(this.#recordsMin, Math.floor(wanted));
  }
}

interface Measured {
  readonly busyMs: number;
  readonly waitedMs: number;
  readonly handled: number;
}

function measure(workers: readonly Journal[]): Measured {
  const total = (statistic: 'busyMs' | 'waitedMs' | 'records') =>
    workers.reduce((sum, journal) => sum + journal.statistic(statistic), 0);
  return { busyMs: total('busyMs'), waitedMs: total('waitedMs'), handled: total('records') };
}
