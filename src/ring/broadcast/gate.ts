import type { RingControl } from '../control.ts';
import { distance } from '../sequence.ts';
import type { Subscriptions } from './subscriptions.ts';

/**
 * Other subscriptions that must have given a message back before a reader sees it: a graph of readers on one ring, without a
 * copy between them. One that was ended holds nobody up. The idea is the sequence barrier of LMAX Disruptor.
 *
 * Order
 *   1. Their cursors are loaded before the message is read, and stored after its last access by those readers
 *      (`subscriptions.ts`, 3): whatever they did with it has happened before.
 *   2. A reader that waits at its gate sleeps as a writer does that waits for room: it registers its bell with the writers', says
 *      that somebody sleeps on the movement of cursors, and looks once more (`subscriptions.ts`, 4).
 */
export class Gate {
  readonly #subscriptions: Subscriptions;
  readonly #after: readonly number[];

  constructor(subscriptions: Subscriptions, after: readonly number[]) {
    this.#subscriptions = subscriptions;
    this.#after = after;
  }

  /** `end`, or the first message from `from` on that one of the others still has to read. */
  limit(from: number, end: number): number {
    let limit = end;
    for (const subscription of this.#after) {
      if (!this.#subscriptions.isActive(subscription)) continue;
      const cursor = this.#subscriptions.cursorOf(subscription); // 1.
      if (distance(limit, cursor) > 0) limit = cursor;
    }
    return distance(limit, from) > 0 ? limit : from;
  }

  /** Whether the message at `position`, be there one or not, is still to be read by one of the others. */
  isClosed(position: number): boolean {
    return this.limit(position, (position + 1) | 0) === position;
  }

  /** Asks for this thread's bell to be rung when a cursor moves. Look at the gate afterwards. */
  arm(control: RingControl): void {
    control.registerWriter(); // 2.
    this.#subscriptions.armAtFrontier();
  }
}
