import { IndexRing } from './index-ring.ts';
import type { Algorithm, NumberQueue } from './queue.ts';

/**
 * Numbers in an array, and two rings of indices into it: the free ones and the used ones, each index in one of them or in the
 * hands of a thread. Lock-free in the strict sense and linearizable (see `index-ring.ts`).
 *
 * An index in the hands of a thread that dies is gone: the queue gets smaller with each such death, and the message with it where a
 * reader died. Nothing in shared memory says whose it was, because a ticket is known to the thread that drew it alone.
 */
class Scq implements NumberQueue {
  readonly #free: IndexRing;
  readonly #used: IndexRing;
  readonly #values: Float64Array;

  constructor(memory: SharedArrayBuffer, capacity: number) {
    const words = new Int32Array(memory);
    this.#free = new IndexRing(words, 0, capacity);
    this.#used = new IndexRing(words, IndexRing.wordsFor(capacity), capacity);
    this.#values = new Float64Array(memory, 2 * IndexRing.wordsFor(capacity) * 4, capacity);
  }

  reset(capacity: number, first: number): void {
    this.#free.reset(first);
    this.#used.reset(first);
    for (let index = 0; index < capacity; index++) this.#free.enqueue(index);
  }

  offer(value: number): boolean {
    const index = this.#free.dequeue();
    if (index < 0) return false;
    this.#values[index] = value; // The index is this thread's alone: its last user enqueued it after its last access.
    this.#used.enqueue(index);
    return true;
  }

  poll(): number | undefined {
    const index = this.#used.dequeue();
    if (index < 0) return undefined;
    const value = this.#values[index];
    this.#free.enqueue(index);
    return value;
  }
}

export const scq: Algorithm = {
  name: 'scq',
  about: 'SCQ, Nikolaev, DISC 2019: lock-free',
  create(capacity, first = 2 * capacity) {
    const memory = new SharedArrayBuffer(2 * IndexRing.wordsFor(capacity) * 4 + capacity * 8);
    new Scq(memory, capacity).reset(capacity, first);
    return memory;
  },
  open: (memory, capacity) => new Scq(memory, capacity),
};
