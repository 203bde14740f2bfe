import { add, exchange } from '../atomics.ts';
import { BaseRing } from '../base-ring.ts';
import {
  CONSUMER_CURSOR,
  DESK_DROPPED,
  DESK_ENDS,
  DESK_READ,
  DESK_WAITS,
  DESK_WRITTEN,
  deskOf,
  FRONTIER,
  PRODUCER_CURSOR,
  RETURNED as RETURNED_GENERATION,
} from '../layout.ts';
import { SEATS } from '../lot.ts';
import type { RingReader } from '../reader.ts';
import type { RingStats } from '../ring.ts';
import type { Slot } from '../slots.ts';
import type { RingWriter } from '../writer.ts';
import { endsOpen, markEnd } from './ends.ts';
import { FixedMpmcReader } from './fixed-mpmc-reader.ts';
import { FixedMpmcWriter } from './fixed-mpmc-writer.ts';
import { Repair } from './repair.ts';
import { LAP_SHIFT, Turns } from './turn.ts';
import { VariableMpmcReader } from './variable-mpmc-reader.ts';
import { VariableMpmcWriter } from './variable-mpmc-writer.ts';

/**
 * Any number of writers and readers. Every slot has a turn word (`turn.ts`), as in Vyukov's bounded queue
 * (2010), but here the claim itself is the compare-and-swap on that word, it names its owner, and the cursors
 * are mere hints; readers can give up a claim they would have to wait for, as dequeuers do in LCRQ (Morrison
 * and Afek, PPoPP 2013).
 *
 * - Callers: threads up to the number of seats, each with one writer and one reader of the ring; a topology
 *   that allows one writer or one reader holds others off by a role word.
 * - Progress: reading is lock-free: a reader that looks and finds an unfinished claim waits for a bounded
 *   number of looks and then goes past it, so a stopped writer holds up no reader. Writing is non-blocking
 *   but not lock-free: a writer needs free slots, and a thread that is stopped for ever within a claim keeps
 *   its slots and, one lap later, all others. Once such a thread has ended, `repair` frees them.
 *
 * Invariants
 * - Claims are contiguous: the slot at a sequence is claimed only when every sequence before it has been.
 * - Takes are contiguous too, except for records given back.
 * - frontier ≤ every record not released; no claim reaches frontier + capacity.
 * - A word leaves TAKEN, CLAIMED or VOID only by its owner's doing, or by repair after the owner's end;
 *   except that a reader may turn CLAIMED into VOID.
 *
 * Order (each number stands again beside its line of code)
 *   1. A writer learns from the frontier that a slot is free. The walk that moved it there loaded the turn word that
 *      its reader had exchanged to RELEASED: the reader's use of the old message happens before.
 *   2. The claim, a compare-and-swap on a word that says "not claimed in this lap", makes the slots of the record the
 *      writer's alone. It can't succeed on a slot whose predecessors are unclaimed: the writer walked there over them.
 *   3. So payload, length, run and the turn words inside the record are written plainly.
 *   4. The publication is a compare-and-swap on the same word; whoever loads the published word sees 3.
 *   5. The take, a compare-and-swap, makes one reader the owner; it read the publication, directly or through the words
 *      of earlier takers of the same batch, each of which had read it.
 *   6. So the payload is read plainly.
 *   7. The release is an exchange; the frontier moves only over words that say RELEASED, see 1.
 *   8. `poll` decodes the message first and gives it back by its last step, behind which there is no place where a
 *      thread can be ended: engines do that at function entries and loop ends. So a message is lost with its reader only
 *      when `poll` had returned it. Waking a sleeping writer would be such a place, so it comes before that step: an exchange
 *      takes SLEEPER off the word and puts RELEASING on it, the bells are rung, and then the record is released, whatever
 *      its word says by now. See "Sleep" for a writer that has put SLEEPER there once more.
 *
 * Linearization: a write at its publication, in the order of claims; a read at its take. "Empty" is said only
 * when nothing is claimed behind the reader's position, or when the first claim there is unfinished and
 * nothing was claimed behind it; "full" when the record at the frontier was still held and the slots were all
 * claimed.
 *
 * Sleep: a reader puts SLEEPER on the word it waits for, by compare-and-swap: the claim carries the flag on,
 * and the publication, which fails on a flag it has not seen, wakes. A writer puts it on the record at the
 * frontier, whose take carries it on and whose release, an exchange, finds it. So neither side spends a step
 * on asking whether anybody sleeps. The step that sets SLEEPER, or the load that finds it set, tells also whether the word says
 * RELEASING (8.). Without it, the exchange that sets RELEASING comes later, and bells are rung after it; with it, nobody is
 * bound to wake the sleeper, which therefore looks again after a bounded time (`PATIENCE_MS`). The release tells its reader that
 * there was such a sleeper, and the reader's next call wakes it, so that its patience is needed only where no call comes.
 *
 * Wrap: sequences are int32 and compared by difference. The lap in a turn word has 19 bits, so with at least
 * 64 slots a word means the same again after 2²⁵ messages at the earliest; a thread would have to be stopped
 * between two neighbouring steps while exactly a multiple of that many messages pass. An end that is idle while others go on
 * finds a word that is not of the lap before, and then asks the frontier whether its position is history (`Turns.isPast`); only
 * a multiple of 2²⁵ messages, give or take a lap, would look to it as if none had passed.
 *
 * A reader that *sleeps* when a writer claims the slot it waits for is woken by that writer's publication, or
 * by its repair.
 *
 * Death: a word says who owns the record. `repair` releases the dead thread's claims unpublished and returns
 * what it had taken and not released. It may be repeated, also after a repairer's own death.
 */
