import { load } from '../atomics.ts';
import { END_OF_BATCH } from '../batch.ts';
import type { RingControl } from '../control.ts';
import { Counters } from '../counters.ts';
import { CorruptRingError, RoleTakenError } from '../errors.ts';
import { DESK_READ, DESK_WAITS, deskOf } from '../layout.ts';
import { CLAIMED, isCurrent, isNewer, PHASE, PUBLISHED } from '../mpmc/turn.ts';
import { RingReader, refuseNestedRead } from '../reader.ts';
import { distance } from '../sequence.ts';
import { UNTIL_WOKEN, type WaitStrategy } from '../waiting/wait-strategy.ts';
import { Gate } from './gate.ts';
import { Offsets } from './offsets.ts';
import type { Subscriptions } from './subscriptions.ts';
import { subscriptionsOf } from './turns-of.ts';

/** How a subscription is read. */
export interface SubscriptionOptions {
  /**
   * With `overflow: 'drop-oldest'`: called within the reading call, before the first message after a gap, with the number of
   * messages missed there. If it throws, that message is read by the next call.
   */
  readonly onMissed?: (missed: number) => void;
  /**
   * With `overflow: 'drop-oldest'`: the cursor moves by `commitTo` alone, so that a successor reads again what was not committed and is
   * still there. In other rings a cursor does so anyway.
   */
  readonly holds?: boolean;
  /**
   * The numbers of other subscriptions: this one sees a message only when the readers of those have given it back. Not with
   * `overflow: 'drop-oldest'`.
   */
  readonly after?: readonly number[];
}

/**
 * The reading end of one subscription: it sees every message, and moves its cursor when it is done with them.
 * The argument is in `broadcast-ring.ts`.
 */
export abstract class BroadcastReader<T, V> extends RingReader<T, V> {
  /** The number of the subscription in its ring. */
  readonly subscription: number;
  protected readonly words: Int32Array;
  protected readonly subscriptions: Subscriptions;
  /** The next message to look at; the cursor follows it when a batch ends. */
  protected position: number;
  /** Up to where messages are known to be published, from `position` on. */
  protected published: number;
  protected busy = false;
  /** The sequence of the message last looked at. */
  protected last = 0;
  #cursor: number;
  /** Whether messages before `position` are held: read, and not given back yet. */
  #holding = false;
  #batchRead = 0;
  #batchMax = 0;
  readonly #offsets: Offsets;
  readonly #seat: number;
  readonly #counters: Counters;
  readonly #gate: Gate | undefined;

