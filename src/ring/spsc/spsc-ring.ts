import { load } from '../atomics.ts';
import { BaseRing } from '../base-ring.ts';
import {
  CONSUMER_CURSOR,
  DESK_DROPPED,
  DESK_READ,
  DESK_WAITS,
  DESK_WRITTEN,
  deskOf,
  PRODUCER_CURSOR,
} from '../layout.ts';
import type { RingReader } from '../reader.ts';
import type { RingStats } from '../ring.ts';
import type { Slot } from '../slots.ts';
import type { RingWriter } from '../writer.ts';
import { FixedSpscReader } from './fixed-spsc-reader.ts';
import { FixedSpscWriter } from './fixed-spsc-writer.ts';
import { CLOSED } from './spsc-cursor.ts';
import { markEnd } from './spsc-writer.ts';
import { VariableSpscReader } from './variable-spsc-reader.ts';
import { VariableSpscWriter } from './variable-spsc-writer.ts';

/**
 * One writer, one reader: Lamport's ring ("Proving the correctness of multiprocess programs", 1977) with a
 * private copy of the other side's cursor (rigtorp's and folly's refinement), publication and sleeping folded
 * into one word.
 *
 * - Callers: one thread writes, one thread reads; any thread may close, ask for stats, or repair.
 * - Progress: `offer`, `offerAll`, `poll` and `drain` are wait-free. Publication is a compare-and-swap that
 *   only the two flags can make fail, and each flag is set at most once in between; release is one exchange, or in `poll` a
 *   compare-and-swap and, if that fails, two exchanges (4.).
 *
 * Invariants
 * - consumerCursor ≤ producerCursor ≤ consumerCursor + capacity, as sequences.
 * - Slots in [consumerCursor, producerCursor) belong to the reader, all others to the writer.
 * - Only the writer advances the producer cursor and only the reader the consumer cursor; others set flags.
 *
 * Order (each number stands again beside its line of code)
 *   1. The writer loads the consumer cursor before it writes into a slot; it reads the exchange with which the
 *      reader gave the slot back, so the reader's use of the old message happens before the new one is written. The
 *      reader loads the producer cursor before it reads a slot, and finds the publication of that message or a later one.
 *   2. So payload and lengths are accessed plainly: at any moment one side owns the slot. The writer also writes into
 *      free slots ahead of the message it writes, only to have their cache lines.
 *   3. The compare-and-swap of the producer cursor publishes, the exchange of the consumer cursor releases; both
 *      happen after the accesses of 2. in program order.
 *   4. `poll` decodes the message first and gives it back by its last step, behind which there is no place where a
 *      thread can be ended: engines do that at function entries and loop ends. So a message is lost with its reader only
 *      when `poll` had returned it. Waking a sleeping writer would be such a place, so it comes before that step: an exchange
 *      takes SLEEPER off the consumer cursor and puts RELEASING on it, the bells are rung, and then the cursor moves on,
 *      whatever flags it has by now. See "Sleep" for a writer that has put SLEEPER there once more.
 *
 * Sleep: a reader about to sleep sets SLEEPER on the producer cursor and learns from the same step whether
 * the cursor has moved. If it has not, the next publication finds the flag (its compare-and-swap fails on
 * it), clears it and rings the bells. There is one word and one order of steps on it, so a wake-up can't be
 * lost. A sleeping writer and the consumer cursor are the mirror image, but for RELEASING, which it finds by the step that
 * sets SLEEPER. Without it, the exchange that sets RELEASING comes later, and the bells are rung after it; with it, nobody is
 * bound to wake the writer, which therefore looks again after a bounded time (`PATIENCE_MS`). The release tells the reader that the
 * writer was there, and the reader's next call wakes it, so that its patience is needed only where no call comes. A reader that
 * dies leaves RELEASING, until its successor's first release: a writer looks again and again till then. Close sets CLOSED on the
 * producer cursor, then rings; a writer about to sleep registers first and looks for CLOSED afterwards, so one of them sees the
 * other.
 *
 * Wrap: sequences have 30 bits above the flags and are compared by difference; a ring has at most 2²⁷ slots.
 *
 * Death: both cursors are in shared memory, and a message is published or given back by one step. A writer
 * that dies leaves an unpublished message, which its successor overwrites. A reader that dies leaves what it
 * had not given back, which its successor reads. Repair only frees the roles, and wakes whoever the dead
 * thread was about to wake.
 */
export class SpscRing<T, V, S = Slot<T>> extends BaseRing<T, V, S> {
  protected makeWriter(): RingWriter<T, S> {
    const { codec, control, strategy } = this;
    return codec.kind === 'fixed'
      ? new FixedSpscWriter(control, strategy, codec)
      : new VariableSpscWriter(control, strategy, codec);
  }

  protected makeReader(): RingReader<T, V> {
    const { codec, control, strategy } = this;
    return codec.kind === 'fixed'
      ? new FixedSpscReader(control, strategy, codec)
      : new VariableSpscReader(control, strategy, codec);
  }

  protected markEnd(): void {
    markEnd(this.control);
  }

  get closed(): boolean {
    return (load(this.control.memory.i32, PRODUCER_CURSOR) & CLOSED) !== 0;
  }

  stats(): RingStats {
    const { f64 } = this.control.memory;
    const writer = deskOf(0);
    const reader = deskOf(1);
    const read = f64[(reader + DESK_READ) >> 1] as number;
    const written = f64[(writer + DESK_WRITTEN) >> 1] as number;
    return {
      topology: this.topology,
      capacity: this.capacity,
      depth: Math.max(0, written - read),
      written,
      read,
      dropped: f64[(writer + DESK_DROPPED) >> 1] as number,
      waits: (f64[(writer + DESK_WAITS) >> 1] as number) + (f64[(reader + DESK_WAITS) >> 1] as number),
      closed: this.closed,
    };
  }

  protected repairSeat(seat: number): void {
    const { control } = this;
    if (control.releaseWriterRole(seat)) control.lot.leave(seat, 1);
    if (control.releaseReaderRole(seat)) control.lot.leave(seat, 1);
  }

  protected startAt(sequence: number): void {
    const { i32 } = this.control.memory;
    i32[PRODUCER_CURSOR] = sequence << 2;
    i32[CONSUMER_CURSOR] = sequence << 2;
  }
}
