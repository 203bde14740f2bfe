import { compareExchange, exchange, load, or } from '../atomics.ts';
import { END_OF_BATCH } from '../batch.ts';
import type { RingControl } from '../control.ts';
import { Counters } from '../counters.ts';
import { CONSUMER_CURSOR, DESK_READ, DESK_WAITS, deskOf, PRODUCER_CURSOR } from '../layout.ts';
import { RingReader, refuseNestedRead } from '../reader.ts';
import { UNTIL_WOKEN, type WaitStrategy } from '../waiting/wait-strategy.ts';
import { CLOSED, corruptCursors, FLAGS, RELEASING, SLEEPER, STEP } from './spsc-cursor.ts';

/** What both kinds of spsc reader share: what is there, and release. The argument is in `spsc-ring.ts`. */
export abstract class SpscReader<T, V> extends RingReader<T, V> {
  protected readonly words: Int32Array;
  protected readonly mask: number;
  /** The next message to look at; ahead of `released` only while a batch or a drain is under way. */
  protected position: number;
  /** What the consumer cursor says. */
  protected released: number;
  /** Up to where messages were published when last looked. */
  protected end: number;
  protected busy = false;
  /** Whether the writer was about to sleep when the last message was released: the next look wakes it (4.). */
  #owesWake = false;
  readonly #counters: Counters;
  readonly #seat: number;
  #batchEnd = 0;
  #batchRead = 0;
  #batchMax = 0;

  constructor(control: RingControl, strategy: WaitStrategy) {
    super(control, strategy);
    control.takeReaderRole();
    this.#seat = control.lot.seat.number;
    control.lot.enter(this.#seat);
    this.words = control.memory.i32;
    this.mask = control.layout.slots - 1;
    this.#counters = new Counters(control.memory, deskOf(1));
    this.position = load(this.words, CONSUMER_CURSOR) & ~FLAGS;
    this.released = this.position;
    this.end = this.position;
  }

  /** A cursor read from shared memory is checked before messages are read by it. */
  #checkEnd(): true {
    const units = (this.end - this.position) >>> 0;
    if (units <= this.control.layout.capacity * STEP) return true;
    this.end = this.position;
    throw corruptCursors();
  }

  /** Reloads the producer cursor (1. of the order argument); whether there is a message. */
  protected look(): boolean {
    if (this.#owesWake) this.#payWake();
    const cursor = load(this.words, PRODUCER_CURSOR); // 1.
    this.end = cursor & ~FLAGS;
    if (this.end !== this.position) return this.#checkEnd();
    if ((cursor & CLOSED) !== 0 && this.control.failed) throw this.control.endError();
    return false;
  }

  /** Gives everything before `position` back to the writer, as `messages` messages read. */
  protected release(messages: number): void {
    const seen = exchange(this.words, CONSUMER_CURSOR, this.position); // 3.
    if (seen !== this.released) this.control.wakeWriters();
    this.released = this.position;
    this.#counters.add(DESK_READ, messages);
  }

  /** Gives one decoded message back, whose end is at `next`, as the last thing a call does (4.). */
  protected releaseLast(next: number): void {
    this.position = next;
    this.#counters.add(DESK_READ, 1);
    const seen = compareExchange(this.words, CONSUMER_CURSOR, this.released, next); // 3.
    if (seen === this.released) this.released = next;
    else this.#wakeAndRelease(next);
  }

  /** `releaseLast` where the writer sleeps. What is known to be there is forgotten, so that the next call looks. */
  #wakeAndRelease(next: number): void {
    exchange(this.words, CONSUMER_CURSOR, this.released | RELEASING); // 4.
    this.control.wakeWriters();
    this.#owesWake = (exchange(this.words, CONSUMER_CURSOR, next) & SLEEPER) !== 0; // 3.
    this.released = next;
    this.end = next;
  }

  #payWake(): void {
    this.#owesWake = false;
    this.control.wakeWriters();
  }

  /** Counts a message that can't be decoded as read. */
  protected releaseUndecoded(next: number): void {
    this.position = next;
    this.release(1);
  }

  /** The view at `position`, which moves behind it even when the message can't be decoded. */
  protected abstract step(): V;

  drain(each: (view: V) => void, max: number = Number.POSITIVE_INFINITY): number {
    if (this.busy) refuseNestedRead();
    if (max <= 0 || (this.position === this.end && !this.look())) return 0;
    this.busy = true;
    const from = this.position;
    this.drained = 0;
    try {
      this.showAll(each, max);
    } finally {
      this.busy = false;
      if (this.position !== from) this.release(this.drained);
    }
    return this.drained;
  }

  /** Messages shown by the drain under way. */
  protected drained = 0;

  /**
   * Shows the messages up to `end`, at most `max`. `position` and `drained` count a message from the moment
   * it is shown, also when `each` throws.
   */
  protected abstract showAll(each: (view: V) => void, max: number): void;

  protected openBatch(max: number): boolean {
    if (this.busy) refuseNestedRead();
    if (this.position === this.end && !this.look()) return false;
    this.busy = true;
    this.#batchEnd = this.end;
    this.#batchRead = 0;
    this.#batchMax = max;
    return true;
  }

  protected nextView(): V | typeof END_OF_BATCH {
    if (!this.busy || this.position === this.#batchEnd || this.#batchRead === this.#batchMax)
      return END_OF_BATCH;
    this.#batchRead++;
    return this.step();
  }

  protected closeBatch(all: boolean): void {
    if (all) while (this.position !== this.#batchEnd && this.#batchRead < this.#batchMax) this.#skip();
    this.busy = false;
    if (this.position !== this.released) this.release(this.#batchRead);
  }

  protected abandonBatch(): void {
    this.busy = false;
    this.position = this.released;
  }

  #skip(): void {
    this.#batchRead++;
    this.skip();
  }

  /** Moves `position` behind the message there without decoding it. */
  protected abstract skip(): void;

  protected hasMessage(): boolean {
    return (load(this.words, PRODUCER_CURSOR) & ~FLAGS) !== this.released;
  }

  protected override isReady(): boolean {
    const cursor = load(this.words, PRODUCER_CURSOR);
    return (cursor & ~FLAGS) !== this.released || (cursor & CLOSED) !== 0;
  }

  protected hasEnded(): boolean {
    const cursor = load(this.words, PRODUCER_CURSOR);
    return (cursor & CLOSED) !== 0 && (cursor & ~FLAGS) === this.released;
  }

  protected armForMessage(): number {
    if (this.#owesWake) this.#payWake();
    this.control.registerReader();
    const cursor = or(this.words, PRODUCER_CURSOR, SLEEPER);
    return (cursor & ~FLAGS) === this.released && (cursor & CLOSED) === 0 ? UNTIL_WOKEN : 0;
  }

  protected countWait(): void {
    this.#counters.add(DESK_WAITS, 1);
  }

  protected releaseRole(): void {
    if (this.#owesWake) this.#payWake();
    if (this.control.releaseReaderRole(this.#seat)) this.control.lot.leave(this.#seat, 1);
  }
}
