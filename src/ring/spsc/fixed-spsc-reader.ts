import type { FixedBinding, FixedCodec } from '../codec/codec.ts';
import type { RingControl } from '../control.ts';
import { refuseNestedRead, type Writable } from '../reader.ts';
import { distance } from '../sequence.ts';
import { readSlots } from '../slots.ts';
import type { WaitStrategy } from '../waiting/wait-strategy.ts';
import { STEP } from './spsc-cursor.ts';
import { SpscReader } from './spsc-reader.ts';

export class FixedSpscReader<T, V> extends SpscReader<T, V> {
  readonly #binding: FixedBinding<T, V, unknown>;
  readonly #payload: number;
  readonly #slotBytes: number;

  constructor(control: RingControl, strategy: WaitStrategy, codec: FixedCodec<T, V, unknown>) {
    super(control, strategy);
    this.#binding = codec.bind(control.memory);
    this.#payload = control.layout.payload;
    this.#slotBytes = control.layout.slotBytes;
  }

  poll(): T | undefined {
    if (this.busy) refuseNestedRead();
    const position = this.position;
    if (position === this.end && !this.look()) return undefined;
    const next = (position + STEP) | 0;
    let value: T;
    try {
      value = this.#binding.read(this.#payload + ((position >>> 2) & this.mask) * this.#slotBytes); // 2.
    } catch (error) {
      this.releaseUndecoded(next);
      throw error;
    }
    this.releaseLast(next);
    return value;
  }

  /**
   * A consumer in a hurry spends its time in these loops, so all is in local variables, integers (`max` may be infinite), and
   * whether the ring goes round is asked once.
   */
  protected showAll(each: (view: V) => void, max: number): void {
    const binding = this.#binding;
    const slotBytes = this.#slotBytes;
    const first = (this.position >>> 2) & this.mask;
    const count = Math.min(max, distance(this.end, this.position) >> 2) | 0;
    const untilEnd = Math.min(count, this.mask + 1 - first);
    let at = this.#payload + first * slotBytes;
    let shown = 0;
    try {
      while (shown < untilEnd) {
        const message = at;
        at += slotBytes;
        shown++;
        each(binding.view(message)); // 2.
      }
      at = this.#payload;
      while (shown < count) {
        const message = at;
        at += slotBytes;
        shown++;
        each(binding.view(message)); // 2.
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
    readSlots(binding, target, (this.position >>> 2) & this.mask, count, this.control.layout); // 2.
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
