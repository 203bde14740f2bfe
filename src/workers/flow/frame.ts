import { deserialize, serialize } from 'node:v8';
import type {
  Codec,
  CodecSpec,
  FixedBinding,
  FixedCodec,
  Memory,
  PortableError,
  VariableBinding,
  VariableCodec,
} from '../../ring/index.ts';
import { LENGTH_BYTES, type RecordBuffer, roundUp8, strideOf } from './record-buffer.ts';

/**
 * Records travel between threads in frames: one message of a ring holds many of them. What a message costs
 * (publication, release, wake-up, acknowledgement) is so paid once a frame.
 *
 *   byte 0                                                  40
 *   ├───────────────────────────────────────────────────────┼─────────┬───────────┬─────────┬─────────┐
 *   │ tag flags count bodyBytes sentAt frame letters first  │ records │ origins ? │ marks … │ letters │
 *   └───────────────────────────────────────────────────────┴─────────┴───────────┴─────────┴─────────┘
 */
const TAG = 0;
const FLAGS = 1;
const COUNT = 2;
const BODY_BYTES = 3;
const SENT_AT = 2; // In units of 8 bytes, as
const FRAME = 3; // this.
const LETTERS = 8;
const FIRST = 9;
const HEADER_BYTES = 40;

const LAST = 1;

/** A record that no thread could handle, on its way to the dead letters. */
export interface Letter {
  readonly value: unknown;
  readonly error: PortableError;
  readonly stage: string;
  readonly thread: number;
  /** Where it stood in its frame. */
  readonly place: number;
  readonly attempts: number;
  readonly deaths: number;
}

/** A frame to be written. */
export interface Draft {
  /** Counts what one thread has written, over all that have stood in its place: tells a repetition. */
  readonly tag: number;
  /** The number of the frame as its source dealt it. */
  readonly frame: number;
  /** Whether nothing else of this frame will come from this thread. */
  readonly last: boolean;
  /** How many records of this frame this thread has sent before. */
  readonly first: number;
  readonly records: RecordBuffer<unknown>;
  /** Encoded letters. */
  readonly letters: readonly Uint8Array[];
}

export interface Columns {
  /** For each record, its place in its frame, where that is not just the next one. */
  readonly origins: boolean;
  /** Numbers beside each record: see `mark.ts`. */
  readonly marks: number;
}

/** The codec of frames of records of another codec. */
export function frames<T>(records: Codec<T, unknown>, columns: Columns): VariableCodec<Draft, Frame<T>> {
  return new FrameCodec(records, columns) as VariableCodec<Draft, Frame<T>>;
}

export const encodeLetter = (letter: Letter): Uint8Array => serialize(letter);
export const decodeLetter = (bytes: Uint8Array): Letter => deserialize(bytes) as Letter;

class FrameCodec<T> implements VariableCodec<Draft, Frame<T>, Draft> {
  readonly kind = 'variable';
  readonly spec: CodecSpec;
  readonly typicalSize: number = 1024;
  readonly #records: Codec<T, unknown>;
  readonly #columns: Columns;

  constructor(records: Codec<T, unknown>, columns: Columns) {
    this.#records = records;
    this.#columns = columns;
    this.spec = { name: 'frames', of: records.spec, origins: columns.origins, marks: columns.marks };
  }

  prepare(draft: Draft): Draft {
    return draft;
  }

  bound({ records, letters }: Draft): number {
    const { origins, marks } = this.#columns;
    const columns = (marks + (origins ? 1 : 0)) * roundUp8(records.count * 4);
    return HEADER_BYTES + roundUp8(records.byteLength) + columns + lettersLength(letters);
  }

  bind(memory: Memory): VariableBinding<Draft, Frame<T>, Draft> {
    return new FrameBinding(memory, this.#records, this.#columns);
  }
}

class FrameBinding<T> implements VariableBinding<Draft, Frame<T>, Draft> {
  readonly #memory: Memory;
  readonly #columns: Columns;
  readonly #read: Read<T>;

  constructor(memory: Memory, records: Codec<T, unknown>, columns: Columns) {
    this.#memory = memory;
    this.#columns = columns;
    this.#read = records.kind === 'fixed' ? readFixed(records, memory) : readVariable(records, memory);
  }

  write({ tag, frame, last, first, records, letters }: Draft, at: number): number {
    const { i32, f64 } = this.#memory;
    const { origins, marks } = this.#columns;
    const word = at >> 2;
    i32[word + TAG] = tag;
    i32[word + FLAGS] = last ? LAST : 0;
    i32[word + FIRST] = first;
    i32[word + COUNT] = records.count;
    f64[(at >> 3) + SENT_AT] = now();
    f64[(at >> 3) + FRAME] = frame;
    i32[word + BODY_BYTES] = roundUp8(records.byteLength);
    i32[word + LETTERS] = letters.length;
    records.copyTo(this.#memory.u8, at + HEADER_BYTES);
    let end = at + HEADER_BYTES + roundUp8(records.byteLength);
    if (origins) end = this.#writeColumn(records.origins, records.count, end);
    for (let i = 0; i < marks; i++) {
      end = this.#writeColumn(records.marks[i] as Uint32Array, records.count, end);
    }
    for (const letter of letters) end = this.#writeLetter(letter, end);
    return end - at;
  }

  #writeColumn(column: Uint32Array, count: number, at: number): number {
    this.#memory.u32.set(column.subarray(0, count), at >> 2);
    return at + roundUp8(count * 4);
  }

