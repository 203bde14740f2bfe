import { describe, expect, test } from 'vitest';
import { type CustomOptions, custom } from '../../../src/ring/codec/custom.ts';
import { codecFromSpec } from '../../../src/ring/codec/registry.ts';
import { BadHandleError, EncodeError, OptionError } from '../../../src/ring/errors.ts';
import { guardedMemory, isUntouchedOutside } from './guarded-memory.ts';
import { refusal, roundTrip } from './round-trip.ts';

const upperCase: CustomOptions<string> = {
  name: 'test.Upper',
  version: 2,
  encode: (value) => Buffer.from(value.toUpperCase()),
  decode: (bytes) => Buffer.from(bytes).toString(),
};

describe('custom', () => {
  test('calls the two functions', () => {
    expect(roundTrip(custom(upperCase), 'abc')).toMatchObject({ read: 'ABC', viewed: 'ABC' });
  });

  test('gives decode bytes of its own', () => {
    const memory = guardedMemory(64);
    const codec = custom<Uint8Array>({ ...upperCase, encode: (value) => value, decode: (bytes) => bytes });
    const binding = codec.bind(memory);
    binding.write(codec.prepare(Uint8Array.of(1, 2)), 0, 64);
    for (const value of [binding.read(0, 2), binding.view(0, 2)])
      expect(value.buffer).not.toBe(memory.buffer);
  });

  test('has a spec that names it and that nobody can rebuild it from', () => {
    const { spec } = custom(upperCase);
    expect(structuredClone(spec)).toEqual({ name: 'custom', format: 'test.Upper', version: 2 });
    expect(() => codecFromSpec(spec)).toThrow(BadHandleError);
    expect(() => codecFromSpec(spec)).toThrow('open(handle, codec)');
  });

  test('turns what the functions throw into its own errors', () => {
    const thrown = new Error('mine');
    const fail = () => {
      throw thrown;
    };
    const codec = custom<string>({ ...upperCase, encode: fail, decode: fail });
    expect(refusal(codec, 'a')).toMatchObject({ code: 'MILLRACE_ENCODE', cause: thrown });
    expect(() => codec.bind(guardedMemory(8)).read(0, 1)).toThrow(
      expect.objectContaining({ code: 'MILLRACE_DECODE', cause: thrown }),
    );
  });

  test('refuses an encode that returns no bytes', () => {
    const codec = custom({ ...upperCase, encode: () => 'text' as unknown as Uint8Array });
    expect(refusal(codec, 'a')).toMatchObject({
      message: 'encode of test.Upper must return a Uint8Array, got "text"',
    });
  });

  test('never writes at or past the limit', () => {
    const memory = guardedMemory(64);
    const codec = custom(upperCase);
    expect(() => codec.bind(memory).write(codec.prepare('abcdefghi'), 8, 16)).toThrow(EncodeError);
    expect(isUntouchedOutside(memory, 0, 0)).toBe(true);
  });

  test.each([
    { name: '' },
    { name: 5 },
    { version: undefined },
    { version: Number.NaN },
    { encode: undefined },
    { decode: 'x' },
    { typicalSize: 0 },
  ])('refuses %o', (option) => {
    expect(() => custom({ ...upperCase, ...option } as CustomOptions<string>)).toThrow(OptionError);
  });
});
