import type { VariableBinding, VariableCodec } from '../codec/codec.ts';
import type { RingControl } from '../control.ts';
import { copyBytes, Scratch } from '../scratch.ts';
import { distance } from '../sequence.ts';
import type { WaitStrategy } from '../waiting/wait-strategy.ts';
import { STEP } from './spsc-cursor.ts';
import { SpscWriter, unitsOf } from './spsc-writer.ts';

export class VariableSpscWriter<T, V, S> extends SpscWriter<T, S> {
  readonly #codec: VariableCodec<T, V>;
  readonly #binding: VariableBinding<T, V>;
  readonly #scratch: Scratch<T, V>;
  readonly #lengths: number;
  readonly #payload: number;
  readonly #slotBytes: number;
  readonly #maxBytes: number;

  constructor(control: RingControl, strategy: WaitStrategy, codec: VariableCodec<T, V>) {
    super(control, strategy, codec.spec);
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

  /** A message that is dropped leaves room that a smaller one behind it may use. */
  offerAll(values: ArrayLike<T>): number {
    let next = this.position;
    let count = 0;
    let dropped = 0;
    for (; count < values.length; count++) {
      const end = this.#encode(values[count] as T, next);
      if (end === next && !this.refuse()) break;
      if (end === next) dropped++;
      next = end;
    }
    if (next !== this.position) this.publish(next, count - dropped);
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
    const units = unitsOf(bound, this.#slotBytes);
    const before = distance(at, this.position);
    if (bound <= this.#maxBytes && this.makeRoom(before + units))
      return this.#writeInPlace(prepared, at, units);
    const length = this.#scratch.encode(prepared, bound);
    const exact = unitsOf(length, this.#slotBytes);
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
    return (at + unitsOf(length, this.#slotBytes)) | 0;
  }

  #byteOf(position: number): number {
    return this.#payload + ((position >>> 2) & this.mask) * this.#slotBytes;
  }
}
