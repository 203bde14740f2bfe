import { toPortable } from '../../ring/index.ts';
import type { StopControl } from '../consume.ts';
import { PoisonError } from '../errors.ts';
import type { HandlerContext, HandlerModule } from '../handler-module.ts';
import { Calls, type Outcome } from './calls.ts';
import { encodeLetter, now } from './frame.ts';
import type { Held, Inlet } from './inlet.ts';
import { type Journal, NOTHING } from './journal.ts';
import type { Outlet } from './outlet.ts';
import { Broken, Parts } from './parts.ts';
import type { PauseWord } from './pause-word.ts';
import type { Policy } from './policy.ts';
import { partSeen, type Records } from './share.ts';

/** How long a thread may go on without giving its event loop a turn. */
const TURN_MS = 10;

/** Records that have killed too many threads, all in one frame: the one after `acknowledged` in `lane`. */
export interface Condemned {
  readonly lane: number;
  readonly acknowledged: number;
  readonly records: readonly number[];
  readonly deaths: number;
}

export interface StageRunOptions {
  readonly stage: string;
  readonly policy: Policy;
  readonly condemned: Condemned | undefined;
  /** It stands in for a thread that died: nothing is done at the same time in its first frame, so that the next death has one culprit. */
  readonly isSuccessor: boolean;
  /** Calls of an asynchronous handler that may be under way at a time. */
  readonly concurrency: number;
}

/**
 * One thread's part in a stage: takes frame after frame, calls the handler with each record, and sends on what comes
 * out. `journal.ts` says what makes it exact when the thread dies anywhere in here.
 */
export class StageRun<T, R> {
  readonly #inlet: Inlet<T>;
  readonly #parts: Parts<R>;
  readonly #journal: Journal;
  readonly #handler: (value: T, context: HandlerContext) => unknown;
  readonly #context: HandlerContext;
  readonly #options: StageRunOptions;
  #condemned: ReadonlySet<number> = new Set();
  #turnEnds = 0;
  #isWary: boolean;
  readonly #pause: PauseWord;
  readonly #control: StopControl;

  constructor(
    inlet: Inlet<T>,
    outlet: Outlet<R>,
    journal: Journal,
    module: HandlerModule<T>,
    context: HandlerContext,
    options: StageRunOptions,
    { pause, control }: { readonly pause: PauseWord; readonly control: StopControl },
  ) {
    this.#inlet = inlet;
    this.#parts = new Parts(outlet, journal, options.stage);
    this.#journal = journal;
    this.#handler = module.default as (value: T, context: HandlerContext) => unknown;
    this.#context = context;
    this.#options = options;
    this.#isWary = options.isSuccessor;
    this.#pause = pause;
    this.#control = control;
  }

  /** Handles everything until the end of all lanes. */
  async run(): Promise<void> {
    try {
      await this.#handleAll();
    } catch (error) {
      throw error instanceof Broken ? error.cause : error;
    }
  }

  async #handleAll(): Promise<void> {
    this.#turnEnds = now() + TURN_MS;
    while (!this.#context.signal.aborted) {
      if (this.#pause.isSet) await this.#rest();
      const held = this.#inlet.poll();
      if (held !== undefined) await this.#handleFrame(held);
      else if (this.#inlet.ended) return;
      else await this.#sleep();
      if (now() > this.#turnEnds) await this.#giveTurn();
    }
  }

  async #sleep(): Promise<void> {
    const from = now();
    await this.#inlet.wait(this.#context.signal);
    this.#turnEnds = now() + TURN_MS;
    this.#journal.count('waitedMs', now() - from);
  }

  async #rest(): Promise<void> {
    await this.#pause.over(this.#control);
    this.#turnEnds = now() + TURN_MS;
  }

