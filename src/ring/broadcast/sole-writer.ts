import type { FixedBinding, FixedCodec } from '../codec/codec.ts';
import type { RingControl } from '../control.ts';
import { fetchLines, slotsToFetch } from '../line-fetching.ts';
import { FixedMpmcWriter } from '../mpmc/fixed-mpmc-writer.ts';
import { distance } from '../sequence.ts';
import type { WaitStrategy } from '../waiting/wait-strategy.ts';

/** Lines that several caches hold come quicker in long runs, which are overwritten as a whole. */
const FETCH_BYTES = 8192;

/**
 * The only writer of a broadcast ring (`writers: 1`), for messages of fixed size: it encodes in place, and shows each message by one
 * compare-and-swap from "not claimed in this lap" to "published". Batches are claimed as in `mpmc-writer.ts`.
 *
 * Why that is sound
 *   1. The role word lets one thread write at a time, and a slot is claimed or published by a writer alone. So the slots from the end
 *      of what was written up to where the frontier allows are this writer's before it has claimed any of them: nobody else
 *      claims there, and every subscription's cursor has passed what they held. They are written plainly, also ahead of the
 *      message, only to have their cache lines.
 *   2. The compare-and-swap happens after those accesses; a subscriber that loads the published word sees them. It expects the word
 *      that was found there, or behind this writer's own last message the one that a free slot most likely has. So it fails when
 *      that was wrong, or a sleeper or `seal` has put a flag there meanwhile, and says what stands there: then the message is shown by
 *      a second one, which wakes the sleeper, or the ring has ended before it.
 *   3. A message of one slot has no run word, and a turn word of the next lap says so by itself: a walker that lags behind sees the old
 *      record or the new one.
 *   4. The producer cursor is a promise: from the frontier up to it everything is published. It moves after the publications before it, and
 *      only once every subscription's cursor has passed where this writer began. What lies between is this writer's, and it leaves no
 *      gaps; a dead predecessor may have left one, the claim of a batch, and that is before. So a subscriber that loads the producer
 *      cursor reads up to it without a look at the turn words.
 *
 * Death: before that step there is nothing of the message but bytes in a free slot, behind it the message. So repair finds nothing to do,
 * and no subscriber ever waits for such a claim.
 */
export class SoleWriter<T, V, S> extends FixedMpmcWriter<T, V, S> {
  readonly #binding: FixedBinding<T, V, S>;
  readonly #payload: number;
  readonly #slotBytes: number;
  readonly #fetchSlots: number;
  /** Up to where lines were fetched. */
  #fetched: number;
  /** The first slot that this writer has written. */
  #began: number | undefined;
  /** Whether every cursor has passed that. */
  #promises = false;

  constructor(control: RingControl, strategy: WaitStrategy, codec: FixedCodec<T, V, S>) {
    super(control, strategy, codec);
    this.#binding = codec.bind(control.memory);
    this.#payload = control.layout.payload;
    this.#slotBytes = control.layout.slotBytes;
    this.#fetchSlots = slotsToFetch(this.#slotBytes, FETCH_BYTES);
    this.#fetched = this.claimed;
  }

  /** The producer cursor promises more here than elsewhere: see 4. */
  protected override leaveHint(span: number): void {
    this.#began ??= this.claimed;
    this.#promises ||= distance(this.#began, this.frontier) <= 0; // 4.
    if (this.#promises) super.leaveHint(span);
  }

  override offer(value: T): boolean {
    while (!this.findOwnSlot()) {
      const answer = this.refuse();
      if (answer !== undefined) return answer;
    }
    const slot = this.claimed;
    this.beginEncoding();
    try {
      if (distance(this.#fetched, slot) <= 0) this.#fetch(slot);
      this.#binding.write(value, this.#byteOf(slot)); // 1.
    } finally {
      this.encoding = false;
    }
    this.publishOwnSlot(); // 2.
    this.countWritten(1);
    return true;
  }

  #fetch(slot: number): void {
    const { mask } = this.turns;
    const count = Math.min(this.ownSlots, this.#fetchSlots, mask + 1 - (slot & mask));
    const from = this.#byteOf(slot);
    fetchLines(this.control.memory, from, from + count * this.#slotBytes); // 1.
    this.#fetched = (slot + count) | 0;
  }

  #byteOf(slot: number): number {
    return this.#payload + (slot & this.turns.mask) * this.#slotBytes;
  }
}
