import { compareExchange, load, or } from '../atomics.ts';
import { OpenClaim } from '../claim.ts';
import type { CodecSpec } from '../codec/codec.ts';
import type { RingControl } from '../control.ts';
import { Counters } from '../counters.ts';
import {
  CONSUMER_CURSOR,
  DESK_DROPPED,
  DESK_WAITS,
  DESK_WRITTEN,
  deskOf,
  PRODUCER_CURSOR,
} from '../layout.ts';
import { distance } from '../sequence.ts';
import { PATIENCE_MS, UNTIL_WOKEN, type WaitStrategy } from '../waiting/wait-strategy.ts';
import { RingWriter } from '../writer.ts';
import { CLOSED, corruptCursors, FLAGS, RELEASING, SLEEPER, STEP } from './spsc-cursor.ts';

/** What both kinds of spsc writer share: room and publication. The argument is in `spsc-ring.ts`. */
export abstract class SpscWriter<T, S> extends RingWriter<T, S> {
  protected readonly words: Int32Array;
  protected readonly mask: number;
  /** Where the next message goes. */
  protected position: number;
  /** Up to where the slots were free when last looked. */
  protected freeUntil: number;
  /** Up to where slots are free and their cache lines were fetched (`FixedSpscWriter`); never behind `position`. */
  protected fetched: number;
  readonly #capacity: number;
  readonly #counters: Counters;
  readonly #seat: number;
  /** Units that the message last refused needs. */
  #needed: number = STEP;

  constructor(control: RingControl, strategy: WaitStrategy, spec: CodecSpec) {
    super(control, strategy, spec);
    control.takeWriterRole();
    this.#seat = control.lot.seat.number;
    control.lot.enter(this.#seat);
    this.words = control.memory.i32;
    this.mask = control.layout.slots - 1;
    this.#capacity = control.layout.capacity * STEP;
    this.#counters = new Counters(control.memory, deskOf(0));
    this.position = load(this.words, PRODUCER_CURSOR) & ~FLAGS;
    this.freeUntil = this.position;
    this.fetched = this.position;
    this.#look();
  }

  /** Reloads the consumer cursor (1 of the order argument). */
  #look(): void {
    this.#learn(load(this.words, CONSUMER_CURSOR));
  }

  /** Up to where slots are free, by a cursor from shared memory, which is checked before it is used. */
  #learn(cursor: number): void {
    const freeUntil = ((cursor & ~FLAGS) + this.#capacity) | 0;
    if ((freeUntil - this.position) >>> 0 > this.#capacity) throw corruptCursors();
    this.freeUntil = freeUntil;
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

  protected armForRoom(): number {
    this.control.registerWriter();
    const cursor = or(this.words, CONSUMER_CURSOR, SLEEPER);
    this.#learn(cursor);
    if (distance(this.freeUntil, this.position) >= this.#needed || this.#isClosed()) return 0;
    return (cursor & RELEASING) === 0 ? UNTIL_WOKEN : PATIENCE_MS;
  }

  /** Slots free at the last look. */
  protected get freeSlots(): number {
    return distance(this.freeUntil, this.position) / STEP;
  }

  /** Room in the ring itself: the slots from `position` on are the writer's (1). */
  protected openClaim(size: number): OpenClaim | undefined {
    const { layout, memory } = this.control;
    const { lengths, payload, slotBytes, variable } = layout;
    if (!this.makeRoom(unitsOf(size, slotBytes))) return undefined;
    const slot = (this.position >>> 2) & this.mask;
    const bytes = memory.u8.subarray(payload + slot * slotBytes, payload + slot * slotBytes + size); // 2.
    const commit = (length: number) => {
      if (variable) this.words[lengths + slot] = length;
      this.publishRun((this.position + unitsOf(length, slotBytes)) | 0, 1);
      return true;
    };
    return new OpenClaim(bytes, variable ? 0 : size, commit, () => {
      this.encoding = false;
    });
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

  /** `publish` of slots that were written without having been fetched. */
  protected publishRun(next: number, messages: number): void {
    this.publish(next, messages);
    this.fetched = next;
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

/** How far a message of so many bytes moves the cursor. */
export function unitsOf(bytes: number, slotBytes: number): number {
  return Math.max(1, Math.ceil(bytes / slotBytes)) * STEP;
}

/** Marks the stream of a spsc ring as ended and wakes everybody. The state has left `open` before. */
export function markEnd(control: RingControl): void {
  or(control.memory.i32, PRODUCER_CURSOR, CLOSED);
  control.wakeReaders();
  control.wakeWriters();
}
