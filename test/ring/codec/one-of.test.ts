import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { oneOf } from '../../../src/ring/codec/one-of.ts';
import { struct } from '../../../src/ring/codec/struct.ts';
import { DecodeError, EncodeError, OptionError } from '../../../src/ring/errors.ts';
import { guardedMemory } from './guarded-memory.ts';
import { onBothPaths, refusal, roundTrip } from './round-trip.ts';

describe('oneOf', () => {
  test('stores the position in one byte', () => {
    const side = oneOf('B', 'S');
    expect(side.size).toBe(1);
    expect(roundTrip(side, 'S')).toEqual({ read: 'S', viewed: 'S', bytes: Uint8Array.of(1) });
  });

  test('takes two bytes for more than 256 values', () => {
    const names = Array.from({ length: 257 }, (_, index) => `v${index}`);
    expect(oneOf(...names.slice(1)).size).toBe(1);
    const codec = oneOf(...names);
    expect(codec).toMatchObject({ size: 2, alignment: 2 });
    for (const name of names) expect(roundTrip(codec, name).read).toBe(name);
  });

  test('round-trips any list of strings, generated and interpreted', () => {
    const list = fc.uniqueArray(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(list, fc.nat(), (values, pick) => {
        const value = values[pick % values.length] as string;
        onBothPaths(
          () => [oneOf(...values), struct({ side: oneOf(...values) })] as const,
          ([alone, within]) => {
            expect(roundTrip(alone, value).read).toBe(value);
            expect(roundTrip(within, { side: value }).viewed).toEqual({ side: value });
          },
        );
      }),
    );
  });

  test('refuses values outside the list', () => {
    onBothPaths(
      () => struct({ side: oneOf('B', 'S') }),
      (codec) => {
        for (const side of ['X', '', 'b', 0, 1, undefined, null, ['B'], 'constructor']) {
          const error = refusal(codec, { side });
          expect(error).toBeInstanceOf(EncodeError);
          expect(error).toMatchObject({ field: 'side' });
        }
        expect(refusal(codec, { side: 'X' })).toMatchObject({
          message: 'side: expected one of "B", "S", got "X"',
        });
      },
    );
  });

  test('refuses to read a position outside the list', () => {
    onBothPaths(
      () => struct({ side: oneOf('B', 'S') }),
      (codec) => {
        const memory = guardedMemory(16);
        const binding = codec.bind(memory);
        memory.u8[8] = 2;
        const message =
          'side: 2 stands for nothing; expected the bytes of one of "B", "S" (at byte 0 of the message)';
        expect(() => binding.read(8)).toThrow(DecodeError);
        expect(() => binding.read(8)).toThrow(message);
        expect(() => binding.view(8).side).toThrow(message);
      },
    );
  });

  test('names only the first of many values', () => {
    const codec = oneOf(...Array.from({ length: 20 }, (_, index) => `v${index}`));
    expect(refusal(codec, 'x')).toMatchObject({
      message: expect.stringMatching(/"v7", … \(20 in all\), got "x"$/),
    });
  });

  test.each([
    { list: [] },
    { list: ['a', 'a'] },
    { list: ['a', 1] },
    { list: Array.from({ length: 65_537 }, (_, index) => `${index}`) },
  ])('refuses a list that makes no codec', ({ list }) => {
    expect(() => oneOf(...(list as string[]))).toThrow(OptionError);
  });
});
