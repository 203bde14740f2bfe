import { MpmcRing } from '../mpmc/mpmc-ring.ts';
import type { MpmcWriter } from '../mpmc/mpmc-writer.ts';
import type { RingReader } from '../reader.ts';
import type { Slot } from '../slots.ts';
import type { RingWriter } from '../writer.ts';
import { Demand } from './demand.ts';
import { FixedRendezvousReader, VariableRendezvousReader } from './rendezvous-readers.ts';
import { RendezvousWriter } from './rendezvous-writer.ts';

/**
 * A ring of capacity 0: a message goes from a writer's hand into a reader's. `put` ends when a reader has taken the
 * message and given it back, `offer` writes only when a reader waits, and `poll` finds only messages whose `put` is
 * waiting. As in a dual queue (Scherer and Scott, DISC 2004), either side can wait for the other: messages stand in a ring
 * of turns (`mpmc-ring.ts`), and demands on the readers' desks.
 *
 * - A `put` writes its message as in any ring, and waits until its record is released. When it is given up (time-out,
 *   abort, close), it takes the message out again by one compare-and-swap from PUBLISHED to RELEASED: either that
 *   succeeds, and no reader ever sees the message, or a reader has it, and the `put` has succeeded.
 * - A reader that waits has WAITING on its desk. An `offer` that finds one writes its message, and turns a WAITING into
 *   "handed: slot n", after which that reader takes the message there before any other. If nobody waits at that moment,
 *   whoever did may have seen the message and be about to take it, or another one, and wait again: the `offer` looks again
 *   for as long as that takes many times over. Then it takes its message out again; if that fails, a reader took it, which
 *   is as good. So an `offer` is refused, although readers wait, only when the machine stopped each of them between two
 *   steps.
 * - A message that was taken already when it is handed over (by a reader that had looked before, and that may be the very one
 *   that waits again) leaves its reader waiting: it may sleep, and nobody would ever see that it waits. A message that still
 *   stands when it has been handed over finds its reader awake, by its publication or by that reader's last look.
 * - A reader stops waiting by an exchange of its desk's word, before it takes anything. What it was handed by then it
 *   takes, also when its time is over or its call was aborted: so a message that `offer` has accepted is taken by the
 *   reader that was to have it, or by one that came first, and never stands there with nobody bound to it.
 * - Readers take one message at a time, so a record's own turn word always says what becomes of it.
 *
 * Progress: as in `mpmc-ring.ts`; an `offer` looks at all desks, 64 times at most. Waiting is not fair: any reader that waits may be handed
 * a message, and messages of `put` are taken in the order in which they began to stand.
 *
 * Sleep: a waiting `put` puts SLEEPER on its own record; whoever releases it rings, or has said RELEASING before. Who selects
 * a writer waits for a reader that waits, which rings the writers' bells when it begins to. Readers sleep as in any ring: a
 * message is published before it is handed to anybody, and its publication wakes.
 *
 * Death: a message that a dying `put` left standing may still be delivered, as one whose writer had died after
 * publication. A message that was handed to a reader that has died goes to the next reader, and one it had taken is
 * returned and delivered again, or taken out by its `put`, which still waits.
 */
export class RendezvousRing<T, V, S = Slot<T>> extends MpmcRing<T, V, S> {
  override get capacity(): number {
    return 0;
  }

  protected override makeWriter(): RingWriter<T, S> {
    const inner = super.makeWriter() as MpmcWriter<T, S>;
    return new RendezvousWriter(this.control, this.strategy, this.codec.spec, inner);
  }

  protected override makeReader(): RingReader<T, V> {
    const { codec, control, strategy } = this;
    return codec.kind === 'fixed'
      ? new FixedRendezvousReader(control, strategy, codec)
      : new VariableRendezvousReader(control, strategy, codec);
  }

  protected override repairSeat(seat: number): void {
    new Demand(this.control).forget(seat);
    super.repairSeat(seat);
  }
}
