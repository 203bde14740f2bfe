import { load } from '../atomics.ts';
import type { VariableBinding, VariableCodec } from '../codec/codec.ts';
import type { RingControl } from '../control.ts';
import { refuseNestedRead } from '../reader.ts';
import { distance } from '../sequence.ts';
import { checkedLength } from '../slots.ts';
import type { WaitStrategy } from '../waiting/wait-strategy.ts';
import { MpmcReader } from './mpmc-reader.ts';
import { isCurrent, PHASE, PUBLISHED } from './turn.ts';

export class VariableMpmcReader<T, V> extends MpmcReader<T, V> {
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
    if (!this.takeRecord(1)) return undefined;
    let value: T;
    try {
      const slot = this.taken & this.turns.mask;
      value = this.#binding.read(this.#payload + slot * this.#slotBytes, this.#lengthAt(slot)); // 6.
    } catch (error) {
      this.releaseUndecoded();
      throw error;
    }
    this.releaseLast();
    return value;
  }

  protected showAll(each: (view: V) => void): void {
    const end = (this.taken + this.takenSpan) | 0;
    while (this.at !== end) {
      this.read++;
      each(this.step());
    }
  }

  protected step(): V {
    const slot = this.at & this.turns.mask;
    const room = distance((this.taken + this.takenSpan) | 0, this.at) * this.#slotBytes;
    const length = checkedLength(this.#lengthAt(slot), room);
    this.at = (this.at + this.heldSpan(this.at)) | 0;
    return this.#binding.view(this.#payload + slot * this.#slotBytes, length); // 6.
  }

  protected spanOfMessage(at: number, word: number): number {
    return this.turns.spanByRun(at, word);
  }

  protected heldSpan(at: number): number {
    return Math.max(1, Math.ceil(this.#lengthAt(at & this.turns.mask) / this.#slotBytes));
  }

  protected gather(from: number, first: number, most: number): number {
    const { turns, words } = this;
    let span = this.spanOfMessage(from, first);
    for (let messages = 1; messages < most && span < turns.capacity; messages++) {
      const at = (from + span) | 0;
      const word = load(words, turns.indexOf(at));
      if (!isCurrent(word, turns.lapOf(at)) || (word & PHASE) !== PUBLISHED) break;
      span += this.spanOfMessage(at, word);
    }
    return span;
  }

  #lengthAt(slot: number): number {
    return checkedLength(this.words[this.#lengths + slot] as number, this.#maxBytes);
  }
}
