/**
 * The two words at the beginning of a delivery window that spare its callers a look at every message. The order of their steps is part of
 * the argument in `delivery-window.ts`, whose numbers are used here.
 */
const OPEN = 0;
const DUE = 32;
/** Words. */
export const HEAD = 64;

export class WindowHead {
  readonly #words: Int32Array;

  constructor(buffer: SharedArrayBuffer, byteOffset: number) {
    this.#words = new Int32Array(buffer, byteOffset, HEAD);
  }

  /** The sequence at which a taker begins to look: nothing is to be had before it, or somebody is about to look. */
  get open(): number {
    return Atomics.load(this.#words, OPEN);
  }

  /** Moves `open` from where the caller saw it; `false` when somebody else has moved it. */
  moveOpen(from: number, to: number): boolean {
    return Atomics.compareExchange(this.#words, OPEN, from, to) === from;
  }

  /** There may be something to be had at this sequence. */
  reopen(sequence: number): void {
    for (;;) {
      const { open } = this; // 4.
      if (distance(open, sequence) <= 0 || this.moveOpen(open, sequence)) return;
    }
  }

  /** Nothing before this sequence is to be had. */
  openAt(sequence: number): void {
    Atomics.store(this.#words, OPEN, sequence);
  }

  /** A deadline is in force. */
  lowerDue(deadline: number): void {
    for (;;) {
      const due = Atomics.load(this.#words, DUE);
      if (due !== 0 && distance(deadline, due) >= 0) return;
      if (Atomics.compareExchange(this.#words, DUE, due, deadline) === due) return;
    }
  }

  /** Whoever calls looks at all deadlines now. */
  clearDue(): void {
    Atomics.store(this.#words, DUE, 0); // 3.
  }

  /** Milliseconds until a sweep has something to do: 0 when it has, `Infinity` when nothing waits for a time. */
  dueInMs(nowMs: number): number {
    const due = Atomics.load(this.#words, DUE);
    return due === 0 ? Number.POSITIVE_INFINITY : Math.max(0, distance(due, deadlineOf(nowMs)));
  }
}

/** A time in milliseconds as an int32 that wraps, and is never 0. */
export const deadlineOf = (ms: number): number => Math.floor(ms) | 0 || 1;

export const distance = (a: number, b: number): number => (a - b) | 0;
