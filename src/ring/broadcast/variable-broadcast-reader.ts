import { load } from '../atomics.ts';
import type { VariableBinding, VariableCodec } from '../codec/codec.ts';
import type { RingControl } from '../control.ts';
import { isCurrent, MANY, PHASE, PUBLISHED } from '../mpmc/turn.ts';
import { refuseNestedRead } from '../reader.ts';
import { distance } from '../sequence.ts';
import { checkedLength } from '../slots.ts';
import type { WaitStrategy } from '../waiting/wait-strategy.ts';
import { BroadcastReader } from './broadcast-reader.ts';

export class VariableBroadcastReader<T, V> extends BroadcastReader<T, V> {
  readonly #binding: VariableBinding<T, V>;
  readonly #lengths: number;
  readonly #payload: number;
  readonly #slotBytes: number;
  readonly #maxBytes: number;

  constructor(
    control: RingControl,
    strategy: WaitStrategy,
    subscription: number,
    codec: VariableCodec<T, V>,
    after?: readonly number[],
  ) {
    super(control, strategy, subscription, after);
    const { layout } = control;
    this.#binding = codec.bind(control.memory);
    this.#lengths = layout.lengths;
    this.#payload = layout.payload;
    this.#slotBytes = layout.slotBytes;
    this.#maxBytes = layout.maxMessageBytes;
  }

  poll(): T | undefined {
    if (this.busy) refuseNestedRead();
    if (!this.find(Number.POSITIVE_INFINITY)) return undefined;
    const at = this.#byte();
    const length = this.#advance();
    try {
      return this.#binding.read(at, length); // 2.
    } finally {
      this.commit(1);
    }
  }

  protected step(): V {
    const at = this.#byte();
    return this.#binding.view(at, this.#advance()); // 2.
  }

  protected skip(): void {
    this.#advance();
  }

  protected endOf(from: number, first: number, most: number): number {
    const { subscriptions, words } = this;
    let at = (from + this.#spanAt(from, first)) | 0;
    for (let count = 1; count < most && distance(at, from) < subscriptions.capacity; count++) {
      const word = load(words, subscriptions.indexOf(at)); // 1.
      if (!isCurrent(word, subscriptions.lapOf(at)) || (word & PHASE) !== PUBLISHED) break;
      at = (at + this.#spanAt(at, word)) | 0;
    }
    return at;
  }

  #byte(): number {
    return this.#payload + (this.position & this.subscriptions.mask) * this.#slotBytes;
  }

  #advance(): number {
    const published = distance(this.published, this.position) * this.#slotBytes;
    const length = checkedLength(this.#lengthAt(this.position), published);
    this.last = this.position;
    this.position = (this.position + this.#spanOf(length)) | 0;
    return length;
  }

  /** By the turn word where that says it all: looking ahead then touches no other line. */
  #spanAt(at: number, word: number): number {
    return (word & MANY) === 0 ? 1 : this.#spanOf(this.#lengthAt(at));
  }

  #spanOf(length: number): number {
    return length <= this.#slotBytes ? 1 : Math.ceil(length / this.#slotBytes);
  }

  #lengthAt(at: number): number {
    return checkedLength(
      this.words[this.#lengths + (at & this.subscriptions.mask)] as number,
      this.#maxBytes,
    );
  }
}
