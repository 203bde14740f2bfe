import { load } from '../atomics.ts';
import type { FixedBinding, FixedCodec } from '../codec/codec.ts';
import type { RingControl } from '../control.ts';
import { PRODUCER_CURSOR } from '../layout.ts';
import { checkedSpan } from '../mpmc/corrupt-turns.ts';
import { isCurrent, PHASE, PUBLISHED } from '../mpmc/turn.ts';
import { refuseNestedRead, type Writable } from '../reader.ts';
import { distance } from '../sequence.ts';
import { readSlots } from '../slots.ts';
import type { WaitStrategy } from '../waiting/wait-strategy.ts';
import { BroadcastReader } from './broadcast-reader.ts';

export class FixedBroadcastReader<T, V> extends BroadcastReader<T, V> {
  readonly #binding: FixedBinding<T, V, unknown>;
  readonly #payload: number;
  readonly #slotBytes: number;
  readonly #soleWriter: boolean;

  constructor(
    control: RingControl,
    strategy: WaitStrategy,
    subscription: number,
    codec: FixedCodec<T, V, unknown>,
    after?: readonly number[],
  ) {
    super(control, strategy, subscription, after);
    this.#binding = codec.bind(control.memory);
    this.#payload = control.layout.payload;
    this.#slotBytes = control.layout.slotBytes;
    this.#soleWriter = control.layout.soleWriter;
  }

  poll(): T | undefined {
    if (this.busy) refuseNestedRead();
    if (!this.find(Number.POSITIVE_INFINITY)) return undefined;
    const at = this.#advance();
    try {
      return this.#binding.read(at); // 2.
    } finally {
      this.commit(1);
    }
  }

  override drainInto(target: T[] | Writable<T>): number {
    const binding = this.#binding;
    if (binding.readAll === undefined) return super.drainInto(target);
    if (this.busy) refuseNestedRead();
    if (target.length === 0 || !this.find(target.length)) return 0;
    const count = Math.min(target.length, distance(this.published, this.position));
    readSlots(binding, target, this.position & this.subscriptions.mask, count, this.control.layout); // 2.
    this.position = (this.position + count) | 0;
    this.last = (this.position - 1) | 0;
    this.commit(count);
    return count;
  }

  protected step(): V {
    return this.#binding.view(this.#advance()); // 2.
  }

  protected skip(): void {
    this.#advance();
  }

  #advance(): number {
    const slot = this.position & this.subscriptions.mask;
    this.last = this.position;
    this.position = (this.position + 1) | 0;
    return this.#payload + slot * this.#slotBytes;
  }

  /** What a ring's only writer promises by its cursor: `sole-writer.ts`, 4. */
  protected override knownEnd(): number {
    if (!this.#soleWriter) return this.position;
    const ahead = distance(load(this.words, PRODUCER_CURSOR), this.position); // 1.
    return ahead > 0 ? (this.position + checkedSpan(ahead, this.subscriptions.capacity)) | 0 : this.position;
  }

  /** Hops from batch to batch: what a writer published together costs one look. */
  protected endOf(from: number, first: number, most: number): number {
    const { subscriptions, words } = this;
    const limit = Math.min(most, subscriptions.capacity);
    let count = subscriptions.spanByRun(from, first);
    while (count < limit) {
      const at = (from + count) | 0;
      const word = load(words, subscriptions.indexOf(at)); // 1.
      if (!isCurrent(word, subscriptions.lapOf(at)) || (word & PHASE) !== PUBLISHED) break;
      count += subscriptions.spanByRun(at, word);
    }
    return (from + checkedSpan(count, subscriptions.capacity)) | 0;
  }
}
