import { compareExchange } from '../atomics.ts';
import type { FixedBinding, FixedCodec } from '../codec/codec.ts';
import type { RingControl } from '../control.ts';
import { DESK_SCRATCH, DESK_SCRATCH_BYTES, deskOf } from '../layout.ts';
import { Memory } from '../memory.ts';
import { copyBytes } from '../scratch.ts';
import { powerOfTwoFrom } from '../sequence.ts';
import { FixedSlots, writeSlots } from '../slots.ts';
import type { WaitStrategy } from '../waiting/wait-strategy.ts';
import { MpmcWriter } from './mpmc-writer.ts';
import { MANY, PUBLISHED, RELEASED } from './turn.ts';

export class FixedMpmcWriter<T, V, S> extends MpmcWriter<T, S> {
  readonly #codec: FixedCodec<T, V, S>;
  readonly #payload: number;
  readonly #slotBytes: number;
  /** Where batches are encoded. */
  #scratch: Memory;
  #encoder: FixedBinding<T, V, S>;
  /** Where single messages are encoded. */
  readonly #apart: Place<T, V, S>;
  /** Where they are for the core; `undefined` without one, and for messages that do not fit there. */
  readonly #desk: Place<T, V, S> | undefined;

  constructor(control: RingControl, strategy: WaitStrategy, codec: FixedCodec<T, V, S>) {
    super(control, strategy, codec.spec);
    this.#codec = codec;
    this.#payload = control.layout.payload;
    this.#slotBytes = control.layout.slotBytes;
    this.#scratch = scratchFor(this.#slotBytes);
    this.#encoder = codec.bind(this.#scratch);
    this.#apart = { memory: this.#scratch, at: 0, encoder: this.#encoder };
    this.#desk = this.core === undefined ? undefined : this.#deskFor(codec);
  }

  #deskFor(codec: FixedCodec<T, V, S>): Place<T, V, S> | undefined {
    if (this.#slotBytes > DESK_SCRATCH_BYTES || (this.#slotBytes & 3) !== 0) return undefined;
    const { lot, memory } = this.control;
    return { memory, at: (deskOf(lot.seat.number) + DESK_SCRATCH) * 4, encoder: codec.bind(memory) };
  }

  offer(value: T): boolean {
    const desk = this.roomKnown ? this.#desk : undefined;
    const { memory, at, encoder } = desk ?? this.#apart;
    this.beginEncoding();
    try {
      encoder.write(value, at); // User code runs here, before anything is claimed.
    } finally {
      this.encoding = false;
    }
    if (desk !== undefined && this.offerFromDesk(this.#slotBytes >> 2)) {
      this.countWritten(1);
      return true;
    }
    for (;;) {
      if (this.claimSlots(1, 1) === 0) {
        const answer = this.refuse();
        if (answer !== undefined) return answer;
      } else {
        this.#copy(memory, at, this.claimed, 1); // 3.
        if (this.publish(1)) break;
      }
    }
    this.countWritten(1);
    return true;
  }

  offerAll(values: ArrayLike<T>): number {
    const encoder = this.#encoderFor(values.length);
    this.beginEncoding();
    try {
      writeSlots(encoder, values, 0, values.length, 0, this.#slotBytes);
    } finally {
      this.encoding = false;
    }
    return this.#offerEncoded(values.length);
  }

  override fill(count: number, write: (slot: S, i: number) => void): number {
    const most = this.fillable(count);
    const slots = new FixedSlots(this.#encoderFor(most), this.#slotBytes);
    this.beginEncoding();
    try {
      slots.handOver(0, 0, most, write);
    } finally {
      this.encoding = false;
    }
    return this.#offerEncoded(most);
  }

  #offerEncoded(count: number): number {
    return this.offerRuns(count, (from, most) => {
      const span = this.claimSlots(1, most);
      if (span === 0) return 0;
      this.#copyRun(from, span);
      return this.publish(span) ? span : undefined;
    });
  }

  protected fit(room: number): number {
    return room;
  }

  /** Writes into private memory, which has room for `count` messages. */
  #encoderFor(count: number): FixedBinding<T, V, S> {
    if (this.#scratch.u8.length < count * this.#slotBytes) {
      this.#scratch = scratchFor(count * this.#slotBytes);
      this.#encoder = this.#codec.bind(this.#scratch);
    }
    return this.#encoder;
  }

  /** Copies a run, and prepares the turn words inside it so that readers may take it apart anywhere. */
  #copyRun(from: number, span: number): void {
    const { turns, claimed } = this;
    const untilEnd = Math.min(span, turns.mask + 1 - (claimed & turns.mask));
    const scratch = this.#scratch;
    this.#copy(scratch, from * this.#slotBytes, claimed, untilEnd); // 3.
    if (untilEnd < span) {
      const rest = (from + untilEnd) * this.#slotBytes;
      this.#copy(scratch, rest, (claimed + untilEnd) | 0, span - untilEnd);
    }
    if (span > 1) this.#prepareInside(span);
  }

  /** In this order, as `spanOf` needs it: a turn word says the lap before the run word speaks of it. */
  #prepareInside(span: number): void {
    const { turns, words, claimed } = this;
    for (let i = 1; i < span; i++) {
      const at = (claimed + i) | 0;
      words[turns.indexOf(at)] = turns.lapOf(at) | PUBLISHED | (i + 1 < span ? MANY : 0);
    }
    this.fence();
    for (let i = 0; i < span; i++) words[turns.runOf((claimed + i) | 0)] = span - i;
  }

  #copy(from: Memory, fromByte: number, at: number, slots: number): void {
    const { memory } = this.control;
    const to = this.#payload + (at & this.turns.mask) * this.#slotBytes;
    copySlot(from, fromByte, memory, to, slots * this.#slotBytes);
  }

  protected dropRecord(at: number, index: number, word: number): boolean {
    const released = this.turns.lapOf(at) | RELEASED; // One message of a run: the slot behind it is a boundary.
    if (compareExchange(this.words, index, word, released) === word) this.countDrop(word);
    return true;
  }
}

/** Memory in which one message is encoded. */
interface Place<T, V, S> {
  readonly memory: Memory;
  /** Byte. */
  readonly at: number;
  readonly encoder: FixedBinding<T, V, S>;
}

function scratchFor(bytes: number): Memory {
  return new Memory(new ArrayBuffer(powerOfTwoFrom(Math.max(bytes, 64))));
}

/** `copyBytes` for slots whose size may be less than a word. */
function copySlot(from: Memory, fromByte: number, to: Memory, toByte: number, length: number): void {
  if ((length & 3) === 0) copyBytes(from, fromByte, to, toByte, length);
  else for (let i = 0; i < length; i++) to.u8[toByte + i] = from.u8[fromByte + i] as number;
}
