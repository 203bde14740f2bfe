import { UnsupportedError } from '../errors.ts';
import { nodeModule } from '../globals.ts';
import type { VariableCodec } from './codec.ts';
import { SerializedCodec } from './serialized.ts';

/**
 * Whatever the structured clone algorithm can hold, as `postMessage` has it: `clone<Order>()`. The type is the
 * writer's promise; readers do not check it.
 *
 * It keeps maps, sets, dates, bigints, typed arrays, errors, and objects that contain themselves. It is the
 * slowest codec, several microseconds a message: take it for a first day, or for values that nothing else can
 * hold. A function, a symbol and a `SharedArrayBuffer` throw `EncodeError`; nothing is transferred.
 *
 * Needs the serializer of `node:v8`, which browsers lack: there
 * `clone()`, and opening a ring of it, throws `UnsupportedError`.
 */
export function clone<T = unknown>(): VariableCodec<T> {
  codec ??= createClone();
  return codec as unknown as VariableCodec<T>;
}

interface V8 {
  serialize(value: unknown): Uint8Array;
  deserialize(bytes: Uint8Array): unknown;
}

const TYPICAL_BYTES = 256;
let codec: SerializedCodec<unknown> | undefined;

function createClone(): SerializedCodec<unknown> {
  const v8 = nodeModule<V8>('node:v8');
  if (v8 === undefined) {
    throw new UnsupportedError(
      'clone() needs the serializer of node:v8, which this runtime lacks; use msgpack() or json().',
    );
  }
  return new SerializedCodec({ name: 'clone' }, TYPICAL_BYTES, {
    name: 'clone',
    encode: (value) => v8.serialize(value),
    // A copy: typed arrays in the value are views of what it is read from.
    decode: (u8, at, length) => v8.deserialize(u8.slice(at, at + length)),
  });
}
