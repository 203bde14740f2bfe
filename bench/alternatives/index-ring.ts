import { LINE_WORDS } from './queue.ts';

/**
 * SCQ: a lock-free ring of small integers, by R. Nikolaev, "A Scalable, Portable, and Memory-Efficient Lock-Free FIFO Queue",
 * DISC 2019, figure 8. It holds each of the indices 0 … n-1 at most once, so it is never full, and has 2n entries.
 *
 * An enqueuer and a dequeuer take a ticket each by fetch-and-add; a ticket names an entry, and a round (*cycle*). A dequeuer that
 * comes before its enqueuer moves the entry on to its own cycle, so that the enqueuer goes on to another ticket: nobody waits
 * for anybody. `threshold` bounds how long dequeuers of an empty ring go on.
 *
 *   31                       b+1  b      b-1        0      b = log2(2n)
 *   ├───────────────────────────┼──────┼─────────────┤
 *   │ cycle                     │ safe │ index, or ⊥ │      ⊥: all ones
 *   └───────────────────────────┴──────┴─────────────┘
 *
 * The paper packs an entry into 64 bits. Here 32 suffice, because tickets are compared by difference. The cycle has 31-b bits, so
 * tickets are told apart modulo 2³¹, and rightly compared while an entry is less than 2³⁰ tickets old. Every ticket visits
 * its entry, so an empty entry never gets older than a round; one that keeps its index longer than that belongs to a dequeuer that
 * has stopped between its fetch-and-add and the consumption. If it stays there for 2³¹ tickets (some minutes of full traffic), another
 * dequeuer takes that index too. So the wrap is safe for threads that stop for less than that, as in the library's rings, but not
 * with a thread that has died there.
 */
export class IndexRing {
  readonly #words: Int32Array;
  readonly #enqueued: number;
  readonly #dequeued: number;
  readonly #threshold: number;
  readonly #entries: number;
  readonly #bits: number;
  readonly #bottom: number;
  readonly #safe: number;
  readonly #patience: number;

  /** @param at the word where its `wordsFor(capacity)` words begin */
  constructor(words: Int32Array, at: number, capacity: number) {
    this.#words = words;
    this.#enqueued = at;
    this.#dequeued = at + LINE_WORDS;
    this.#threshold = at + 2 * LINE_WORDS;
    this.#entries = at + 3 * LINE_WORDS;
    this.#bits = Math.log2(2 * capacity);
    this.#bottom = 2 * capacity - 1;
    this.#safe = 2 * capacity;
    this.#patience = 3 * capacity - 1;
  }

  static wordsFor(capacity: number): number {
    return 3 * LINE_WORDS + 2 * capacity;
  }

  /** Makes it empty, with `first` as its next ticket. */
  reset(first: number): void {
    const before = this.#cycleOf(first - this.#safe);
    this.#words.fill(before | this.#safe | this.#bottom, this.#entries, this.#entries + this.#safe);
    this.#words[this.#enqueued] = first;
    this.#words[this.#dequeued] = first;
    this.#words[this.#threshold] = -1;
  }

  enqueue(index: number): void {
    const words = this.#words;
    for (;;) {
      const ticket = Atomics.add(words, this.#enqueued, 1);
      if (this.#put(ticket, index)) break;
    }
    if (Atomics.load(words, this.#threshold) !== this.#patience)
      Atomics.store(words, this.#threshold, this.#patience);
  }

  /** Whether the ticket's entry could be used. */
  #put(ticket: number, index: number): boolean {
    const words = this.#words;
    const at = this.#entryOf(ticket);
    const cycle = this.#cycleOf(ticket);
    for (;;) {
      const entry = Atomics.load(words, at);
      const usable = this.#isBefore(entry, cycle) && (entry & this.#bottom) === this.#bottom;
      if (!usable || !((entry & this.#safe) !== 0 || this.#isAhead(ticket))) return false;
      if (Atomics.compareExchange(words, at, entry, cycle | this.#safe | index) === entry) return true;
    }
  }

  /** Whether no dequeuer has come to a ticket yet. */
  #isAhead(ticket: number): boolean {
    return ((ticket - Atomics.load(this.#words, this.#dequeued)) | 0) >= 0;
  }

  /** An index, or -1 when there is none. */
  dequeue(): number {
    const words = this.#words;
    if (Atomics.load(words, this.#threshold) < 0) return -1;
    for (;;) {
      const ticket = Atomics.add(words, this.#dequeued, 1);
      const index = this.#get(ticket);
      if (index >= 0) return index;
      const enqueued = Atomics.load(words, this.#enqueued);
      if (((enqueued - ticket - 1) | 0) <= 0) {
        this.#catchUp(enqueued, (ticket + 1) | 0);
        Atomics.add(words, this.#threshold, -1);
        return -1;
      }
      if (Atomics.add(words, this.#threshold, -1) <= 0) return -1;
    }
  }

  /** The index in the ticket's entry, or -1, and then no enqueuer will use this ticket any more. */
  #get(ticket: number): number {
    const words = this.#words;
    const at = this.#entryOf(ticket);
    const cycle = this.#cycleOf(ticket);
    for (;;) {
      const entry = Atomics.load(words, at);
      const index = entry & this.#bottom;
      if (((entry - cycle) & ~(2 * this.#safe - 1)) === 0) {
        if (index === this.#bottom) return -1;
        Atomics.or(words, at, this.#bottom);
        return index;
      }
      if (!this.#isBefore(entry, cycle)) return -1;
      const next = index === this.#bottom ? cycle | (entry & this.#safe) | index : entry & ~this.#safe;
      if (Atomics.compareExchange(words, at, entry, next) === entry) return -1;
    }
  }

  /** Dequeuers have overtaken the enqueuers: moves those on, so that they need not look at used tickets. */
  #catchUp(from: number, to: number): void {
    let enqueued = from;
    let target = to;
    while (((target - enqueued) | 0) > 0) {
      if (Atomics.compareExchange(this.#words, this.#enqueued, enqueued, target) === enqueued) return;
      target = Atomics.load(this.#words, this.#dequeued);
      enqueued = Atomics.load(this.#words, this.#enqueued);
    }
  }

  /** In place; the ticket's uppermost bit falls out. */
  #cycleOf(ticket: number): number {
    return (ticket << 1) & ~(2 * this.#safe - 1);
  }

  #isBefore(entry: number, cycle: number): boolean {
    return (((entry & ~(2 * this.#safe - 1)) - cycle) | 0) < 0;
  }

  /** Neighbouring tickets lie in different cache lines of 16 words, as in the paper's `cache_remap`. */
  #entryOf(ticket: number): number {
    const place = ticket & this.#bottom;
    return this.#entries + (((place << 4) | (place >> (this.#bits - 4))) & this.#bottom);
  }
}
