import { load } from '../atomics.ts';
import { END_OF_BATCH } from '../batch.ts';
import type { Codec, FixedBinding, VariableBinding } from '../codec/codec.ts';
import { setBytes } from '../codec/set-bytes.ts';
import type { RingControl } from '../control.ts';
import { Memory } from '../memory.ts';
import { CLAIMED, isCurrent, PHASE, PUBLISHED } from '../mpmc/turn.ts';
import { refuseNestedRead } from '../reader.ts';
import { copyBytes } from '../scratch.ts';
import { distance, powerOfTwoFrom } from '../sequence.ts';
import { checkedLength } from '../slots.ts';
import type { WaitStrategy } from '../waiting/wait-strategy.ts';
import { BroadcastReader, type SubscriptionOptions } from './broadcast-reader.ts';
import { LappingSubscriptions } from './lapping-subscriptions.ts';

const SMALLEST_BYTES = 1024;

/**
 * The reading end of a subscription that writers may push on. It copies each message to private memory, holding its
 * cursor for just that long, and shows it there: however long a handler takes, it holds nobody up, and what it looks at
 * does not change. The argument, with the numbers used here, is in `lapping-subscriptions.ts`.
 *
 * Messages that were copied and not shown (a batch left early, or abandoned) are shown next; if the reader ends before, a
 * successor on the same subscription does not see them.
 */
export class LappingReader<T, V, S> extends BroadcastReader<T, V> {
  protected readonly lapping: LappingSubscriptions;
  readonly #codec: Codec<T, V, S>;
  readonly #onMissed: ((missed: number) => void) | undefined;
  #memory = new Memory(new ArrayBuffer(SMALLEST_BYTES));
  #fixed: FixedBinding<T, V, S> | undefined;
  #varying: VariableBinding<T, V> | undefined;
  /** The messages copied: where they lie in private memory, their lengths in bytes, their sequences. */
  readonly #places: number[] = [];
  readonly #lengths: number[] = [];
  protected readonly sequences: number[] = [];
  #endOfCopies = 0;
  /** How many of them have been shown. */
  protected shown = 0;
  #batchFirst = 0;
  #batchMax = 0;
  /** No message from here on belongs to the batch or the `drain` under way. */
  #lookEnd = 0;
  #missed = 0;
  #told = 0;

  constructor(
    control: RingControl,
    strategy: WaitStrategy,
    subscription: number,
    codec: Codec<T, V, S>,
    { onMissed }: SubscriptionOptions,
  ) {
    super(control, strategy, subscription);
    this.lapping = new LappingSubscriptions(control);
    this.#codec = codec;
    this.#onMissed = onMissed;
    this.#bind();
  }

  protected override get shownMemory(): ArrayBufferLike {
    return this.#memory.buffer;
  }

  #bind(): void {
    if (this.#codec.kind === 'fixed') this.#fixed = this.#codec.bind(this.#memory);
    else this.#varying = this.#codec.bind(this.#memory);
  }

  override get missed(): number {
    this.#missed += this.lapping.takeMissed(this.subscription);
    return this.#missed;
  }

  /** So many of the messages counted as missed were not. */
  protected unmiss(messages: number): void {
    this.#missed -= messages;
  }

  override get lag(): number {
    return Math.max(0, distance(this.lapping.endHint(), this.lapping.cursorOf(this.subscription)));
  }

