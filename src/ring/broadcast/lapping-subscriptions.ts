import { add, compareExchange, load, pause } from '../atomics.ts';
import type { RingControl } from '../control.ts';
import { FRONTIER, SUBSCRIPTION_CURSOR, SUBSCRIPTION_MISSED, SUBSCRIPTIONS } from '../layout.ts';
import { corruptTurns } from '../mpmc/corrupt-turns.ts';
import { isCurrent, PHASE, PUBLISHED, RELEASED } from '../mpmc/turn.ts';
import { distance } from '../sequence.ts';
import { Subscriptions } from './subscriptions.ts';

/** On a cursor's word: its reader copies the message there right now. */
const READING = 1;

/** Looks at a cursor whose reader copies, of about a quarter of a microsecond, before the newest message is dropped instead. */
const LOOKS_AT_READING = 32;

/**
 * The cursors of a broadcast ring that drops the oldest message: writers push the slowest on.
 *
 *   31                                                1    0
 *   ├─────────────────────────────────────────────────┬─────────┤
 *   │ the sequence's low 31 bits                      │ READING │   a cursor's word
 *   └─────────────────────────────────────────────────┴─────────┘
 *
 * Invariants
 * - The frontier is the least cursor, as in every broadcast ring, so no slot at or behind a cursor is ever claimed: what
 *   a writer needs, it gets by moving cursors, not by going over them.
 * - A word with READING is changed by its reader alone, or by repair after the reader's end.
 *
 * Order
 *   1. A reader sets READING by compare-and-swap on the very position it has found published. If a writer has pushed the
 *      cursor on, that fails, and the reader goes on where the cursor is.
 *   2. So the message is copied plainly: the cursor stays until 3, and the frontier at or before it.
 *   3. The reader's store moves the cursor behind the message. A writer that claims these slots has loaded that store, or
 *      what followed it: the copy happens before.
 *   4. A writer pushes a cursor by compare-and-swap from the frontier to the end of the message there; it succeeds only
 *      without READING. Whoever succeeds counts the message as missed, so each is counted once.
 *
 * No user code runs between 1 and 3, only a copy. A reader that is stopped there, while it is the slowest, lets the writers
 * look some microseconds long and then drop the newest message instead; a reader that died there, until repair.
 *
 * Wrap: 31 bits of a sequence tell it, because cursors lie at most 2²⁷ slots from the frontier.
 */
export class LappingSubscriptions extends Subscriptions {
  readonly #variable: boolean;

  constructor(control: RingControl) {
    super(control);
    this.#variable = control.layout.variable;
  }

  protected override wordOf(sequence: number): number {
    return sequence << 1;
  }

  protected override sequenceOf(word: number): number {
    const frontier = load(this.words, FRONTIER);
    return (frontier + ((((word & ~READING) - (frontier << 1)) | 0) >> 1)) | 0;
  }

  /** Holds the message at the cursor until `moveCursor`; `false` when the cursor has been pushed on. */
  beginReading(subscription: number, at: number): boolean {
    const word = this.wordOf(at);
    return compareExchange(this.words, this.#cursor(subscription), word, word | READING) === word; // 1.
  }

  /** Moves a cursor on that is not being read at; `false` when it has been pushed on. */
  skip(subscription: number, from: number, to: number): boolean {
    const word = this.wordOf(from);
    return compareExchange(this.words, this.#cursor(subscription), word, this.wordOf(to)) === word;
  }

  /**
   * Where writers have pushed a cursor that its reader finds to be at `from` no more, however long ago it was there. Only the
   * reader itself, which is not copying now, sets READING on it, so nothing else keeps it from finding it there.
   */
  pushedFrom(subscription: number, from: number): number {
    const cursor = this.cursorOf(subscription);
    if (cursor !== from) return cursor;
    throw corruptTurns(`The cursor of subscription ${subscription} is neither at ${from} nor further on`);
  }

  protected override letGo(subscription: number): void {
    const cursor = this.#cursor(subscription);
    const word = load(this.words, cursor);
    compareExchange(this.words, cursor, word | READING, word & ~READING);
  }

  #cursor(subscription: number): number {
    return this.line(subscription) + SUBSCRIPTION_CURSOR;
  }

  override dropByCursor(count: (missed: number) => void): boolean {
    const at = this.advanceFrontier();
    const word = load(this.words, this.indexOf(at));
    if (!isCurrent(word, this.lapOf(at))) {
      this.#helpJoining();
      return true; // Emptied by readers meanwhile.
    }
    const phase = word & PHASE;
    if (phase !== PUBLISHED && phase !== RELEASED) return false; // A writer of a lap ago is still at it.
    const span = phase === PUBLISHED && !this.#variable ? 1 : this.spanOf(at, word);
    return span === 0 || this.#pushAll(at, (at + span) | 0, phase === PUBLISHED ? 1 : 0, count);
  }

  /** A subscription may be stopped before its cursor has caught up with the frontier word; anybody may finish that step. */
  #helpJoining(): void {
    const frontier = load(this.words, FRONTIER);
    for (let subscription = 0; subscription < SUBSCRIPTIONS; subscription++) {
      const cursor = this.#cursor(subscription);
      const word = load(this.words, cursor);
      if (this.isActive(subscription) && distance(frontier, this.sequenceOf(word)) > 0)
        compareExchange(this.words, cursor, word, this.wordOf(frontier));
    }
  }

  #pushAll(at: number, to: number, messages: number, count: (missed: number) => void): boolean {
    if (this.#isRead(at)) return false; // Nobody shall miss it in vain.
    let nobody = true;
    for (let subscription = 0; subscription < SUBSCRIPTIONS; subscription++) {
      if (!this.isActive(subscription)) continue;
      nobody = false;
      if (!this.#push(subscription, at, to, messages, count)) return false;
    }
    if (nobody && this.raiseFrontier(at, to) === to) count(messages);
    return true;
  }

  /** Whether a reader copies the message at the frontier, and does not finish within some looks. */
  #isRead(at: number): boolean {
    const reading = this.wordOf(at) | READING;
    for (let subscription = 0; subscription < SUBSCRIPTIONS; subscription++) {
      const cursor = this.#cursor(subscription);
      if (load(this.words, cursor) !== reading || !this.isActive(subscription)) continue;
      for (let look = 0; load(this.words, cursor) === reading; look++) {
        if (look === LOOKS_AT_READING) return true;
        pause();
      }
    }
    return false;
  }

  /** `false` when the reader has begun to copy the message. */
  #push(subscription: number, at: number, to: number, messages: number, count: (n: number) => void): boolean {
    const word = this.wordOf(at);
    const seen = compareExchange(this.words, this.#cursor(subscription), word, this.wordOf(to)); // 4.
    if (seen !== word) return seen !== (word | READING);
    if (messages > 0) {
      add(this.words, this.line(subscription) + SUBSCRIPTION_MISSED, messages);
      count(messages);
    }
    return true;
  }
}
