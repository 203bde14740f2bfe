import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { json } from '../../../src/ring/codec/json.ts';
import { DecodeError, EncodeError } from '../../../src/ring/errors.ts';
import { guardedMemory, isUntouchedOutside } from './guarded-memory.ts';
import { refusal, roundTrip } from './round-trip.ts';

describe('json', () => {
  test('round-trips whatever JSON can hold', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const { read, viewed } = roundTrip(json(), value);
        expect(read).toEqual(JSON.parse(JSON.stringify(value)));
        expect(viewed).toEqual(read);
      }),
    );
  });

  test('keeps lone surrogates, which JSON escapes', () => {
    expect(roundTrip(json<string>(), 'a\ud800').read).toBe('a\ud800');
  });

  test.each([undefined, () => 1, Symbol('a'), { toJSON: () => undefined }])('refuses %s', (value) => {
    expect(refusal(json(), value)).toMatchObject({
      message: expect.stringMatching('expected a value that JSON can hold, got '),
    });
  });

  test('refuses what JSON.stringify throws for, and keeps its error', () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    const thrown = new Error('mine');
    const throwing = {
      toJSON() {
        throw thrown;
      },
    };
    for (const value of [loop, { n: 1n }]) {
      const error = refusal(json(), value) as EncodeError;
      expect(error).toBeInstanceOf(EncodeError);
      expect(error.message).toMatch("the value can't be written as JSON: ");
      expect(error.cause).toBeInstanceOf(TypeError);
    }
    expect(refusal(json(), throwing)).toMatchObject({ cause: thrown });
  });

  test('runs the code of the value once, in prepare', () => {
    let calls = 0;
    const value = {
      toJSON() {
        calls++;
        return calls;
      },
    };
    expect(roundTrip(json<unknown>(), value).read).toBe(1);
    expect(calls).toBe(1);
  });

  test('never writes at or past the limit', () => {
    const memory = guardedMemory(64);
    const prepared = json().prepare('0123456789');
    expect(() => json().bind(memory).write(prepared, 8, 19)).toThrow(EncodeError);
    expect(isUntouchedOutside(memory, 8, 19)).toBe(true);
  });

  test('refuses to read what is no JSON', () => {
    const memory = guardedMemory(64);
    const binding = json().bind(memory);
    memory.u8.set(new TextEncoder().encode('{"a":'), 8);
    for (const length of [0, 5]) {
      expect(() => binding.read(8, length)).toThrow(DecodeError);
      expect(() => binding.view(8, length)).toThrow(`the ${length} bytes are not JSON`);
    }
    expect(() => binding.read(8, 10)).toThrow('are not UTF-8');
  });
});
