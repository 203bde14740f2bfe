import { compareExchange, load, or } from './atomics.ts';
import type { FixedBinding, FixedCodec, VariableBinding, VariableCodec } from './codec/codec.ts';
import type { RingControl } from './control.ts';
import { Counters } from './counters.ts';
import {
  CONSUMER_CURSOR,
  DESK_DROPPED,
  DESK_WAITS,
  DESK_WRITTEN,
  deskOf,
  PRODUCER_CURSOR,
} from './layout.ts';
import { copyBytes, Scratch } from './scratch.ts';
import { distance } from './sequence.ts';
import { CLOSED, FLAGS, SLEEPER, STEP } from './spsc-cursor.ts';
import type { WaitStrategy } from './wait-strategy.ts';
import { RingWriter } from './writer.ts';

/** What both kinds of spsc writer share: room and publication. The argument is in `spsc-ring.ts`. */
abstract class SpscWriter<T> extends RingWriter<T> {
  protected readonly words: Int32Array;
  protected readonly mask: number;
  /** Where the next message goes. */
  protected position: number;
  /** Up to where the slots were free when last looked. */
  protected freeUntil: number;
  readonly #capacity: number;
  readonly #counters: Counters;
  readonly #seat: number;
  /** Units that the message last refused needs. */
  #needed: number = STEP;

  constructor(control: RingControl, strategy: WaitStrategy) {
    super(control, strategy);
    control.takeWriterRole();
    this.#seat = control.lot.seat.number;
    control.lot.enter(this.#seat);
    this.words = control.memory.i32;
    this.mask = control.layout.slots - 1;
    this.#capacity = control.layout.capacity * STEP;
    this.#counters = new Counters(control.memory, deskOf(0));
    this.position = load(this.words, PRODUCER_CURSOR) & ~FLAGS;
    this.freeUntil = this.position;
    this.#look();
  }

  /** Reloads the consumer cursor (1 of the order argument). */
  #look(): void {
    this.freeUntil = ((load(this.words, CONSUMER_CURSOR) & ~FLAGS) + this.#capacity) | 0;
  }

  /** Whether `units` more fit, looking again only when the last look does not suffice. */
  protected makeRoom(units: number): boolean {
    if (distance(this.freeUntil, this.position) >= units) return true;
    this.#look();
    if (distance(this.freeUntil, this.position) >= units) return true;
    this.#needed = units;
    this.#throwIfClosed();
    return false;
  }

  protected hasRoom(): boolean {
    this.#look();
    return distance(this.freeUntil, this.position) >= this.#needed || this.#isClosed();
  }

  protected armForRoom(): boolean {
    this.control.registerWriter();
    const cursor = or(this.words, CONSUMER_CURSOR, SLEEPER);
    this.freeUntil = ((cursor & ~FLAGS) + this.#capacity) | 0;
    return distance(this.freeUntil, this.position) < this.#needed && !this.#isClosed();
  }

  /** Slots free at the last look. */
  protected get freeSlots(): number {
    return distance(this.freeUntil, this.position) / STEP;
  }

  /** What a full ring answers. */
  protected refuse(): boolean {
    if (this.control.layout.overflow !== 'drop-newest') return false;
    this.#counters.add(DESK_DROPPED, 1);
    return true;
  }

  /** Makes everything up to `next` visible, as `messages` messages; throws when the ring was closed before. */
  protected publish(next: number, messages: number): void {
    const seen = compareExchange(this.words, PRODUCER_CURSOR, this.position, next); // 3.
    if (seen !== this.position) this.#publishOverFlags(seen, next);
    this.position = next;
    this.#counters.add(DESK_WRITTEN, messages);
  }

  /** Only flags can differ, and each is set once: at most two more attempts. */
  #publishOverFlags(flagged: number, next: number): void {
    let seen = flagged;
    for (;;) {
      if ((seen & CLOSED) !== 0) throw this.control.endError();
      const witnessed = compareExchange(this.words, PRODUCER_CURSOR, seen, next);
      if (witnessed === seen) break;
      seen = witnessed;
    }
    this.control.wakeReaders();
  }

  #isClosed(): boolean {
    return (load(this.words, PRODUCER_CURSOR) & CLOSED) !== 0;
  }

  #throwIfClosed(): void {
    if (this.#isClosed()) throw this.control.endError();
  }

  protected countWait(): void {
    this.#counters.add(DESK_WAITS, 1);
  }

