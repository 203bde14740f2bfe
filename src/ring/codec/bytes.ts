import type { Memory } from '../memory.ts';
import { ByteRows, otherSize } from './byte-rows.ts';
import type { CodecSpec, FixedBinding, FixedCodec, VariableBinding, VariableCodec } from './codec.ts';
import { describe, encodeError } from './field-error.ts';
import { checkSize } from './layout-size.ts';
import { setBytes, sliceBytes } from './set-bytes.ts';

/** See `bytes`. */
export interface BytesCodec extends VariableCodec<Uint8Array, Uint8Array, Uint8Array> {
  /** Exactly `size` bytes, in exactly `size` bytes; an array of another length throws `EncodeError`. */
  (size: number): FixedCodec<Uint8Array>;
  /** The same as `bytes` itself. */
  (): VariableCodec<Uint8Array>;
}

/**
 * Bytes as they are: `bytes` for any number of them, `bytes(n)` for exactly `n`.
 *
 * Writers pass a `Uint8Array` (a `Buffer` is one), or any other view of an `ArrayBuffer`, which counts as its
 * bytes. It is copied into the ring, and must not be changed before the write has returned or its promise has
 * settled. `poll` and `take` give a copy that is the reader's own; `drain` and batches show a `Uint8Array`
 * over the ring's memory, without a copy. Above 64 bytes allocating that copy costs far more than filling it:
 * look in place where you can, or copy many messages of `bytes(n)` at once with `byteRows`.
 */
export const bytes: BytesCodec = /* @__PURE__ */ createBytes();

function createBytes(): BytesCodec {
  function sized(): VariableCodec<Uint8Array>;
  function sized(size: number): FixedCodec<Uint8Array>;
  function sized(size?: number): FixedCodec<Uint8Array> | VariableCodec<Uint8Array> {
    if (size === undefined) return bytes as VariableCodec<Uint8Array>;
    checkSize('size', size);
    return new FixedBytes(size);
  }
  return Object.assign(sized, {
    kind: 'variable' as const,
    spec: { name: 'bytes' },
    typicalSize: 256,
    prepare: bytesOf,
    bound: (prepared: Uint8Array) => prepared.length,
    bind: (memory: Memory) => new VariableBytesBinding(memory),
  });
}

/** The bytes of any view of a buffer; throws `EncodeError` for everything else. */
function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (!ArrayBuffer.isView(value)) throw encodeError('', `expected a Uint8Array, got ${describe(value)}`);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

class VariableBytesBinding implements VariableBinding<Uint8Array, Uint8Array, Uint8Array> {
  readonly #u8: Uint8Array;

  constructor(memory: Memory) {
    this.#u8 = memory.u8;
  }

  write(prepared: Uint8Array, at: number, limit: number): number {
    const length = prepared.length;
    if (at + length > limit) throw encodeError('', `${length} bytes do not fit in ${limit - at}`);
    setBytes(this.#u8, prepared, at);
    return length;
  }

  read(at: number, length: number): Uint8Array {
    return sliceBytes(this.#u8, at, at + length);
  }

  view(at: number, length: number): Uint8Array {
    return new Uint8Array(this.#u8.buffer, at, length);
  }
}

class FixedBytes implements FixedCodec<Uint8Array> {
  readonly kind = 'fixed';
  readonly spec: CodecSpec;
  readonly size: number;
  readonly alignment = 1;

  constructor(size: number) {
    this.spec = { name: 'bytes', size };
    this.size = size;
  }

  bind(memory: Memory): FixedBinding<Uint8Array> {
    return new FixedBytesBinding(memory, this.size);
  }
}

/** How many views a binding remembers at most: they take about a hundred bytes each. */
const VIEWS_MAX = 65_536;

class FixedBytesBinding implements FixedBinding<Uint8Array> {
  readonly #u8: Uint8Array;
  readonly #size: number;
  /** Making a view costs more than 64 bytes do, so each place of a ring that is not huge has its own, made once. */
  readonly #views: (Uint8Array | undefined)[];

  constructor(memory: Memory, size: number) {
    this.#u8 = memory.u8;
    this.#size = size;
    this.#views = [];
  }

  write(value: Uint8Array, at: number): void {
    const source = bytesOf(value);
    if (source.length !== this.#size) {
      throw encodeError('', `expected ${this.#size} bytes, got ${source.length}`);
    }
    setBytes(this.#u8, source, at);
  }

  writeAll(values: ArrayLike<Uint8Array>, from: number, count: number, at: number): void {
    if (values instanceof ByteRows && values.size === this.#size) {
      setBytes(this.#u8, values.part(from, count), at);
      return;
    }
    for (let i = 0; i < count; i++) this.write(values[from + i] as Uint8Array, at + i * this.#size);
  }

  readAll(target: Uint8Array[] | ArrayLike<Uint8Array>, to: number, count: number, at: number): void {
    if (target instanceof ByteRows) {
      if (target.size !== this.#size) throw otherSize(target.size, this.#size);
      setBytes(target.bytes, this.#u8.subarray(at, at + count * this.#size), to * this.#size);
      return;
    }
    for (let i = 0; i < count; i++) (target as Uint8Array[])[to + i] = this.read(at + i * this.#size);
  }

  read(at: number): Uint8Array {
    return sliceBytes(this.#u8, at, at + this.#size);
  }

  view(at: number): Uint8Array {
    const place = Math.floor(at / this.#size); // No two messages overlap, so no two begin in one place.
    if (place >= VIEWS_MAX) return new Uint8Array(this.#u8.buffer, at, this.#size);
    const known = this.#views[place];
    if (known !== undefined && known.byteOffset === at) return known;
    const view = new Uint8Array(this.#u8.buffer, at, this.#size);
    this.#views[place] = view;
    return view;
  }
}
