import { exchange, load, or } from './atomics.ts';
import type { FixedBinding, FixedCodec, VariableBinding, VariableCodec } from './codec/codec.ts';
import type { RingControl } from './control.ts';
import { Counters } from './counters.ts';
import { CorruptRingError } from './errors.ts';
import { CONSUMER_CURSOR, DESK_READ, DESK_WAITS, deskOf, PRODUCER_CURSOR } from './layout.ts';
import { END_OF_BATCH, RingReader, refuseNestedRead, type Writable } from './reader.ts';
import { distance } from './sequence.ts';
import { CLOSED, FLAGS, SLEEPER, STEP } from './spsc-cursor.ts';
import type { WaitStrategy } from './wait-strategy.ts';

/** What both kinds of spsc reader share: what is there, and release. The argument is in `spsc-ring.ts`. */
abstract class SpscReader<T, V> extends RingReader<T, V> {
  protected readonly words: Int32Array;
  protected readonly mask: number;
  /** The next message to look at; ahead of `released` only while a batch or a drain is under way. */
  protected position: number;
  /** What the consumer cursor says. */
  protected released: number;
  /** Up to where messages were published when last looked. */
  protected end: number;
  protected busy = false;
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

  /** Reloads the producer cursor (1. of the order argument); whether there is a message. */
  protected look(): boolean {
    const cursor = load(this.words, PRODUCER_CURSOR); // 1.
    this.end = cursor & ~FLAGS;
    if (this.end !== this.position) return true;
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

  protected armForMessage(): boolean {
    this.control.registerReader();
    const cursor = or(this.words, PRODUCER_CURSOR, SLEEPER);
    return (cursor & ~FLAGS) === this.released && (cursor & CLOSED) === 0;
  }

  protected countWait(): void {
    this.#counters.add(DESK_WAITS, 1);
  }

  protected releaseRole(): void {
    if (this.control.releaseReaderRole(this.#seat)) this.control.lot.leave(this.#seat, 1);
  }
}

export class FixedSpscReader<T, V> extends SpscReader<T, V> {
  readonly #binding: FixedBinding<T, V>;
  readonly #payload: number;
  readonly #slotBytes: number;

  constructor(control: RingControl, strategy: WaitStrategy, codec: FixedCodec<T, V>) {
    super(control, strategy);
    this.#binding = codec.bind(control.memory);
    this.#payload = control.layout.payload;
    this.#slotBytes = control.layout.slotBytes;
  }

  poll(): T | undefined {
    if (this.busy) refuseNestedRead();
    const position = this.position;
    if (position === this.end && !this.look()) return undefined;
    this.position = (position + STEP) | 0;
    try {
      return this.#binding.read(this.#payload + ((position >>> 2) & this.mask) * this.#slotBytes); // 2.
    } finally {
      this.release(1);
    }
  }

  /** All in local variables: this loop is what a consumer in a hurry spends its time in. */
  protected showAll(each: (view: V) => void, max: number): void {
    const { mask } = this;
    const binding = this.#binding;
    const payload = this.#payload;
    const slotBytes = this.#slotBytes;
    const first = this.position >>> 2;
    const count = Math.min(max, distance(this.end, this.position) >> 2);
    let shown = 0;
    try {
      while (shown < count) {
        const slot = (first + shown) & mask;
        shown++;
        each(binding.view(payload + slot * slotBytes)); // 2.
      }
    } finally {
      this.drained = shown;
      this.position = (this.position + shown * STEP) | 0;
    }
  }

  override drainInto(target: T[] | Writable<T>): number {
    const binding = this.#binding;
    if (binding.readAll === undefined) return super.drainInto(target);
    if (this.busy) refuseNestedRead();
    if (target.length === 0 || (this.position === this.end && !this.look())) return 0;
    const count = Math.min(target.length, distance(this.end, this.position) >> 2);
    const first = (this.position >>> 2) & this.mask;
    const untilEnd = Math.min(count, this.mask + 1 - first);
    binding.readAll(target, 0, untilEnd, this.#payload + first * this.#slotBytes); // 2.
    if (untilEnd < count) binding.readAll(target, untilEnd, count - untilEnd, this.#payload);
    this.position = (this.position + count * STEP) | 0;
    this.release(count);
    return count;
  }

  protected step(): V {
    const position = this.position;
    this.position = (position + STEP) | 0;
    return this.#binding.view(this.#payload + ((position >>> 2) & this.mask) * this.#slotBytes); // 2.
  }

  protected skip(): void {
    this.position = (this.position + STEP) | 0;
  }
}

export class VariableSpscReader<T, V> extends SpscReader<T, V> {
  readonly #binding: VariableBinding<T, V>;
  readonly #lengths: number;
  readonly #payload: number;
  readonly #slotBytes: number;
  readonly #maxBytes: number;

  constructor(control: RingControl, strategy: WaitStrategy, codec: VariableCodec<T, V>) {
    super(control, strategy);
    const { layout } = control;
    this.#binding = codec.bind(control.memory);
    this.#lengths = layout.lengths;
    this.#payload = layout.payload;
    this.#slotBytes = layout.slotBytes;
    this.#maxBytes = layout.maxMessageBytes;
  }

  poll(): T | undefined {
    if (this.busy) refuseNestedRead();
    const position = this.position;
    if (position === this.end && !this.look()) return undefined;
    const length = this.#advance();
    try {
      return this.#binding.read(this.#byteOf(position), length); // 2.
    } finally {
      this.release(1);
    }
  }

  protected showAll(each: (view: V) => void, max: number): void {
    while (this.position !== this.end && this.drained < max) {
      this.drained++;
      each(this.step());
    }
  }

  protected step(): V {
    const position = this.position;
    const length = this.#advance();
    return this.#binding.view(this.#byteOf(position), length); // 2.
  }

  protected skip(): void {
    this.#advance();
  }

  #byteOf(position: number): number {
    return this.#payload + ((position >>> 2) & this.mask) * this.#slotBytes;
  }

  /** Moves behind the message at `position` and returns its length, checked: it was read from shared memory. */
  #advance(): number {
    const length = this.words[this.#lengths + ((this.position >>> 2) & this.mask)] as number;
    const units = Math.max(1, Math.ceil(length / this.#slotBytes)) * STEP;
    if (length < 0 || length > this.#maxBytes || units > distance(this.end, this.position)) {
      throw new CorruptRingError(
        `A message claims ${length} bytes where at most ${this.#maxBytes} are possible: something outside the ring ` +
          'wrote into its memory. Close it and create a new one.',
      );
    }
    this.position = (this.position + units) | 0;
    return length;
  }
}