  protected releaseRole(): void {
    if (this.control.releaseWriterRole(this.#seat)) this.control.lot.leave(this.#seat, 1);
  }
}

/** Marks the stream of a spsc ring as ended and wakes everybody. The state has left `open` before. */
export function markEnd(control: RingControl): void {
  or(control.memory.i32, PRODUCER_CURSOR, CLOSED);
  control.wakeReaders();
  control.wakeWriters();
}

export class FixedSpscWriter<T, V> extends SpscWriter<T> {
  readonly #binding: FixedBinding<T, V>;
  readonly #payload: number;
  readonly #slotBytes: number;

  constructor(control: RingControl, strategy: WaitStrategy, codec: FixedCodec<T, V>) {
    super(control, strategy);
    this.#binding = codec.bind(control.memory);
    this.#payload = control.layout.payload;
    this.#slotBytes = control.layout.slotBytes;
  }

  offer(value: T): boolean {
    const position = this.position;
    if (distance(this.freeUntil, position) < STEP && !this.makeRoom(STEP)) return this.refuse();
    this.beginEncoding();
    try {
      this.#binding.write(value, this.#payload + ((position >>> 2) & this.mask) * this.#slotBytes); // 2.
    } finally {
      this.encoding = false;
    }
    this.publish((position + STEP) | 0, 1);
    return true;
  }

  offerAll(values: ArrayLike<T>): number {
    const wanted = values.length;
    if (wanted === 0) return 0;
    this.makeRoom(Math.min(wanted, this.control.layout.capacity) * STEP);
    const count = Math.min(wanted, this.freeSlots);
    if (count > 0) this.#writeAll(values, count);
    return count < wanted && this.refuse() ? this.#dropRest(wanted - count) + count : count;
  }

  #writeAll(values: ArrayLike<T>, count: number): void {
    this.beginEncoding();
    try {
      this.#encodeAll(values, count);
    } finally {
      this.encoding = false;
    }
    this.publish((this.position + count * STEP) | 0, count);
  }

  #encodeAll(values: ArrayLike<T>, count: number): void {
    const slotBytes = this.#slotBytes;
    const first = (this.position >>> 2) & this.mask;
    const untilEnd = Math.min(count, this.mask + 1 - first);
    writeSlots(this.#binding, values, 0, untilEnd, this.#payload + first * slotBytes, slotBytes); // 2.
    if (untilEnd < count) {
      writeSlots(this.#binding, values, untilEnd, count - untilEnd, this.#payload, slotBytes);
    }
  }

  /** The first of the dropped messages was counted by `refuse`. */
  #dropRest(dropped: number): number {
    for (let i = 1; i < dropped; i++) this.refuse();
    return dropped;
  }
}

/** Writes values into neighbouring slots, of which each holds exactly one. */
export function writeSlots<T>(
  binding: FixedBinding<T, unknown>,
  values: ArrayLike<T>,
  from: number,
  count: number,
  at: number,
  slotBytes: number,
): void {
  if (binding.writeAll !== undefined) binding.writeAll(values, from, count, at);
  else for (let i = 0; i < count; i++) binding.write(values[from + i] as T, at + i * slotBytes);
}

export class VariableSpscWriter<T, V> extends SpscWriter<T> {
  readonly #codec: VariableCodec<T, V>;
  readonly #binding: VariableBinding<T, V>;
  readonly #scratch: Scratch<T, V>;
  readonly #lengths: number;
  readonly #payload: number;
  readonly #slotBytes: number;
  readonly #maxBytes: number;

  constructor(control: RingControl, strategy: WaitStrategy, codec: VariableCodec<T, V>) {
    super(control, strategy);
    const { layout, memory } = control;
    this.#codec = codec;
    this.#binding = codec.bind(memory);
    this.#scratch = new Scratch(codec, layout.maxMessageBytes);
    this.#lengths = layout.lengths;
    this.#payload = layout.payload;
    this.#slotBytes = layout.slotBytes;
    this.#maxBytes = layout.maxMessageBytes;
  }

  offer(value: T): boolean {
    const next = this.#encode(value, this.position);
    if (next === this.position) return this.refuse();
    this.publish(next, 1);
    return true;
  }

  offerAll(values: ArrayLike<T>): number {
    let next = this.position;
    let count = 0;
    for (; count < values.length; count++) {
      const end = this.#encode(values[count] as T, next);
      if (end === next) break;
      next = end;
    }
    if (count > 0) this.publish(next, count);
    while (count < values.length && this.refuse()) count++;
    return count;
  }

  #encode(value: T, at: number): number {
    this.beginEncoding();
    try {
      return this.#write(value, at);
    } finally {
      this.encoding = false;
    }
  }

  /** Writes a message at `at` and returns where it ends; `at` itself when there is no room. */
  #write(value: T, at: number): number {
    const prepared = this.#codec.prepare(value);
    const bound = this.#codec.bound(prepared);
    const units = this.#unitsOf(bound);
    const before = distance(at, this.position);
    if (bound <= this.#maxBytes && this.makeRoom(before + units))
      return this.#writeInPlace(prepared, at, units);
    const length = this.#scratch.encode(prepared, bound);
    const exact = this.#unitsOf(length);
    if (!this.makeRoom(before + exact)) return at;
    copyBytes(this.#scratch.memory, 0, this.control.memory, this.#byteOf(at), length); // 2.
    return this.#end(at, length);
  }

  #writeInPlace(prepared: unknown, at: number, units: number): number {
    const byte = this.#byteOf(at);
    return this.#end(at, this.#binding.write(prepared, byte, byte + (units / STEP) * this.#slotBytes)); // 2.
  }

  #end(at: number, length: number): number {
    this.words[this.#lengths + ((at >>> 2) & this.mask)] = length;
    return (at + this.#unitsOf(length)) | 0;
  }

  #byteOf(position: number): number {
    return this.#payload + ((position >>> 2) & this.mask) * this.#slotBytes;
  }

  #unitsOf(bytes: number): number {
    return Math.max(1, Math.ceil(bytes / this.#slotBytes)) * STEP;
  }
}
