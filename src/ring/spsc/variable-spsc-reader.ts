import type { VariableBinding, VariableCodec } from '../codec/codec.ts';
import type { RingControl } from '../control.ts';
import { refuseNestedRead } from '../reader.ts';
import { distance } from '../sequence.ts';
import { checkedLength } from '../slots.ts';
import type { WaitStrategy } from '../waiting/wait-strategy.ts';
import { STEP } from './spsc-cursor.ts';
import { SpscReader } from './spsc-reader.ts';

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
    const next = this.position;
    let value: T;
    try {
      value = this.#binding.read(this.#byteOf(position), length); // 2.
    } catch (error) {
      this.releaseUndecoded(next);
      throw error;
    }
    this.releaseLast(next);
    return value;
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
    const published = (distance(this.end, this.position) / STEP) * this.#slotBytes;
    const length = checkedLength(
      this.words[this.#lengths + ((this.position >>> 2) & this.mask)] as number,
      Math.min(this.#maxBytes, published),
    );
    const units = Math.max(1, Math.ceil(length / this.#slotBytes)) * STEP;
    this.position = (this.position + units) | 0;
    return length;
  }
}