  async #giveTurn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#turnEnds = now() + TURN_MS;
  }

  async #handleFrame(held: Held<T>): Promise<void> {
    const { frame } = held;
    const from = now();
    const journal = this.#journal;
    const records = this.#inlet.records();
    this.#parts.begin(frame.frame, records);
    this.#condemned = this.#condemnedIn(held);
    journal.begin(held.lane);
    if (journal.record === 0 && journal.yielded === 0) await this.#forward(records.letters);
    await this.#handleRecords(records);
    await this.#parts.endFrame(records.values.length, held.complete);
    this.#isWary = false;
    this.#inlet.finish();
    this.#parts.commit();
    this.#inlet.release();
    const until = now();
    journal.count('frames', 1);
    journal.count('seen', partSeen(frame, held.share));
    journal.count('records', records.values.length);
    journal.count('results', this.#parts.takePushed());
    journal.count('busyMs', until - from - this.#parts.sendingMs);
    journal.countLatency(until - frame.sentAt, records.values.length);
  }

  #condemnedIn({ lane }: Held<T>): ReadonlySet<number> {
    const { condemned } = this.#options;
    const meant = condemned?.lane === lane && condemned.acknowledged === this.#journal.acknowledged[lane];
    return new Set(meant ? condemned.records : []);
  }

  async #forward(letters: readonly Uint8Array[]): Promise<void> {
    for (const letter of letters) await this.#parts.pushLetter(letter, { record: 0, yielded: 0 });
  }

  async #handleRecords({ values, keys }: Records<T>): Promise<void> {
    const journal = this.#journal;
    const careful = this.#isWary || this.#condemned.size > 0 || this.#parts.isRepetition;
    const ahead = careful ? 1 : this.#options.concurrency;
    const calls = new Calls(values, keys, (value) => this.#call(value), ahead);
    for (let record = journal.record; record < values.length; record++) {
      const value = values[record] as T;
      // A thread that stands in for a dead one keeps what it has done of its first frame after each record. Otherwise threads that do not
      // live long enough for a whole frame would begin it again for ever.
      if (this.#isWary) await this.#parts.keepDone(record);
      if (careful && (await this.#isDone(value, record))) continue;
      if (!calls.areSeveral) journal.putInHand(record);
      const outcome = calls.outcomeOf(record);
      if ('result' in outcome && outcome.result === undefined) continue;
      if (careful || !this.#pushNow(outcome, record)) await this.#takeTime(value, record, outcome);
    }
    journal.putInHand(NOTHING);
  }

  #call(value: T): Outcome {
    try {
      return { result: this.#handler(value, this.#context) };
    } catch (error) {
      return { error };
    }
  }

  /** The quick way for the usual result; `false` when it has to be done with care. */
  #pushNow(outcome: Outcome, record: number): boolean {
    if ('error' in outcome || takesTime(outcome.result)) return false;
    try {
      return this.#parts.pushNow(outcome.result as R, record);
    } catch {
      return false; // It is encoded again, and the error handled there.
    }
  }

  /** Ends a part where a predecessor meant it to end, and puts aside a record that kills. */
  async #isDone(value: T, record: number): Promise<boolean> {
    await this.#parts.endIntended({ record, yielded: 0 });
    if (!this.#condemned.has(record)) return false;
    const { stage, condemned } = this.#options;
    const error = new PoisonError(
      `A record killed ${condemned?.deaths} threads of ${stage}; it is not given to another one.`,
    );
    await this.#giveUp(error, value, record, 0, condemned?.deaths ?? 0);
    return true;
  }

  /** A record whose handler threw, or whose result is a promise or a generator, or does not fit. */
  async #takeTime(value: T, record: number, first: Outcome): Promise<void> {
    const { policy } = this.#options;
    const progress = { skip: this.#journal.record === record ? this.#journal.yielded : 0 };
    let outcome = first;
    for (let attempts = 1; ; attempts++) {
      try {
        if ('error' in outcome) throw outcome.error;
        await this.#pushResults(outcome.result, record, progress);
        return;
      } catch (error) {
        if (error instanceof Broken) throw error;
        if (attempts > policy.retries) return this.#giveUp(error, value, record, attempts, 0);
        this.#journal.count('retries', 1);
        await new Promise((resolve) => setTimeout(resolve, policy.delayMs * 2 ** (attempts - 1)));
        outcome = this.#call(value);
      }
    }
  }

  /** @param progress results of this record that were sent already, by a predecessor or before a retry */
  async #pushResults(result: unknown, record: number, progress: { skip: number }): Promise<void> {
    if (!isGenerator(result)) {
      const value = await result;
      if (value === undefined || progress.skip > 0) return;
      await this.#parts.push(value as R, record, 0);
      return;
    }
    let yielded = 0;
    for await (const value of result) {
      if (value !== undefined && yielded >= progress.skip) {
        await this.#parts.push(value as R, record, yielded);
        progress.skip = yielded + 1;
      }
      if (value !== undefined) yielded++;
    }
  }

  async #giveUp(error: unknown, value: T, record: number, attempts: number, deaths: number): Promise<void> {
    const { stage, policy } = this.#options;
    if (policy.last === 'fail') throw error;
    if (policy.last === 'skip') return this.#journal.count('skipped', 1);
    this.#journal.count('dead', 1);
    const { thread } = this.#context;
    const portable = toPortable(error);
    const place = this.#parts.originOf(record);
    const letter = encodeLetter({ value, error: portable, stage, thread, place, attempts, deaths });
    await this.#parts.pushLetter(letter, { record, yielded: 0 });
  }
}

function takesTime(result: unknown): boolean {
  if (typeof result !== 'object' || result === null) return false;
  return typeof (result as PromiseLike<unknown>).then === 'function' || isGenerator(result);
}

function isGenerator(result: unknown): result is Iterable<unknown> | AsyncIterable<unknown> {
  const kind = (result as { [Symbol.toStringTag]?: unknown } | null)?.[Symbol.toStringTag];
  return kind === 'Generator' || kind === 'AsyncGenerator';
}