  poll(): T | undefined {
    if (this.busy) refuseNestedRead();
    if (!this.#next()) return undefined;
    const message = this.#show();
    this.countRead(1);
    return this.#read(message);
  }

  override drain(each: (view: V) => void, max: number = Number.POSITIVE_INFINITY): number {
    if (this.busy) refuseNestedRead();
    if (max <= 0 || !this.#next()) return 0;
    this.#lookEnd = this.lapping.endHint();
    this.busy = true;
    let count = 0;
    try {
      do {
        const message = this.#show();
        count++;
        each(this.#view(message));
      } while (count < max && this.#nextOfLook());
    } finally {
      this.busy = false;
      this.countRead(count);
    }
    return count;
  }

  protected override openBatch(max: number): boolean {
    if (this.busy) refuseNestedRead();
    if (!this.#next()) return false;
    this.#lookEnd = this.lapping.endHint();
    this.#batchFirst = this.shown;
    this.#batchMax = max;
    this.busy = true;
    return true;
  }

  protected override nextView(): V | typeof END_OF_BATCH {
    if (!this.busy || this.shown - this.#batchFirst >= this.#batchMax) return END_OF_BATCH;
    return this.hasCopy || this.#isWithinLook ? this.#nextOfBatch() : END_OF_BATCH;
  }

  #nextOfBatch(): V | typeof END_OF_BATCH {
    if (this.hasCopy || this.#copyNext()) return this.#view(this.#show());
    this.#lookEnd = this.position; // The batch has ended: what is published later must not count as seen in it.
    return END_OF_BATCH;
  }

  protected override closeBatch(all: boolean): void {
    this.endBatch(all);
  }

  /** How many messages were looked at. */
  protected endBatch(all: boolean): number {
    while (all && this.nextView() !== END_OF_BATCH);
    this.busy = false;
    const looked = this.shown - this.#batchFirst;
    this.countRead(looked);
    return looked;
  }

  protected override abandonBatch(): void {
    this.busy = false;
    this.shown = this.#batchFirst;
  }

  protected get hasCopy(): boolean {
    return this.shown < this.#places.length;
  }

  get #isWithinLook(): boolean {
    return distance(this.#lookEnd, this.position) > 0;
  }

  #nextOfLook(): boolean {
    return (this.hasCopy || this.#isWithinLook) && this.#next();
  }

  /** Makes the next message the first copy not shown; `false` when there is none. */
  #next(): boolean {
    if (this.hasCopy) return true;
    this.forgetCopies();
    return this.#copyNext();
  }

  protected forgetCopies(): void {
    this.#places.length = 0;
    this.#lengths.length = 0;
    this.sequences.length = 0;
    this.shown = 0;
    this.#endOfCopies = 0;
  }

  /** Counts a copy as shown, and tells of the messages missed before it; its number. */
  #show(): number {
    if (this.#onMissed !== undefined) this.#tell(this.#onMissed);
    this.last = this.sequences[this.shown] as number;
    return this.shown++;
  }

  #tell(onMissed: (missed: number) => void): void {
    const news = this.missed - this.#told;
    if (news <= 0) return;
    this.#told += news;
    onMissed(news);
  }

  #read(message: number): T {
    const at = this.#places[message] as number;
    if (this.#fixed !== undefined) return this.#fixed.read(at);
    return (this.#varying as VariableBinding<T, V>).read(at, this.#lengths[message] as number);
  }

  #view(message: number): V {
    const at = this.#places[message] as number;
    if (this.#fixed !== undefined) return this.#fixed.view(at);
    return (this.#varying as VariableBinding<T, V>).view(at, this.#lengths[message] as number);
  }

  /** Finds the next published message and copies it behind the other copies. */
  #copyNext(): boolean {
    const { words } = this;
    const lapping = this.lapping;
    for (;;) {
      const at = this.position;
      const word = load(words, lapping.indexOf(at));
      const lap = lapping.lapOf(at);
      if (!isCurrent(word, lap)) {
        if (!lapping.isPast(at, word)) return this.nothing(word, lap);
        this.position = lapping.pushedFrom(this.subscription, at);
      } else if ((word & PHASE) === PUBLISHED) {
        if (this.copy(at)) return true;
      } else if ((word & PHASE) !== CLAIMED) {
        this.goPast(at, (at + lapping.spanOf(at, word)) | 0); // Given up, or released by repair.
      } else if (!lapping.settleUnfinished(at, word)) return false;
    }
  }

  protected goPast(at: number, to: number): void {
    this.position = this.lapping.skip(this.subscription, at, to)
      ? to
      : this.lapping.pushedFrom(this.subscription, at);
  }

  /** `false` when a writer has pushed the cursor past the message. */
  protected copy(at: number): boolean {
    const lapping = this.lapping;
    if (!lapping.beginReading(this.subscription, at)) {
      this.position = lapping.pushedFrom(this.subscription, at);
      return false;
    }
    let slots = 1;
    try {
      slots = this.copyHeld(at); // 2.
    } finally {
      this.position = (at + slots) | 0;
      if (lapping.moveCursor(this.subscription, this.position)) this.control.wakeWriters(); // 3.
    }
    return true;
  }

  /** Copies the message whose slots are held; how many they are. */
  protected copyHeld(at: number): number {
    const { variable, lengths, payload, slotBytes, maxMessageBytes } = this.control.layout;
    const slot = at & this.lapping.mask;
    const length = variable
      ? checkedLength(this.words[lengths + slot] as number, maxMessageBytes)
      : maxMessageBytes;
    const place = this.#roomFor(length);
    const from = payload + slot * slotBytes;
    if (variable || (slotBytes & 3) === 0) copyBytes(this.control.memory, from, this.#memory, place, length);
    else setBytes(this.#memory.u8, this.control.memory.u8.subarray(from, from + length), place);
    this.#places.push(place);
    this.#lengths.push(length);
    this.sequences.push(at);
    return variable ? Math.max(1, Math.ceil(length / slotBytes)) : 1;
  }

  /** Where the next copy goes. Memory that is too small is replaced; views of the old one stay as they are. */
  #roomFor(length: number): number {
    const place = this.#endOfCopies;
    const end = place + Math.ceil(length / 8) * 8;
    if (end > this.#memory.u8.length) {
      const memory = new Memory(new ArrayBuffer(powerOfTwoFrom(end)));
      memory.u8.set(this.#memory.u8);
      this.#memory = memory;
      this.#bind();
    }
    this.#endOfCopies = end;
    return place;
  }

  protected override hasMessage(): boolean {
    if (this.hasCopy) return true;
    const word = load(this.words, this.lapping.indexOf(this.position));
    if (!isCurrent(word, this.lapping.lapOf(this.position))) return this.lapping.isPast(this.position, word);
    return (word & PHASE) !== CLAIMED || this.lapping.isFollowed(this.position, word);
  }

  override seekToEnd(): void {
    if (this.busy) refuseNestedRead();
    this.forgetCopies();
    const end = this.lapping.endHint();
    while (distance(end, this.lapping.cursorOf(this.subscription)) > 0) {
      this.goPast(this.lapping.cursorOf(this.subscription), end);
    }
    this.position = this.lapping.cursorOf(this.subscription);
  }

  /** What the in-place way of reading needs, and copies do without. */
  protected override endOf(at: number): number {
    return at;
  }

  protected override step(): V {
    return this.#view(this.#show());
  }

  protected override skip(): void {
    this.#show();
  }
}