  constructor(
    control: RingControl,
    strategy: WaitStrategy,
    subscription: number,
    after: readonly number[] = [],
  ) {
    super(control, strategy);
    this.subscription = subscription;
    this.words = control.memory.i32;
    this.subscriptions = subscriptionsOf(control);
    this.#seat = control.lot.seat.number;
    this.#counters = new Counters(control.memory, deskOf(this.#seat));
    if (!this.subscriptions.attach(subscription, this.#seat)) {
      throw new RoleTakenError(`Subscription ${subscription} has a reader already; detach() that one first.`);
    }
    control.lot.enter(this.#seat);
    this.#offsets = new Offsets(this.subscriptions);
    this.#gate = after.length === 0 ? undefined : new Gate(this.subscriptions, after);
    this.#cursor = this.subscriptions.cursorOf(subscription);
    this.position = this.#cursor;
    this.published = this.#cursor;
  }

  /**
   * How many messages this reader has missed because writers went on over it: with `overflow: 'drop-oldest'`, and
   * 0 otherwise. What the subscription missed before, and no reader of it was told, counts here.
   */
  get missed(): number {
    return 0;
  }

  /** The sequence of the next message. */
  get sequence(): number {
    return this.position;
  }

  /** The offset of the message last looked at: its sequence as a number that does not wrap. */
  get offset(): number {
    return this.#offsets.of(this.last);
  }

  /** The sequence of the message last looked at. */
  get lastSequence(): number {
    return this.last;
  }

  /** The offset of the message with this sequence, which is near: one read, held or about to be read. */
  offsetOf(sequence: number): number {
    return this.#offsets.of(sequence);
  }

  /** Moves to the next published message and looks how far it goes on, for at most `most`; `false` for none. */
  protected find(most: number): boolean {
    if (this.position !== this.published) return true;
    const known = this.knownEnd();
    if (known !== this.position) return this.#setPublished(this.#endBehind(known, most));
    const { subscriptions, words } = this;
    for (;;) {
      const word = load(words, subscriptions.indexOf(this.position)); // 1.
      const lap = subscriptions.lapOf(this.position);
      if (!isCurrent(word, lap)) {
        if (this.position !== this.#cursor && !this.busy && !this.#holding) this.commit(0); // Only claims that were given up.
        return this.nothing(word, lap);
      }
      const phase = word & PHASE;
      if (phase === PUBLISHED) return this.#setPublished(this.endOf(this.position, word, most));
      if (phase !== CLAIMED) this.#moveTo((this.position + subscriptions.spanOf(this.position, word)) | 0);
      else if (!subscriptions.settleUnfinished(this.position, word)) return false;
    }
  }

  /** Where published messages end that go on behind what is known: a promise lags behind them. */
  #endBehind(known: number, most: number): number {
    const left = most - distance(known, this.position);
    if (left <= 0) return known;
    const word = load(this.words, this.subscriptions.indexOf(known)); // 1.
    const isPublished = isCurrent(word, this.subscriptions.lapOf(known)) && (word & PHASE) === PUBLISHED;
    return isPublished ? this.endOf(known, word, left) : known;
  }

  #setPublished(end: number): boolean {
    this.published = this.#gate === undefined ? end : this.#gate.limit(this.position, end);
    return this.position !== this.published;
  }

  #moveTo(position: number): void {
    this.position = position;
    this.published = position;
  }

  protected nothing(word: number, lap: number): false {
    if (isNewer(word, lap)) {
      throw new CorruptRingError(
        'The ring went on over a subscriber: something outside it wrote into its memory.',
      );
    }
    if (this.control.failed && this.hasEnded()) throw this.control.endError();
    return false;
  }

  /** The end of messages known to be published from `position` on without a look at them; `position` when that is not known. */
  protected knownEnd(): number {
    return this.position;
  }

  /** The end of the published messages that begin with this one, at most `most` messages on. */
  protected abstract endOf(at: number, word: number, most: number): number;

  /** The view at `position`, which moves behind it even when the message can't be decoded. */
  protected abstract step(): V;

  /** Moves behind the message at `position` without decoding it. */
  protected abstract skip(): void;

  /** Everything before `position` has been read. */
  protected commit(messages: number): void {
    this.#holding = false;
    this.#moveCursor(this.position);
    this.countRead(messages);
  }

  protected countRead(messages: number): void {
    this.#counters.add(DESK_READ, messages);
  }

