import {
  type Codec,
  EncodeError,
  type FixedBinding,
  Memory,
  type VariableBinding,
} from '../../ring/index.ts';

const FIRST_BYTES = 16 * 1024;
/** What precedes a record of variable size: its length, and a word that keeps it at a multiple of 8. */
export const LENGTH_BYTES = 8;

export const roundUp8 = (bytes: number): number => (bytes + 7) & ~7;

/** Bytes from one record of a fixed codec to the next. */
export function strideOf(codec: { readonly size: number; readonly alignment: number }): number {
  return Math.ceil(codec.size / codec.alignment) * codec.alignment;
}

/**
 * Records that wait to be sent together, encoded one behind the other in private memory. A record is encoded
 * the moment it is pushed, so that an error is that record's own, and sending is one copy of bytes.
 */
export class RecordBuffer<T> {
  /** Bytes that may be buffered: what fits in one message. */
  readonly bytesMax: number;
  count = 0;
  /** For each record, the number of the record it was made from: where it belongs in its frame. */
  origins: Uint32Array = new Uint32Array(64);
  /** For each mark, a number for each record. */
  readonly marks: Uint32Array[];
  #bytes = 0;
  #memory = new Memory(new ArrayBuffer(FIRST_BYTES));
  #fixed: FixedBinding<T, unknown> | undefined;
  #variable: VariableBinding<T, unknown> | undefined;
  readonly #codec: Codec<T, unknown>;
  readonly #stride: number;

  constructor(codec: Codec<T, unknown>, bytesMax: number, marks: number) {
    this.#codec = codec;
    this.marks = Array.from({ length: marks }, () => new Uint32Array(64));
    this.bytesMax = bytesMax;
    this.#stride = codec.kind === 'fixed' ? strideOf(codec) : 0;
    this.#bind();
  }

  #bind(): void {
    const codec = this.#codec;
    if (codec.kind === 'fixed') this.#fixed = codec.bind(this.#memory);
    else this.#variable = codec.bind(this.#memory);
  }

  get byteLength(): number {
    return this.#bytes;
  }

  /** Copies the encoded records. */
  copyTo(target: Uint8Array, at: number): void {
    target.set(this.#memory.u8.subarray(0, this.#bytes), at);
  }

  /**
   * Appends a record. `false` when it does not fit behind the others: send those first. Throws `EncodeError`
   * when the value does not fit the codec, or does not fit into a message on its own.
   */
  push(value: T, origin: number): boolean {
    const codec = this.#codec;
    const pushed = codec.kind === 'fixed' ? this.#pushFixed(value) : this.#pushVariable(value);
    if (!pushed) return false;
    if (this.count === this.origins.length) this.#growColumns();
    this.origins[this.count++] = origin;
    return true;
  }

  /** Sets a mark of the record pushed last. */
  mark(mark: number, bits: number): void {
    (this.marks[mark] as Uint32Array)[this.count - 1] = bits;
  }

  #pushFixed(value: T): boolean {
    const at = this.#bytes;
    if (!this.#reserve(at + this.#stride)) return false;
    this.#fixed?.write(value, at);
    this.#bytes = at + this.#stride;
    return true;
  }

  #pushVariable(value: T): boolean {
    const codec = this.#codec;
    if (codec.kind === 'fixed') return false;
    const prepared = codec.prepare(value);
    const from = this.#bytes + LENGTH_BYTES;
    const wanted = from + roundUp8(codec.bound(prepared));
    if (!this.#reserve(wanted) && this.count > 0) return false;
    if (wanted > this.bytesMax) this.#reserve(this.bytesMax); // The bound is generous: it may fit all the same.
    const length = (this.#variable as VariableBinding<T, unknown, unknown>).write(
      prepared,
      from,
      Math.min(this.#memory.u8.length, this.bytesMax),
    );
    this.#memory.i32[this.#bytes >> 2] = length;
    this.#bytes = from + roundUp8(length);
    return true;
  }

  /** Makes room up to `end`; `false` when a message can't be that long. */
  #reserve(end: number): boolean {
    if (end <= this.#memory.u8.length) return true;
    if (end > this.bytesMax) {
      if (this.count > 0 || this.#codec.kind === 'variable') return false;
      throw new EncodeError('', `A record needs ${end} bytes where a message may have ${this.bytesMax}.`);
    }
    const before = this.#memory;
    this.#memory = new Memory(
      new ArrayBuffer(Math.min(roundUp8(this.bytesMax), Math.max(end, 2 * before.u8.length))),
    );
    this.#memory.u8.set(before.u8);
    this.#bind();
    return true;
  }

  #growColumns(): void {
    this.origins = grown(this.origins);
    for (const [i, column] of this.marks.entries()) this.marks[i] = grown(column);
  }

  clear(): void {
    this.count = 0;
    this.#bytes = 0;
  }
}

function grown(column: Uint32Array): Uint32Array {
  const larger = new Uint32Array(column.length * 2);
  larger.set(column);
  return larger;
}
