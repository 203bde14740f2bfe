import { load } from '../atomics.ts';
import type { FixedBinding, FixedCodec } from '../codec/codec.ts';
import type { RingControl } from '../control.ts';
import { refuseNestedRead, type Writable } from '../reader.ts';
import { readSlots } from '../slots.ts';
import type { WaitStrategy } from '../waiting/wait-strategy.ts';
import { MpmcReader } from './mpmc-reader.ts';
import { isCurrent, PHASE, PUBLISHED } from './turn.ts';

export class FixedMpmcReader<T, V> extends MpmcReader<T, V> {
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
    if (!this.takeRecord(1)) return undefined;
    let value: T;
    try {
      value = this.#binding.read(this.#payload + (this.taken & this.turns.mask) * this.#slotBytes); // 6.
    } catch (error) {
      this.releaseUndecoded();
      throw error;
    }
    this.releaseLast();
    return value;
  }

  /** All in local variables: this loop is what a consumer in a hurry spends its time in. */
  protected showAll(each: (view: V) => void): void {
    const { taken, takenSpan } = this;
    const { mask } = this.turns;
    const binding = this.#binding;
    const payload = this.#payload;
    const slotBytes = this.#slotBytes;
    let shown = 0;
    try {
      while (shown < takenSpan) {
        const slot = (taken + shown) & mask;
        shown++;
        each(binding.view(payload + slot * slotBytes)); // 6.
      }
    } finally {
      this.read = shown;
      this.at = (taken + shown) | 0;
    }
  }

  override drainInto(target: T[] | Writable<T>): number {
    const binding = this.#binding;
    if (binding.readAll === undefined) return super.drainInto(target);
    if (this.busy) refuseNestedRead();
    if (target.length === 0 || !this.takeRecord(target.length)) return 0;
    const { taken, takenSpan } = this;
    this.beginReading();
    try {
      readSlots(binding, target, taken & this.turns.mask, takenSpan, this.control.layout); // 6.
      this.read = takenSpan;
      this.at = (taken + takenSpan) | 0;
    } finally {
      this.endReading();
    }
    return takenSpan;
  }

  protected step(): V {
    const slot = this.at & this.turns.mask;
    this.at = (this.at + 1) | 0;
    return this.#binding.view(this.#payload + slot * this.#slotBytes); // 6.
  }

  protected spanOfMessage(): number {
    return 1;
  }

  protected heldSpan(): number {
    return 1;
  }

  /** Hops from batch to batch: what a writer published together costs one look. */
  protected gather(from: number, first: number, most: number): number {
    const { turns, words } = this;
    const limit = Math.min(most, turns.capacity);
    let span = turns.spanByRun(from, first);
    while (span < limit) {
      const at = (from + span) | 0;
      const word = load(words, turns.indexOf(at));
      if (!isCurrent(word, turns.lapOf(at)) || (word & PHASE) !== PUBLISHED) break;
      span += turns.spanByRun(at, word);
    }
    return Math.min(span, limit);
  }
}
