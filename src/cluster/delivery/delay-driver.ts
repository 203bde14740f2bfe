import type { DelayStore } from './delay-store.ts';
import { TimingWheel } from './timing-wheel.ts';

/** How long the driver waits before it tries again to send what could not be sent. */
const AGAIN_MS = 100;

/** The one who sends what is due in a delay store: from a timing wheel of its own, since the entries are the truth. Used by one thread. */
export class DelayDriver {
  readonly #store: DelayStore;
  readonly #owner: number;
  readonly #wheel: TimingWheel;
  #news: number;

  /** @internal use `DelayStore.drive` */
  constructor(store: DelayStore, owner: number, nowMs: number) {
    this.#store = store;
    this.#owner = owner;
    this.#wheel = new TimingWheel(store.capacity, nowMs);
    this.#news = store.news;
    store.takeAdded(() => {});
    for (let entry = 0; entry < store.capacity; entry++) this.#schedule(entry);
  }

  #schedule(entry: number): void {
    if (this.#store.waiting(entry) !== 0) this.#wheel.schedule(entry, this.#store.dueOf(entry));
  }

  /**
   * Sends what is due. `send` gets a message's bytes and when it was due, and returns when it is due again, `undefined` for
   * never. When it throws, the message waits a little longer and the error goes on to the caller.
   */
  advance(nowMs: number, send: (message: Uint8Array, dueMs: number) => number | undefined): void {
    const { news } = this.#store;
    if (news !== this.#news) {
      this.#news = news;
      this.#store.takeAdded((entry) => this.#schedule(entry)); // 2.
    }
    this.#wheel.advance(nowMs, (entry) => this.#send(entry, nowMs, send));
  }

  #send(
    entry: number,
    nowMs: number,
    send: (message: Uint8Array, dueMs: number) => number | undefined,
  ): void {
    const word = this.#store.waiting(entry);
    if (word === 0) return;
    const due = this.#store.dueOf(entry);
    if (due > nowMs) {
      this.#wheel.schedule(entry, due); // Cancelled, and used again.
      return;
    }
    const message = this.#store.fire(entry, word, this.#owner);
    if (message === undefined) return;
    let next: number | undefined = nowMs + AGAIN_MS;
    try {
      next = send(message, due);
    } finally {
      this.#store.finish(entry, next);
      if (next !== undefined) this.#wheel.schedule(entry, next);
    }
  }

  /** When `advance` has something to do; `Infinity` when nothing waits. What other threads add meanwhile is not in it. */
  nextMs(): number {
    return this.#wheel.nextMs();
  }

  /** Leaves the role to somebody else. */
  close(): void {
    this.#store.leave(this.#owner);
  }
}
