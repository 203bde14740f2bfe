import { compareExchange, exchange, load, store } from '../atomics.ts';
import type { RingControl } from '../control.ts';
import { DESK_DEMAND, deskOf } from '../layout.ts';
import { SEATS } from '../lot.ts';

/** The reader with this desk waits for nothing. */
const NONE = 0;
/** It waits, and takes what it is handed. */
const WAITING = 1;
/** It was handed the message in slot n: HANDED + n. */
const HANDED = 2;

/** The words of a ring of capacity 0 by which readers say that they wait, and writers which message they are to take. */
export class Demand {
  readonly #control: RingControl;
  readonly #words: Int32Array;
  /** The slot of a message that this thread's reader was handed before it stopped waiting; −1 without. */
  #owed = -1;

  constructor(control: RingControl) {
    this.#control = control;
    this.#words = control.memory.i32;
  }

  /**
   * A reader begins to wait, unless it does already, and wakes writers that sleep until one does: they register their bells and
   * look once more for somebody who waits, so one of the two sees the other.
   */
  begin(seat: number): void {
    if (compareExchange(this.#words, wordOf(seat), NONE, WAITING) === NONE) this.#control.wakeWriters();
  }

  /** A reader stops waiting; the slot of the message that it was handed and has to take, or −1. */
  end(seat: number): number {
    const owed = this.#owed;
    this.#owed = -1;
    return owed >= 0 ? owed : exchange(this.#words, wordOf(seat), NONE) - HANDED;
  }

  /** A reader stops waiting; `true` when it was handed a message, which the next `end` tells. */
  stop(seat: number): boolean {
    this.#owed = this.end(seat);
    return this.#owed >= 0;
  }

  /** Whether any reader waits. */
  isThere(): boolean {
    for (let seat = 1; seat <= SEATS; seat++) {
      if (load(this.#words, wordOf(seat)) === WAITING) return true;
    }
    return false;
  }

  /** Hands the message in a slot to a reader that waits; its seat, or 0 when none does. */
  meet(slot: number): number {
    for (let seat = 1; seat <= SEATS; seat++) {
      const word = wordOf(seat);
      if (load(this.#words, word) !== WAITING) continue;
      if (compareExchange(this.#words, word, WAITING, HANDED + slot) === WAITING) return seat;
    }
    return 0;
  }

  /** What a reader was handed was taken by somebody before: it waits on, unless it has stopped, and writers may see that. */
  takeBack(seat: number, slot: number): void {
    if (compareExchange(this.#words, wordOf(seat), HANDED + slot, WAITING) === HANDED + slot)
      this.#control.wakeWriters();
  }

  /** A thread has ended. What its reader was handed stays for others. */
  forget(seat: number): void {
    store(this.#words, wordOf(seat), NONE);
  }
}

const wordOf = (seat: number): number => deskOf(seat) + DESK_DEMAND;
