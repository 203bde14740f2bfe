import type { Memory } from '../memory.ts';
import type { CodecSpec, VariableBinding, VariableCodec } from './codec.ts';
import { decodeError, describe, encodeError } from './field-error.ts';
import { setBytes } from './set-bytes.ts';

/** A format made elsewhere: something turns values into bytes of its own memory, and bytes into values. */
export interface Serializer<T> {
  /** How errors call it. */
  readonly name: string;
  /** The bytes of a value. They are copied into the ring, and must stay as they are until then. */
  encode(value: T): Uint8Array;
  /** The value in `length` bytes from `at`, which it must not keep a view of. */
  decode(u8: Uint8Array, at: number, length: number): T;
}

/**
 * A codec from a serializer. Because `poll` says `undefined` when there is no message, `undefined` can't be
 * one, and is refused.
 */
export class SerializedCodec<T> implements VariableCodec<T, T, Uint8Array> {
  readonly kind = 'variable';
  readonly spec: CodecSpec;
  readonly typicalSize: number;
  readonly #serializer: Serializer<T>;

  constructor(spec: CodecSpec, typicalSize: number, serializer: Serializer<T>) {
    this.spec = spec;
    this.typicalSize = typicalSize;
    this.#serializer = serializer;
  }

  prepare(value: T): Uint8Array {
    const { name } = this.#serializer;
    if (value === undefined) throw encodeError('', `expected a value that ${name} can hold, got undefined`);
    let bytes: unknown;
    try {
      bytes = this.#serializer.encode(value);
    } catch (error) {
      throw encodeError('', `${name} can't encode ${describe(value)}${reason(error)}`, error);
    }
    if (bytes instanceof Uint8Array) return bytes;
    throw encodeError('', `encode of ${name} must return a Uint8Array, got ${describe(bytes)}`);
  }

  bound(prepared: Uint8Array): number {
    return prepared.length;
  }

  bind(memory: Memory): VariableBinding<T, T, Uint8Array> {
    return new SerializedBinding(memory, this.#serializer);
  }
}

function reason(error: unknown): string {
  return error instanceof Error && error.message !== '' ? `: ${error.message}` : '';
}

class SerializedBinding<T> implements VariableBinding<T, T, Uint8Array> {
  readonly #u8: Uint8Array;
  readonly #serializer: Serializer<T>;

  constructor(memory: Memory, serializer: Serializer<T>) {
    this.#u8 = memory.u8;
    this.#serializer = serializer;
  }

  write(prepared: Uint8Array, at: number, limit: number): number {
    const length = prepared.length;
    if (at + length > limit) throw encodeError('', `${length} bytes do not fit in ${limit - at}`);
    setBytes(this.#u8, prepared, at);
    return length;
  }

  read(at: number, length: number): T {
    let value: T;
    try {
      value = this.#serializer.decode(this.#u8, at, length);
    } catch (error) {
      throw this.#undecodable(length, reason(error), error);
    }
    if (value === undefined) throw this.#undecodable(length, ': they stand for undefined');
    return value;
  }

  #undecodable(length: number, why: string, cause?: unknown): Error {
    return decodeError('', 0, `${this.#serializer.name} can't decode the ${length} bytes${why}`, cause);
  }

  view(at: number, length: number): T {
    return this.read(at, length);
  }
}