  #moveCursor(to: number): void {
    this.#cursor = to;
    if (this.subscriptions.moveCursor(this.subscription, to)) this.control.wakeWriters(); // 3.
  }

  /**
   * Ends the open batch without giving anything back: its messages stay where they are until `commitTo`, and the next batch
   * begins behind what was looked at, or with `all` behind all of it. How many messages that were.
   */
  hold(all = false): number {
    this.dropBatch();
    this.#skipRest(all);
    this.busy = false;
    this.#moveTo(this.position);
    this.#holding = this.position !== this.#cursor;
    this.#counters.add(DESK_READ, this.#batchRead);
    return this.#batchRead;
  }

  /** Gives back what is held before the message with this sequence, which was read, or is the next to be. */
  commitTo(sequence: number): void {
    if (distance(sequence, this.#cursor) <= 0) return;
    this.#moveCursor(sequence);
    this.#holding = this.position !== sequence;
  }

  /**
   * Goes to the first message at or after an offset: forwards, giving back what lies between, or backwards as far as messages are
   * kept (`broadcast-ring.ts`, `keepRead`). What is held is given up. The offset where it is then.
   */
  seekTo(offset: number): number {
    if (this.busy) refuseNestedRead();
    const to = this.subscriptions.boundaryFrom(this.#offsets.sequenceOf(offset));
    this.#cursor = this.subscriptions.moveBack(this.subscription, to);
    this.rereadFrom(this.#cursor);
    if (this.subscriptions.takeSleepers()) this.control.wakeWriters();
    return this.#offsets.of(this.#cursor);
  }

  /** Reads on from the message with this sequence, which is held or the next one. Gives nothing back. */
  rereadFrom(sequence: number): void {
    if (this.busy) refuseNestedRead();
    this.#moveTo(sequence);
    this.#holding = sequence !== this.#cursor;
  }

  drain(each: (view: V) => void, max: number = Number.POSITIVE_INFINITY): number {
    if (this.busy) refuseNestedRead();
    if (max <= 0 || !this.find(max)) return 0;
    this.busy = true;
    let count = 0;
    try {
      while (this.position !== this.published && count < max) {
        count++;
        each(this.step());
      }
    } finally {
      this.busy = false;
      this.commit(count);
    }
    return count;
  }

  protected openBatch(max: number): boolean {
    if (this.busy) refuseNestedRead();
    if (!this.find(max)) return false;
    this.busy = true;
    this.#batchRead = 0;
    this.#batchMax = max;
    return true;
  }

  protected nextView(): V | typeof END_OF_BATCH {
    if (!this.busy || !this.#isWithinBatch) return END_OF_BATCH;
    this.#batchRead++;
    return this.step();
  }

  get #isWithinBatch(): boolean {
    return this.position !== this.published && this.#batchRead < this.#batchMax;
  }

  protected closeBatch(all: boolean): void {
    this.#skipRest(all);
    this.busy = false;
    if (this.#batchRead > 0) this.commit(this.#batchRead);
  }

  #skipRest(all: boolean): void {
    while (all && this.#isWithinBatch) {
      this.#batchRead++;
      this.skip();
    }
  }

  protected abandonBatch(): void {
    this.busy = false;
    this.#moveTo(this.#cursor);
  }

  protected hasMessage(): boolean {
    if (this.position !== this.published) return true;
    if (this.#gate !== undefined) {
      if (this.#gate.isClosed(this.position)) return false;
    }
    const word = load(this.words, this.subscriptions.indexOf(this.position));
    if (!isCurrent(word, this.subscriptions.lapOf(this.position))) return false;
    return (word & PHASE) !== CLAIMED || this.subscriptions.isFollowed(this.position, word);
  }

  protected hasEnded(): boolean {
    if (!this.control.closed || this.hasMessage()) return false;
    return this.subscriptions.endsAt(this.position);
  }

  protected armForMessage(): number {
    this.control.registerReader();
    if (this.#gate !== undefined) this.#gate.arm(this.control);
    if (this.hasMessage() || this.hasEnded()) return 0;
    if (this.#gate !== undefined) {
      if (this.#gate.isClosed(this.position)) return UNTIL_WOKEN; // Whatever opens it moves a cursor.
    }
    const patienceMs = this.subscriptions.armAtMessage(this.position);
    return this.hasMessage() || this.hasEnded() ? 0 : patienceMs;
  }

  /** Skips everything written so far. */
  seekToEnd(): void {
    if (this.busy) refuseNestedRead();
    this.#moveTo(this.subscriptions.endHint());
    this.commit(0);
  }

  protected countWait(): void {
    this.#counters.add(DESK_WAITS, 1);
  }

  /** Messages not read yet, as slots; an estimate while writers are at work. */
  get lag(): number {
    const end = this.subscriptions.endHint();
    return Math.max(0, (end - this.#cursor) | 0);
  }

  protected releaseRole(): void {
    if (this.subscriptions.detach(this.subscription, this.#seat)) this.control.lot.leave(this.#seat, 1);
  }

  /** Ends this subscription: its cursor no longer holds anything back. Other subscribers and writers go on. */
  unsubscribe(): void {
    this.detach();
    this.subscriptions.remove(this.subscription);
    this.control.wakeWriters();
  }
}
