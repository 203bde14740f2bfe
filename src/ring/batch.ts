import { nowMs, startTimer } from './globals.ts';
import type { Lender } from './view-checks.ts';

/** What `BatchSteps.next` returns at the end of a batch: no message can be this object. */
export const END_OF_BATCH: unique symbol = Symbol('end of batch');

/**
 * The messages that were in the ring at one moment, in place. Each value is a view, valid until the next
 * batch is asked for; `copy(view)` keeps it. All of a batch counts as read when the next one is asked for;
 * when the loop ends early, only what it had looked at.
 */
export interface Batch<V> {
  [Symbol.iterator](): IterableIterator<V>;
  /** Ends a batch got from `reader.batch()`: all of it was read, or, with `false`, only what was looked at. */
  release(all?: boolean): void;
  /** Ends a batch of which nothing was read: all of it is delivered again. */
  abandon(): void;
  [Symbol.dispose](): void;
}

/** What a batch does with its ring. */
export interface BatchSteps<V> {
  /** Opens it over what is there now, at most `max` messages; `false` when there is nothing. */
  open(max: number): boolean;
  /** The next view, or `END_OF_BATCH`. */
  next(): V | typeof END_OF_BATCH;
  /** Everything in it was read (`true`), or only what `next` returned. */
  close(all: boolean): void;
  /** As if it had not been opened. */
  abandon(): void;
}

/**
 * The one batch of a reader, opened again and again. Its user and the loop it came from may both release it: the second time says
 * nothing new.
 */
export class ReusedBatch<V> {
  /** What users get of it. */
  readonly shown: Batch<V>;
  readonly #steps: BatchSteps<V>;
  readonly #lender: Lender | undefined;
  #isOpen = false;

  /** @param lender lends out its views, where they are checked */
  constructor(steps: BatchSteps<V>, lender: Lender | undefined) {
    this.#steps = steps;
    this.#lender = lender;
    const next = lender === undefined ? () => steps.next() : () => lendNext(steps, lender);
    this.shown = {
      [Symbol.iterator]: () => new Views(next),
      release: (all = true) => this.close(all),
      abandon: () => this.abandon(),
      [Symbol.dispose]: () => this.close(true),
    };
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  open(max: number = Number.POSITIVE_INFINITY): boolean {
    this.#isOpen = max > 0 && this.#steps.open(max);
    return this.#isOpen;
  }

  close(all: boolean): void {
    if (this.#isOpen) {
      this.drop();
      this.#steps.close(all);
    }
  }

  abandon(): void {
    if (this.#isOpen) {
      this.drop();
      this.#steps.abandon();
    }
  }

  /** It is no longer open: what becomes of its messages, the caller settles. */
  drop(): void {
    this.#isOpen = false;
    if (this.#lender !== undefined) this.#lender.end();
  }
}

function lendNext<V>(steps: BatchSteps<V>, lender: Lender): V | typeof END_OF_BATCH {
  const view = steps.next();
  return view === END_OF_BATCH ? view : lender.lend(view);
}

class Views<V> implements IterableIterator<V> {
  readonly #next: () => V | typeof END_OF_BATCH;

  constructor(next: () => V | typeof END_OF_BATCH) {
    this.#next = next;
  }

  next(): IteratorResult<V> {
    const view = this.#next();
    return view === END_OF_BATCH ? { done: true, value: undefined } : { done: false, value: view };
  }

  [Symbol.iterator](): this {
    return this;
  }
}

/** How long `for await` may go on without giving the event loop a turn. */
const TURN_MS = 10;

/** `for await` over a reader: batch after batch, without blocking the thread, to the end of the ring. */
export class Batches<V> implements AsyncIterableIterator<Batch<V>> {
  readonly #batch: ReusedBatch<V>;
  readonly #open: () => boolean;
  readonly #wait: () => Promise<void>;
  #turnEnds = nowMs() + TURN_MS;

  /**
   * @param open opens the batch if there is one and nobody waits for it already
   * @param wait waits until it could be opened, or the ring has ended
   */
  constructor(batch: ReusedBatch<V>, open: () => boolean, wait: () => Promise<void>) {
    this.#batch = batch;
    this.#open = open;
    this.#wait = wait;
  }

  async next(): Promise<IteratorResult<Batch<V>>> {
    this.#batch.close(true);
    if (nowMs() > this.#turnEnds) {
      await new Promise<void>((resolve) => startTimer(resolve, 0));
      this.#turnEnds = nowMs() + TURN_MS;
    }
    if (!this.#open()) {
      await this.#wait();
      this.#turnEnds = nowMs() + TURN_MS;
    }
    return this.#batch.isOpen ? { done: false, value: this.#batch.shown } : { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<Batch<V>>> {
    this.#batch.close(false);
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
