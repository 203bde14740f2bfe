import { OptionError } from '../errors.ts';
import type { VariableCodec } from './codec.ts';
import { describe } from './field-error.ts';
import { checkSize } from './layout-size.ts';
import { SerializedCodec } from './serialized.ts';

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
 * is checked to have the same name and version. `undefined` can't be a message. What `encode` throws arrives as the cause of an
 * `EncodeError`, what `decode` throws as the cause of a `DecodeError`.
 */
export function custom<T>(options: CustomOptions<T>): VariableCodec<T> {
  checkCustom(options);
  const { name, version, typicalSize = TYPICAL_BYTES } = options;
  checkSize('typicalSize', typicalSize);
  const codec = new SerializedCodec<T>({ name: 'custom', format: name, version }, typicalSize, {
    name,
    encode: (value) => options.encode(value),
    decode: (u8, at, length) => options.decode(u8.slice(at, at + length)),
  });
  return codec as VariableCodec<T>;
}

const TYPICAL_BYTES = 256;

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
