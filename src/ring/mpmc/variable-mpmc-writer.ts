import { compareExchange } from '../atomics.ts';
import type { VariableCodec } from '../codec/codec.ts';
import type { RingControl } from '../control.ts';
import { copyBytes, Scratch } from '../scratch.ts';
import type { WaitStrategy } from '../waiting/wait-strategy.ts';
import { MpmcWriter } from './mpmc-writer.ts';
import { MANY, PUBLISHED, RELEASED } from './turn.ts';

export class VariableMpmcWriter<T, V, S> extends MpmcWriter<T, S> {
  readonly #codec: VariableCodec<T, V>;
  readonly #scratch: Scratch<T, V>;
  /** Lengths of the messages of the batch under way. */
  readonly #encoded: number[] = [];
  /** The slots where they begin, counted from the first, and where the last one ends. */
  readonly #starts: number[] = [0];
  /** The first message of the run that is being claimed. */
  #from = 0;
  readonly #lengths: number;
  readonly #payload: number;
  readonly #slotBytes: number;

  constructor(control: RingControl, strategy: WaitStrategy, codec: VariableCodec<T, V>) {
    super(control, strategy, codec.spec);
    const { layout } = control;
    this.#codec = codec;
    this.#scratch = new Scratch(codec, layout.maxMessageBytes);
    this.#lengths = layout.lengths;
    this.#payload = layout.payload;
    this.#slotBytes = layout.slotBytes;
  }

  offer(value: T): boolean {
    const length = this.#encode(value, 0);
    const span = this.#slotsFor(length);
    for (;;) {
      if (this.claimSlots(span, span) === 0) {
        const answer = this.refuse();
        if (answer !== undefined) return answer;
      } else {
        this.#copy(this.claimed, 0, length, span);
        if (this.publish(span)) break;
      }
    }
    this.countWritten(1);
    return true;
  }

  offerAll(values: ArrayLike<T>): number {
    this.#encodeAll(values);
    return this.offerRuns(values.length, (from) => {
      this.#from = from;
      const rest = (this.#starts[values.length] as number) - (this.#starts[from] as number);
      const span = this.claimSlots(this.#spanOf(from), rest);
      if (span === 0) return 0;
      const count = this.#copyRun(from, span);
      return this.publish(this.#spanOf(from)) ? count : undefined;
    });
  }

  protected fit(room: number): number {
    const first = this.#starts[this.#from] as number;
    let next = this.#from + 1;
    while (next < this.#encoded.length && (this.#starts[next + 1] as number) - first <= room) next++;
    return (this.#starts[next] as number) - first;
  }

  /** Encodes messages one after the other, each from a slot's beginning. */
  #encodeAll(values: ArrayLike<T>): void {
    this.#encoded.length = 0;
    this.#starts.length = 1;
    for (let i = 0; i < values.length; i++) {
      const start = this.#starts[i] as number;
      this.#encoded.push(this.#encode(values[i] as T, start * this.#slotBytes));
      this.#starts.push(start + this.#spanOf(i));
    }
  }

  #encode(value: T, at: number): number {
    this.beginEncoding();
    try {
      const prepared = this.#codec.prepare(value);
      return this.#scratch.encode(prepared, this.#codec.bound(prepared), at);
    } finally {
      this.encoding = false;
    }
  }

  #spanOf(message: number): number {
    return this.#slotsFor(this.#encoded[message] as number);
  }

  #slotsFor(length: number): number {
    return length <= this.#slotBytes ? 1 : Math.ceil(length / this.#slotBytes);
  }

  /** Copies the messages that fill `span` slots; how many they are. */
  #copyRun(from: number, span: number): number {
    const first = this.#starts[from] as number;
    let end = from + 1;
    while ((this.#starts[end] as number) - first < span) end++;
    if (end - from > 1) {
      this.#prepareInside(from, end); // Before the run words, which `#copy` writes: see `spanOf`.
      this.fence();
    }
    for (let next = from; next < end; next++) {
      const start = this.#starts[next] as number;
      const at = (this.claimed + start - first) | 0;
      this.#copy(at, start * this.#slotBytes, this.#encoded[next] as number, this.#spanOf(next));
    }
    return end - from;
  }

  /** Prepares the turn words inside a run so that readers may take it apart at every message. */
  #prepareInside(from: number, end: number): void {
    const { claimed, turns, words } = this;
    const first = this.#starts[from] as number;
    for (let next = from + 1; next < end; next++) {
      const at = (claimed + (this.#starts[next] as number) - first) | 0;
      words[turns.indexOf(at)] = turns.lapOf(at) | PUBLISHED | (this.#spanOf(next) > 1 ? MANY : 0);
    }
  }

  #copy(at: number, from: number, length: number, span: number): void {
    const { turns, words } = this;
    const slot = at & turns.mask;
    copyBytes(
      this.#scratch.memory,
      from,
      this.control.memory,
      this.#payload + slot * this.#slotBytes,
      length,
    ); // 3.
    words[this.#lengths + slot] = length;
    if (span > 1) words[turns.runOf(at)] = span; // Nobody asks for the run of a message in one slot.
    for (let i = 1; i < span; i++) {
      const inner = (at + i) | 0;
      words[turns.indexOf(inner)] = turns.lapOf(inner); // No record begins here in this lap.
    }
  }

  protected dropRecord(at: number, index: number, word: number): boolean {
    const released = this.turns.lapOf(at) | (word & MANY) | RELEASED;
    if (compareExchange(this.words, index, word, released) === word) this.countDrop(word);
    return true;
  }
}
