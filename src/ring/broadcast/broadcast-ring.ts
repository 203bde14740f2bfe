import { load } from '../atomics.ts';
import type { Codec } from '../codec/codec.ts';
import { OptionError, UnsupportedError } from '../errors.ts';
import { DESK_LAST, deskOf, FRONTIER_HALVES } from '../layout.ts';
import { MpmcRing } from '../mpmc/mpmc-ring.ts';
import type { MpmcWriter } from '../mpmc/mpmc-writer.ts';
import { isCurrent, isNewer, PHASE, PUBLISHED } from '../mpmc/turn.ts';
import type { RingReader } from '../reader.ts';
import type { RingStats } from '../ring.ts';
import { distance } from '../sequence.ts';
import type { Slot } from '../slots.ts';
import type { RingWriter } from '../writer.ts';
import type { BroadcastReader, SubscriptionOptions } from './broadcast-reader.ts';
import { FixedBroadcastReader } from './fixed-broadcast-reader.ts';
import { HoldingLappingReader } from './holding-lapping-reader.ts';
import { LappingReader } from './lapping-reader.ts';
import { MessageViewer } from './message-viewer.ts';
import { Offsets } from './offsets.ts';
import { SharedSubscription } from './shared-subscription.ts';
import { SoleWriter } from './sole-writer.ts';
import { laps, subscriptionsOf } from './turns-of.ts';
import { VariableBroadcastReader } from './variable-broadcast-reader.ts';

/** Where a new subscription begins. */
export interface SubscribeOptions extends SubscriptionOptions {
  /** `newest` (the default) sees what is written from now on; `oldest` also what no other subscriber has read past. */
  readonly from?: 'oldest' | 'newest';
  /** The least number that the subscription may have. Default 0. */
  readonly least?: number;
}

/**
 * Any number of writers; every subscription reads every message with a cursor of its own, and nothing is
 * copied for it. Writers claim and publish as in `mpmc-ring.ts`; the slowest active subscription holds them
 * back, and without one messages stay until somebody subscribes. With `overflow: 'drop-oldest'` writers push the
 * slowest on instead; `lapping-subscriptions.ts` has the argument for that.
 *
 * - Progress: reading is wait-free but for unfinished claims, past which it is lock-free. Writing as in
 *   `mpmc-ring.ts`, with a stopped subscriber in the place of a stopped reader.
 *
 * Order (each number stands again beside its line of code)
 *   1. A subscriber loads the published turn word before it reads the message.
 *   2. So payload and length are read plainly. They do not change: the slots lie behind an active cursor.
 *   3. The cursor is stored after that; writers claim these slots only once they have loaded it (`subscriptions.ts`).
 */
export class BroadcastRing<T, V, S = Slot<T>> extends MpmcRing<T, V, S> {
  #offsets: Offsets | undefined;

  /** Opens a subscription of this thread's own. Throws `OptionError` when the ring has all it can have. */
  subscribe(options: SubscribeOptions = {}): BroadcastReader<T, V> {
    const subscriptions = subscriptionsOf(this.control);
    const reader = this.attach(subscriptions.add(this.control.lot.seat.number, options.least), options);
    if (options.from !== 'oldest') reader.seekToEnd();
    return reader;
  }

  /** Adds the subscription with this number, durable; `false` when there is one, which stays as it is. */
  ensureSubscription(subscription: number): boolean {
    return subscriptionsOf(this.control).addAt(subscription);
  }

  /**
   * Adds a subscription that waits for whichever thread attaches to it, and keeps its cursor between readers.
   * With a number, that one, which may be there already.
   */
  addSubscription(subscription?: number): number {
    if (subscription === undefined) return subscriptionsOf(this.control).add();
    this.ensureSubscription(subscription);
    return subscription;
  }

  /** Messages of a subscription not read yet, as slots; an estimate while writers are at work. */
  lagOf(subscription: number): number {
    const subscriptions = subscriptionsOf(this.control);
    return Math.max(0, distance(subscriptions.endHint(), subscriptions.cursorOf(subscription)));
  }

