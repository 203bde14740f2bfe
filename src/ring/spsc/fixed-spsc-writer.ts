import type { FixedBinding, FixedCodec } from '../codec/codec.ts';
import type { RingControl } from '../control.ts';
import { fetchLines, slotsToFetch } from '../line-fetching.ts';
import { distance } from '../sequence.ts';
import { FixedSlots, writeSlots } from '../slots.ts';
import type { WaitStrategy } from '../waiting/wait-strategy.ts';
import { checkCount } from '../writer.ts';
import { STEP } from './spsc-cursor.ts';
import { SpscWriter } from './spsc-writer.ts';

export class FixedSpscWriter<T, V, S> extends SpscWriter<T, S> {
  readonly #binding: FixedBinding<T, V, S>;
  readonly #payload: number;
  readonly #slotBytes: number;
  /** Slots whose lines are fetched together. */
  readonly #fetchSlots: number;
  #slots: FixedSlots<T, S> | undefined;

  constructor(control: RingControl, strategy: WaitStrategy, codec: FixedCodec<T, V, S>) {
    super(control, strategy, codec.spec);
    this.#binding = codec.bind(control.memory);
    this.#payload = control.layout.payload;
    this.#slotBytes = control.layout.slotBytes;
    this.#fetchSlots = slotsToFetch(this.#slotBytes);
  }

  offer(value: T): boolean {
    const position = this.position;
    if (distance(this.fetched, position) < STEP && !this.#fetch(position)) return this.refuse();
    this.beginEncoding();
    try {
      this.#binding.write(value, this.#payload + ((position >>> 2) & this.mask) * this.#slotBytes); // 2.
    } finally {
      this.encoding = false;
    }
    this.publish((position + STEP) | 0, 1);
    return true;
  }

  /** Looks for room at `position`, and fetches the lines of the next free slots, which are the writer's (1). */
  #fetch(position: number): boolean {
    if (!this.makeRoom(STEP)) return false;
    if (this.encoding) return true; // These slots hold what is being written; `beginEncoding` refuses the call.
    const first = (position >>> 2) & this.mask;
    const count = Math.min(this.freeSlots, this.#fetchSlots, this.mask + 1 - first);
    const from = this.#payload + first * this.#slotBytes;
    fetchLines(this.control.memory, from, from + count * this.#slotBytes); // 2.
    this.fetched = (position + count * STEP) | 0;
    return true;
  }

  offerAll(values: ArrayLike<T>): number {
    return this.#writeRun(values.length, (count) => this.#encodeAll(values, count));
  }

  override fill(count: number, write: (slot: S, i: number) => void): number {
    checkCount(count);
    this.#slots ??= new FixedSlots(this.#binding, this.#slotBytes);
    const slots = this.#slots;
    return this.#writeRun(count, (free) => {
      const first = (this.position >>> 2) & this.mask;
      const untilEnd = Math.min(free, this.mask + 1 - first);
      slots.handOver(this.#payload + first * this.#slotBytes, 0, untilEnd, write); // 2.
      slots.handOver(this.#payload, untilEnd, free, write);
    });
  }

  /** Lets `compose` write as many of `wanted` messages as fit, and publishes them together. */
  #writeRun(wanted: number, compose: (count: number) => void): number {
    if (wanted === 0) return 0;
    this.makeRoom(Math.min(wanted, this.control.layout.capacity) * STEP);
    const count = Math.min(wanted, this.freeSlots);
    if (count > 0) {
      this.beginEncoding();
      try {
        compose(count);
      } finally {
        this.encoding = false;
      }
      this.publishRun((this.position + count * STEP) | 0, count);
    }
    return count < wanted && this.refuse() ? this.#dropRest(wanted - count) + count : count;
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
