import { load } from '../atomics.ts';
import type { RingControl } from '../control.ts';
import { CLAIMED, isCurrent, PHASE, PUBLISHED } from '../mpmc/turn.ts';
import type { Subscriptions } from './subscriptions.ts';
import { subscriptionsOf } from './turns-of.ts';

/**
 * The cursor of a subscription that has no reader of its own: several threads settle among themselves who handles which
 * message, and move it by compare-and-swap over those that are done.
 */
export class SharedSubscription {
  readonly #control: RingControl;
  readonly #subscriptions: Subscriptions;
  readonly #subscription: number;

  constructor(control: RingControl, subscription: number) {
    this.#control = control;
    this.#subscriptions = subscriptionsOf(control);
    this.#subscription = subscription;
  }

  cursor(): number {
    return this.#subscriptions.cursorOf(this.#subscription);
  }

  /** Moves the cursor by one compare-and-swap; `false` when it was not at `from`. */
  advance(from: number, to: number): boolean {
    if (!this.#subscriptions.advanceCursor(this.#subscription, from, to)) return false;
    if (this.#subscriptions.takeSleepers()) this.#control.wakeWriters();
    return true;
  }

  /**
   * Slots of the published message at a boundary; 0 when there is none yet; −n for n slots that hold none and never will.
   */
  spanAt(sequence: number): number {
    const subscriptions = this.#subscriptions;
    for (;;) {
      const word = load(subscriptions.words, subscriptions.indexOf(sequence));
      if (!isCurrent(word, subscriptions.lapOf(sequence))) return 0;
      const phase = word & PHASE;
      if (phase !== CLAIMED) {
        const span = subscriptions.spanOf(sequence, word);
        return phase === PUBLISHED ? span : -span;
      }
      if (!subscriptions.settleUnfinished(sequence, word)) return 0;
    }
  }

  /**
   * Registers this thread to be woken when something is published at a boundary where there is nothing yet. Milliseconds a sleep may
   * last; 0 when there is something by now.
   */
  arm(sequence: number): number {
    this.#control.registerReader();
    return this.#subscriptions.armAtMessage(sequence);
  }

  /** Whether the ring is closed and the cursor has passed everything. */
  get ended(): boolean {
    return this.#control.closed && this.#subscriptions.endsAt(this.cursor());
  }
}
