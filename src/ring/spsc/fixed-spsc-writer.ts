import type { FixedBinding, FixedCodec } from '../codec/codec.ts';
import type { RingControl } from '../control.ts';
import { distance } from '../sequence.ts';
import { writeSlots } from '../slots.ts';
import type { WaitStrategy } from '../waiting/wait-strategy.ts';
import { STEP } from './spsc-cursor.ts';
import { SpscWriter } from './spsc-writer.ts';

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