  /**
   * Keeps messages after everybody has read them, until a writer needs the room: readers can go back to them by `seekTo`, and new
   * subscriptions begin with them. In a fresh ring.
   */
  keepRead(): void {
    subscriptionsOf(this.control).keepRead();
  }

  /** The offset of a message with this sequence that is in the ring. */
  offsetOf(sequence: number): number {
    this.#offsets ??= new Offsets(subscriptionsOf(this.control));
    return this.#offsets.of(sequence);
  }

  /** Steps on a subscription that several threads read together: see `SharedSubscription`. */
  share(subscription: number): SharedSubscription {
    return new SharedSubscription(this.control, subscription);
  }

  /** Shows messages by their sequence: see `MessageViewer`. */
  viewer(): MessageViewer<T, V> {
    return new MessageViewer(this.codec as Codec<T, V>, this.control);
  }

  /** The sequence up to which a subscription's reader has given everything back. */
  cursorOf(subscription: number): number {
    return subscriptionsOf(this.control).cursorOf(subscription);
  }

  /** Makes this thread the reader of a subscription, from where its last reader left the cursor. */
  attach(subscription: number, options: SubscriptionOptions = {}): BroadcastReader<T, V> {
    const { codec, control, strategy } = this;
    const { after } = options;
    if (laps(control)) {
      if (after !== undefined) refuseGate();
      const Reader = options.holds ? HoldingLappingReader : LappingReader;
      return new Reader(control, strategy, subscription, codec, options);
    }
    return codec.kind === 'fixed'
      ? new FixedBroadcastReader(control, strategy, subscription, codec, after)
      : new VariableBroadcastReader(control, strategy, subscription, codec, after);
  }

  /** The offset of the message, or the first of the messages, that this thread wrote last. */
  get lastOffset(): number {
    return this.offsetOf(this.lastSequence);
  }

  /** The sequence of that message; one that is no message's before this thread has written any. */
  get lastSequence(): number {
    return (this.writer as MpmcWriter<T, S>).lastSequence;
  }

  /**
   * Between a thread's `exit` event and `repair`: the sequence of the message that the thread of this seat published last, or
   * `undefined` when `before`, its `lastSequence` at an earlier time, still is its last.
   *
   * Order: a writer notes its claim right after it has made it, and the note before when it had to give the claim back. So a
   * note that differs from `before` is that of a message that was published, unless the turn word still says that it was not:
   * nobody uses those slots again before the repair.
   */
  publishedAfter(before: number, seat: number): number | undefined {
    const turns = subscriptionsOf(this.control);
    const last = load(turns.words, deskOf(seat) + DESK_LAST);
    const word = load(turns.words, turns.indexOf(last));
    const lap = turns.lapOf(last);
    const isPublished = isNewer(word, lap) || (isCurrent(word, lap) && (word & PHASE) === PUBLISHED);
    return last !== before && isPublished ? last : undefined;
  }

  /** `depth` is counted in slots, up to the slowest subscription; `read` and `dropped` over all subscriptions. */
  override stats(): RingStats {
    const subscriptions = subscriptionsOf(this.control);
    const depth = distance(subscriptions.endHint(), subscriptions.advanceFrontier());
    return { ...super.stats(), depth: Math.max(0, depth) };
  }

  protected override makeWriter(): RingWriter<T, S> {
    const { codec, control, strategy } = this;
    return control.layout.soleWriter && codec.kind === 'fixed'
      ? new SoleWriter(control, strategy, codec)
      : super.makeWriter();
  }

  protected override makeReader(): RingReader<T, V> {
    throw new UnsupportedError('A broadcast ring has no single reader: call ring.subscribe().');
  }

  protected override startAt(sequence: number): void {
    super.startAt(sequence);
    this.control.memory.i32[FRONTIER_HALVES] = (sequence >>> 31) & 1;
  }

  protected override repairSeat(seat: number): void {
    super.repairSeat(seat);
    this.control.lot.leave(seat, subscriptionsOf(this.control).repairSeat(seat));
  }
}

function refuseGate(): never {
  throw new OptionError(
    'after',
    'Where writers go on over slow subscribers (drop-oldest), nobody can wait for what another one has read.',
  );
}

export type { BroadcastReader, SubscriptionOptions };