  #writeLetter(letter: Uint8Array, at: number): number {
    this.#memory.i32[at >> 2] = letter.length;
    this.#memory.u8.set(letter, at + LENGTH_BYTES);
    return at + LENGTH_BYTES + roundUp8(letter.length);
  }

  read(at: number): never {
    throw new TypeError(`Frames are read in place (at byte ${at}): use drain() or a batch.`);
  }

  view(at: number): Frame<T> {
    return new Frame(this.#memory, at, this.#columns, this.#read);
  }
}

/** A frame that was read: good until it is released, but for what was taken out of it. */
export class Frame<T> {
  readonly tag: number;
  readonly frame: number;
  readonly last: boolean;
  readonly count: number;
  /** How many records of the same frame came before from the same thread. */
  readonly first: number;
  /** Milliseconds since 1970, when it was written. */
  readonly sentAt: number;
  readonly #memory: Memory;
  readonly #at: number;
  readonly #columns: Columns;
  readonly #read: Read<T>;

  constructor(memory: Memory, at: number, columns: Columns, read: Read<T>) {
    const word = at >> 2;
    const { i32, f64 } = memory;
    this.tag = i32[word + TAG] as number;
    this.frame = f64[(at >> 3) + FRAME] as number;
    this.last = ((i32[word + FLAGS] as number) & LAST) !== 0;
    this.count = i32[word + COUNT] as number;
    this.first = i32[word + FIRST] as number;
    this.sentAt = f64[(at >> 3) + SENT_AT] as number;
    this.#memory = memory;
    this.#at = at;
    this.#columns = columns;
    this.#read = read;
  }

  /** The records, or those of them with these indices (ascending), as values that outlive the frame. */
  values(chosen?: readonly number[]): T[] {
    return this.#read(this.#at + HEADER_BYTES, this.count, chosen);
  }

  /** For each record, its place in its frame; `undefined` where frames are not divided. */
  origins(): Uint32Array | undefined {
    return this.#columns.origins ? this.#column(0) : undefined;
  }

  marks(mark: number): Uint32Array {
    return this.#column(mark + (this.#columns.origins ? 1 : 0));
  }

  /** The encoded letters. */
  letters(): Uint8Array[] {
    const letters: Uint8Array[] = [];
    const count = this.#memory.i32[(this.#at >> 2) + LETTERS] as number;
    let at = this.#columnAt(this.#columns.marks + (this.#columns.origins ? 1 : 0));
    for (let i = 0; i < count; i++) {
      const length = this.#memory.i32[at >> 2] as number;
      letters.push(this.#memory.u8.slice(at + LENGTH_BYTES, at + LENGTH_BYTES + length));
      at += LENGTH_BYTES + roundUp8(length);
    }
    return letters;
  }

  #columnAt(column: number): number {
    const body = this.#memory.i32[(this.#at >> 2) + BODY_BYTES] as number;
    return this.#at + HEADER_BYTES + body + column * roundUp8(this.count * 4);
  }

  #column(column: number): Uint32Array {
    const word = this.#columnAt(column) >> 2;
    return this.#memory.u32.slice(word, word + this.count);
  }
}

/** Reads `count` records, or those with the indices `chosen`. */
type Read<T> = (at: number, count: number, chosen?: readonly number[]) => T[];

function readFixed<T>(codec: FixedCodec<T, unknown>, memory: Memory): Read<T> {
  const binding: FixedBinding<T, unknown> = codec.bind(memory);
  const stride = strideOf(codec);
  return (at, count, chosen) => {
    if (chosen !== undefined) return chosen.map((record) => binding.read(at + record * stride));
    const values: T[] = [];
    for (let i = 0; i < count; i++) values.push(binding.read(at + i * stride));
    return values;
  };
}

function readVariable<T>(codec: VariableCodec<T, unknown>, memory: Memory): Read<T> {
  const binding: VariableBinding<T, unknown> = codec.bind(memory);
  return (from, count, chosen) => {
    const values: T[] = [];
    let at = from;
    for (let i = 0; i < count; i++) {
      const length = memory.i32[at >> 2] as number;
      if (chosen === undefined || chosen[values.length] === i) {
        values.push(binding.read(at + LENGTH_BYTES, length));
      }
      at += LENGTH_BYTES + roundUp8(length);
    }
    return values;
  };
}

function lettersLength(letters: readonly Uint8Array[]): number {
  let bytes = 0;
  for (const letter of letters) bytes += LENGTH_BYTES + roundUp8(letter.length);
  return bytes;
}

/** Milliseconds since 1970, with fractions, the same in all threads. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