export class MpmcRing<T, V, S = Slot<T>> extends BaseRing<T, V, S> {
  protected makeWriter(): RingWriter<T, S> {
    const { codec, control, strategy } = this;
    return codec.kind === 'fixed'
      ? new FixedMpmcWriter(control, strategy, codec)
      : new VariableMpmcWriter(control, strategy, codec);
  }

  protected makeReader(): RingReader<T, V> {
    const { codec, control, strategy } = this;
    return codec.kind === 'fixed'
      ? new FixedMpmcReader(control, strategy, codec)
      : new VariableMpmcReader(control, strategy, codec);
  }

  protected markEnd(): void {
    markEnd(this.control);
  }

  get closed(): boolean {
    return this.control.closed;
  }

  stats(): RingStats {
    const read = this.#sum(DESK_READ);
    const written = this.#sum(DESK_WRITTEN);
    const dropped = this.#sum(DESK_DROPPED);
    const dropsWritten = this.control.layout.overflow === 'drop-oldest' ? dropped : 0;
    return {
      topology: this.topology,
      capacity: this.capacity,
      depth: Math.max(0, written - read - dropsWritten),
      written,
      read,
      dropped,
      waits: this.#sum(DESK_WAITS),
      closed: this.closed,
    };
  }

  #sum(counter: number): number {
    let sum = 0;
    const { f64 } = this.control.memory;
    for (let seat = 1; seat <= SEATS; seat++) sum += f64[(deskOf(seat) + counter) >> 1] as number;
    return sum;
  }

  protected repairSeat(seat: number): void {
    const { control } = this;
    const { i32 } = control.memory;
    try {
      new Repair(control, seat).run();
    } finally {
      add(i32, RETURNED_GENERATION, 1);
      control.releaseWriterRole(seat);
      control.releaseReaderRole(seat);
      control.lot.leave(seat, endsOpen(exchange(i32, deskOf(seat) + DESK_ENDS, 0)));
    }
  }

  protected startAt(sequence: number): void {
    const { i32 } = this.control.memory;
    const turns = new Turns(this.control);
    i32.fill(turns.lapOf(sequence), turns.turns, turns.turns + turns.mask + 1);
    for (const cursor of [FRONTIER, PRODUCER_CURSOR, CONSUMER_CURSOR]) i32[cursor] = sequence | 0;
  }
}

/** Bits of the lap, for the documentation of the wrap argument and its test. */
export const LAP_BITS: number = 32 - LAP_SHIFT;
