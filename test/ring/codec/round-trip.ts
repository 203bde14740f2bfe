import { expect } from 'vitest';
import type { Codec, FixedCodec, VariableCodec } from '../../../src/ring/codec/codec.ts';
import { copy } from '../../../src/ring/codec/view.ts';
import { guardedMemory, interpreted, isUntouchedOutside } from './guarded-memory.ts';

/** What a codec gave back for a value it had written. */
export interface RoundTrip {
  readonly read: unknown;
  /** The view, copied. */
  readonly viewed: unknown;
  /** The bytes of the message. */
  readonly bytes: Uint8Array;
}

const AT = 64;

/** Writes and reads `value` with guard bytes around the message, and checks that they are still there. */
export function roundTrip<T, V>(codec: Codec<T, V>, value: T): RoundTrip {
  return codec.kind === 'fixed' ? fixedRoundTrip(codec, value) : variableRoundTrip(codec, value);
}

function fixedRoundTrip<T, V>(codec: FixedCodec<T, V>, value: T): RoundTrip {
  const memory = guardedMemory(AT + codec.size + 64);
  const binding = codec.bind(memory);
  binding.write(value, AT);
  expect(isUntouchedOutside(memory, AT, AT + codec.size)).toBe(true);
  return {
    read: binding.read(AT),
    viewed: copy(binding.view(AT)),
    bytes: memory.u8.slice(AT, AT + codec.size),
  };
}

function variableRoundTrip<T, V>(codec: VariableCodec<T, V>, value: T): RoundTrip {
  const prepared = codec.prepare(value);
  const bound = codec.bound(prepared);
  const memory = guardedMemory(AT + bound + 64);
  const binding = codec.bind(memory);
  const length = binding.write(prepared, AT, AT + bound);
  expect(length).toBeLessThanOrEqual(bound);
  expect(isUntouchedOutside(memory, AT, AT + length)).toBe(true);
  return {
    read: binding.read(AT, length),
    viewed: copy(binding.view(AT, length)),
    bytes: memory.u8.slice(AT, AT + length),
  };
}

/** What `write` threw, after checking that nothing outside of the message was touched. */
export function refusal<T, V>(codec: Codec<T, V>, value: unknown): unknown {
  const size = codec.kind === 'fixed' ? codec.size : 0;
  const memory = guardedMemory(AT + size + 64);
  try {
    if (codec.kind === 'fixed') codec.bind(memory).write(value as T, AT);
    else codec.prepare(value as T);
  } catch (error) {
    expect(isUntouchedOutside(memory, AT, AT + size)).toBe(true);
    return error;
  }
  throw new Error('The value was not refused.');
}

/** Runs the same check with generated code and without; `create` makes the codecs anew for each. */
export function onBothPaths<C>(create: () => C, check: (codec: C) => void): void {
  check(create());
  interpreted(() => check(create()));
}
