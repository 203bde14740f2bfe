import { type Batch, END_OF_BATCH } from '../batch.ts';
import type { RingControl } from '../control.ts';
import { Counters } from '../counters.ts';
import { DESK_WAITS, deskOf } from '../layout.ts';
import { RingReader, refuseNestedRead } from '../reader.ts';
import type { Ring } from '../ring.ts';
import { UNTIL_WOKEN, type WaitStrategy } from '../waiting/wait-strategy.ts';
import type { Closable } from './closable.ts';

/**
 * The reading end of a priority ring, for one thread: what waits is that of every ring, what takes asks the
 * readers of the levels.
 *
 * The guard: for each level but the first, `#passedOver` counts the messages of more urgent levels that this reader has
 * taken since that level was last served or found empty. A level with `guard` of them is *overdue*: one message of it
 * goes first.
 */
export class PriorityReader<T, V> extends RingReader<T, V> {
  readonly #ring: Closable;
  readonly #levels: readonly RingReader<T, V>[];
  readonly #guard: number;
  readonly #passedOver: number[];
  /** What it was before the open batch, for when nothing of that is read. */
  readonly #passedOverBefore: number[];
  readonly #counters: Counters;
  #busy = false;
  #batchLevel = 0;
  #batchShown = 0;
  #batchOfLevel: Batch<V> | undefined;
  #views: IterableIterator<V> | undefined;

  constructor(
    ring: Closable,
    rings: readonly Pick<Ring<T, V>, 'reader'>[],
    control: RingControl,
    strategy: WaitStrategy,
    guard: number,
  ) {
    super(control, strategy);
    this.#ring = ring;
    this.#levels = rings.map((level) => level.reader);
    for (const level of this.#levels) level.tellsEnd = false;
    this.#guard = guard;
    this.#passedOver = rings.map(() => 0);
    this.#passedOverBefore = [...this.#passedOver];
    this.#counters = new Counters(control.memory, deskOf(control.lot.seat.number));
  }

  poll(): T | undefined {
    if (this.#busy) refuseNestedRead();
    return this.#serveFirst((level) => this.#reader(level).poll()) ?? this.#endOrUndefined();
  }

  /**
   * Serves one level and returns what it gave: the overdue ones first, then by urgency. Levels do not tell their end, so that
   * a failed ring tells its error only when all of them are empty.
   */
  #serveFirst<R>(serve: (level: number, overdue: boolean) => R | undefined): R | undefined {
    for (let level = this.#levels.length - 1; level > 0; level--) {
      if ((this.#passedOver[level] as number) < this.#guard) continue;
      const served = this.#tryServe(level, true, serve);
      if (served !== undefined) return served;
    }
    for (let level = 0; level < this.#levels.length; level++) {
      const served = this.#tryServe(level, false, serve);
      if (served !== undefined) return served;
    }
    return undefined;
  }

  #tryServe<R>(
    level: number,
    overdue: boolean,
    serve: (level: number, overdue: boolean) => R | undefined,
  ): R | undefined {
    this.#passedOver[level] = 0; // Served by what follows, or found empty by it.
    this.#countPassedOver(level, 1); // Now: nothing may be left to do when `serve` has given a message back. Also when it throws.
    const served = serve(level, overdue);
    if (served === undefined) this.#countPassedOver(level, -1);
    return served;
  }

  /** `messages` of a level were taken while less urgent ones may have waited. */
  #countPassedOver(level: number, messages: number): void {
    for (let other = level + 1; other < this.#passedOver.length; other++) {
      (this.#passedOver[other] as number) += messages;
    }
  }

  #endOrUndefined(): undefined {
    if (this.control.failed && this.hasEnded()) throw this.control.endError();
    return undefined;
  }

  #reader(level: number): RingReader<T, V> {
    return this.#levels[level] as RingReader<T, V>;
  }

  /** Each call, like each batch, shows messages of one level: what arrives for a more urgent one comes with the next. */
  drain(each: (view: V) => void, max: number = Number.POSITIVE_INFINITY): number {
    if (this.#busy) refuseNestedRead();
    if (max <= 0) return 0;
    this.#busy = true;
    let count = 0;
    const drainLevel = (level: number, overdue: boolean) => {
      const shown = this.#reader(level).drain(each, overdue ? 1 : max);
      this.#countPassedOver(level, Math.max(0, shown - 1)); // The first one is counted by whoever serves.
      return shown > 0 ? shown : undefined;
    };
    try {
      count = this.#serveFirst(drainLevel) ?? 0;
    } finally {
      this.#busy = false;
    }
    if (count === 0) this.#endOrUndefined();
    return count;
  }

  protected openBatch(max: number): boolean {
    if (this.#busy) refuseNestedRead();
    copyOver(this.#passedOver, this.#passedOverBefore);
    this.#batchOfLevel = this.#serveFirst((level, overdue) => {
      this.#batchLevel = level;
      return this.#reader(level).batch(overdue ? 1 : max);
    });
    if (this.#batchOfLevel === undefined) {
      this.#endOrUndefined();
      return false;
    }
    this.#views = this.#batchOfLevel[Symbol.iterator]();
    this.#batchShown = 0;
    this.#busy = true;
    return true;
  }

  protected nextView(): V | typeof END_OF_BATCH {
    const next = this.#busy ? this.#views?.next() : undefined;
    if (next === undefined || next.done === true) return END_OF_BATCH;
    this.#batchShown++;
    return next.value;
  }

  protected closeBatch(all: boolean): void {
    this.#busy = false;
    if (all || this.#batchShown > 0)
      this.#countPassedOver(this.#batchLevel, Math.max(0, this.#batchShown - 1));
    else copyOver(this.#passedOverBefore, this.#passedOver);
    this.#batchOfLevel?.release(all);
  }

  protected abandonBatch(): void {
    this.#busy = false;
    copyOver(this.#passedOverBefore, this.#passedOver);
    this.#batchOfLevel?.abandon();
  }

  protected hasMessage(): boolean {
    return this.#levels.some((level) => level.waitable.messages.ready() && !level.ended);
  }

  protected hasEnded(): boolean {
    return this.#levels.every((level) => level.ended);
  }

  protected armForMessage(): number {
    let patienceMs = UNTIL_WOKEN;
    for (const level of this.#levels) {
      const armed = level.waitable.messages.arm();
      if (armed > 0) patienceMs = Math.min(patienceMs, armed);
      else if (!level.ended || this.hasEnded()) return 0;
    }
    return patienceMs;
  }

  protected countWait(): void {
    this.#counters.add(DESK_WAITS, 1);
  }

  protected releaseRole(): void {
    for (const level of this.#levels) level.detach();
  }

  override close(): void {
    this.#ring.close();
  }

  override fail(error: unknown): void {
    this.#ring.fail(error);
  }
}

function copyOver(from: readonly number[], to: number[]): void {
  for (let i = 0; i < from.length; i++) to[i] = from[i] as number;
}
