import { OptionError } from '../errors.ts';
import type { Memory } from '../memory.ts';
import type { CodecSpec, VariableBinding, VariableCodec } from './codec.ts';
import { decodeError, describe, encodeError } from './field-error.ts';
import { checkSize } from './layout-size.ts';

export interface CustomOptions<T> {
  /** What the format is called; both ends of a ring must agree on it. */
  readonly name: string;
  /** Which version of the format; to be changed when bytes change their meaning. */
  readonly version: number | string;
  /** Bytes; the slot size a ring takes when its options name none. Default 256. */
  readonly typicalSize?: number;
  /** Turns a value into bytes. The array is copied into the ring, and must not be used for another value before. */
  encode(value: T): Uint8Array;
  /** Turns bytes into a value. The array is a copy that the value may keep. */
  decode(bytes: Uint8Array): T;
}

/**
 * A codec from two functions of your own, such as those of a Protobuf message.
 *
 *   const order = custom({ name: 'shop.Order', version: 3, encode: Order.encode, decode: Order.decode });
 *
 * Functions can't travel in a handle: whoever opens the ring passes the codec, `open(handle, order)`, and it
 * is checked to have the same name and version. What `encode` throws arrives as the cause of an
 * `EncodeError`, what `decode` throws as the cause of a `DecodeError`.
 */
export function custom<T>(options: CustomOptions<T>): VariableCodec<T> {
  return new CustomCodec(options) as VariableCodec<T>;
}

const TYPICAL_BYTES = 256;

class CustomCodec<T> implements VariableCodec<T, T, Uint8Array> {
  readonly kind = 'variable';
  readonly spec: CodecSpec;
  readonly typicalSize: number;
  readonly #options: CustomOptions<T>;

  constructor(options: CustomOptions<T>) {
    const { name, version, typicalSize = TYPICAL_BYTES } = options;
    checkCustom(options);
    checkSize('typicalSize', typicalSize);
    this.spec = { name: 'custom', format: name, version };
    this.typicalSize = typicalSize;
    this.#options = options;
  }

  prepare(value: T): Uint8Array {
    let bytes: unknown;
    try {
      bytes = this.#options.encode(value);
    } catch (error) {
      throw encodeError('', `${this.#options.name} can't encode ${describe(value)}`, error);
    }
    if (bytes instanceof Uint8Array) return bytes;
    throw encodeError('', `encode of ${this.#options.name} must return a Uint8Array, got ${describe(bytes)}`);
  }

  bound(prepared: Uint8Array): number {
    return prepared.length;
  }

  bind(memory: Memory): VariableBinding<T, T, Uint8Array> {
    return new CustomBinding(memory, this.#options);
  }
}

function checkCustom<T>(options: CustomOptions<T>): void {
  const { name, version } = options;
  if (typeof name !== 'string' || name === '') {
    throw new OptionError('name', `name must be a string that is not empty, got ${describe(name)}.`);
  }
  if (typeof version !== 'string' && !Number.isFinite(version)) {
    throw new OptionError('version', `version must be a number or a string, got ${describe(version)}.`);
  }
  for (const option of ['encode', 'decode'] as const) {
    if (typeof options[option] === 'function') continue;
    throw new OptionError(option, `${option} must be a function, got ${describe(options[option])}.`);
  }
}

class CustomBinding<T> implements VariableBinding<T, T, Uint8Array> {
  readonly #u8: Uint8Array;
  readonly #options: CustomOptions<T>;

  constructor(memory: Memory, options: CustomOptions<T>) {
    this.#u8 = memory.u8;
    this.#options = options;
  }

  write(prepared: Uint8Array, at: number, limit: number): number {
    const length = prepared.length;
    if (at + length > limit) throw encodeError('', `${length} bytes do not fit in ${limit - at}`);
    this.#u8.set(prepared, at);
    return length;
  }

  read(at: number, length: number): T {
    const bytes = this.#u8.slice(at, at + length);
    try {
      return this.#options.decode(bytes);
    } catch (error) {
      throw decodeError('', 0, `${this.#options.name} can't decode the ${length} bytes`, error);
    }
  }

  view(at: number, length: number): T {
    return this.read(at, length);
  }
}
