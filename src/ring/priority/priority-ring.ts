import type { RingControl } from '../control.ts';
import type { Ring, RingHandle, RingStats } from '../ring.ts';
import type { Slot } from '../slots.ts';
import type { WaitStrategy } from '../waiting/wait-strategy.ts';
import { PriorityReader } from './priority-reader.ts';
import { PriorityWriter } from './priority-writer.ts';

/** Plain structured-cloneable data that stands for a priority ring in another thread. */
export interface PriorityHandle {
  readonly millrace: 1;
  /** The handles of the levels' rings, the most urgent first. */
  readonly levels: readonly RingHandle[];
  readonly guard: number;
}

/** Sums over all levels. `capacity` is what all levels hold together. */
export interface PriorityStats extends Omit<RingStats, 'topology'> {
  /** Each level's own counts, the most urgent first. */
  readonly levels: readonly RingStats[];
}

/**
 * A queue with levels of urgency, for any number of writers and readers: a ring for each level. A reader takes
 * from the most urgent level that has something, except that `guard` bounds how long the others wait. Within a
 * level everything is as in an `mpmc` ring, its argument and its guarantees included; order holds within a
 * level only.
 *
 * - Progress: as `mpmc`; `poll` looks at every level once.
 * - End: the most urgent level ends first, and its state says for all levels how the ring has ended, so that everybody is told the same,
 *   whoever closes and fails it at the same time (`RingControl.endAs`). The others are closed after that. If the thread that does it dies
 *   halfway, `repair` finishes it.
 * - Sleep: a reader registers with every level and sleeps on its thread's one bell, which each of them rings.
 */
export class PriorityRing<T, V = T, S = Slot<T>> {
  readonly #rings: readonly Ring<T, V, S>[];
  readonly #guard: number;
  readonly #control: RingControl;
  readonly #strategy: WaitStrategy;
  #writer: PriorityWriter<T, S> | undefined;
  #reader: PriorityReader<T, V> | undefined;

  /** @param control that of the most urgent level's ring, for what does not depend on a level */
  constructor(rings: readonly Ring<T, V, S>[], control: RingControl, strategy: WaitStrategy, guard: number) {
    this.#rings = rings;
    this.#control = control;
    this.#strategy = strategy;
    this.#guard = guard;
  }

  /** How many levels there are; 0 is the most urgent. */
  get levels(): number {
    return this.#rings.length;
  }

  /** How many messages of more urgent levels a waiting message lets go first, at most. */
  get guard(): number {
    return this.#guard;
  }

  /** What one level holds: see `Ring.capacity`. */
  get capacity(): number {
    return this.#control.layout.capacity;
  }

  /** This thread's writing end, attached on first use. */
  get writer(): PriorityWriter<T, S> {
    if (this.#writer === undefined || this.#writer.detached) {
      this.#writer = new PriorityWriter(this, this.#rings);
    }
    return this.#writer;
  }

  /** This thread's reading end, attached on first use. */
  get reader(): PriorityReader<T, V> {
    if (this.#reader === undefined || this.#reader.detached) {
      this.#reader = new PriorityReader(this, this.#rings, this.#control, this.#strategy, this.#guard);
    }
    return this.#reader;
  }

  /** What `openPriority` takes in another thread: plain data for `workerData` or `postMessage`. */
  get handle(): PriorityHandle {
    return { millrace: 1, levels: this.#rings.map((ring) => ring.handle), guard: this.#guard };
  }

  /** Whether `close` or `fail` was called, by any thread. There may still be messages to read. */
  get closed(): boolean {
    return this.#control.closed;
  }

  stats(): PriorityStats {
    const levels = this.#rings.map((ring) => ring.stats());
    const sum = (count: (level: RingStats) => number) =>
      levels.reduce((total, level) => total + count(level), 0);
    return {
      capacity: sum((level) => level.capacity),
      depth: sum((level) => level.depth),
      written: sum((level) => level.written),
      read: sum((level) => level.read),
      dropped: sum((level) => level.dropped),
      waits: sum((level) => level.waits),
      closed: this.closed,
      levels,
    };
  }

  /** See `Ring.close`. The most urgent level first: it decides how the ring ends. */
  close(): void {
    for (const ring of this.#rings) ring.close();
  }

  /** See `Ring.fail`. While another thread is failing the first level, the others are that thread's to end. */
  fail(error: unknown): void {
    (this.#rings[0] as Ring<T, V, S>).fail(error);
    if (this.closed) this.close();
  }

  /** See `Ring.repair`. */
  repair(threadId: number): void {
    for (const ring of this.#rings) ring.repair(threadId);
    if (this.closed) this.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
