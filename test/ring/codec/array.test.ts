import { describe, expect, test } from 'vitest';
import { array } from '../../../src/ring/codec/array.ts';
import type { FixedCodec } from '../../../src/ring/codec/codec.ts';
import { f64, u8, u32 } from '../../../src/ring/codec/number.ts';
import { oneOf } from '../../../src/ring/codec/one-of.ts';
import { optional } from '../../../src/ring/codec/optional.ts';
import { struct } from '../../../src/ring/codec/struct.ts';
import { utf8 } from '../../../src/ring/codec/text.ts';
import { DecodeError, OptionError } from '../../../src/ring/errors.ts';
import { guardedMemory } from './guarded-memory.ts';
import { onBothPaths, refusal, roundTrip } from './round-trip.ts';

describe('array', () => {
  test('lays its elements one after the other', () => {
    expect(array(u32, 3)).toMatchObject({ size: 12, alignment: 4 });
    onBothPaths(
      () => array(u8, 3),
      (codec) => expect(roundTrip(codec, [1, 2, 3]).bytes).toEqual(Uint8Array.of(1, 2, 3)),
    );
  });

  test('rounds the size of an element up to its alignment', () => {
    const odd: FixedCodec<number> = {
      ...f64,
      spec: { name: 'odd' },
      size: 12,
      alignment: 8,
      bind: f64.bind.bind(f64),
    };
    expect(array(odd, 2).size).toBe(32);
    expect(roundTrip(array(odd, 2), [1.5, 2.5]).read).toEqual([1.5, 2.5]);
  });

  test('round-trips elements of every kind', () => {
    onBothPaths(
      () => [
        [array(oneOf('a', 'b'), 3), ['a', 'b', 'a']] as const,
        [array(utf8(3), 2), ['x', 'yz']] as const,
        [array(optional(u32), 3), [1, undefined, 3]] as const,
        [
          array(array(u8, 2), 2),
          [
            [1, 2],
            [3, 4],
          ],
        ] as const,
        [array(struct({ px: f64 }), 2), [{ px: 1.5 }, { px: 2.5 }]] as const,
      ],
      (cases) => {
        for (const [codec, value] of cases) {
          const { read, viewed } = roundTrip(codec as FixedCodec<unknown>, value);
          expect(read).toEqual(value);
          expect(viewed).toEqual(value);
        }
      },
    );
  });

  test('takes typed arrays, and views of arrays', () => {
    const memory = guardedMemory(256);
    const binding = array(f64, 3).bind(memory);
    binding.write(Float32Array.of(1.5, 2, 3) as unknown as number[], 0);
    binding.write(binding.view(0) as unknown as number[], 64);
    expect(binding.read(64)).toEqual([1.5, 2, 3]);
  });

  test('shows its elements by a view', () => {
    const Leg = struct({ px: f64 });
    const binding = array(Leg, 2).bind(guardedMemory(256));
    binding.write([{ px: 1 }, { px: 2 }], 64);
    const view = binding.view(64);
    expect(view.length).toBe(2);
    expect([...view].length).toBe(2);
    expect(Array.from(view, (leg) => leg.px)).toEqual([1, 2]);
    expect(view.at(1).copy()).toEqual({ px: 2 });
    expect(JSON.stringify(view)).toBe('[{"px":1},{"px":2}]');
    for (const index of [-1, 2, 0.5, Number.NaN]) expect(() => view.at(index)).toThrow(RangeError);
  });

  test('names the element in its errors', () => {
    onBothPaths(
      () => struct({ legs: array(struct({ px: f64 }), 3), ids: array(u8, 2) }),
      (codec) => {
        const legs = [{ px: 1 }, { px: 2 }, { px: 'x' }];
        expect(refusal(codec, { legs, ids: [1, 2] })).toMatchObject({
          field: 'legs[2].px',
          message: 'legs[2].px: expected a number, got "x"',
        });
        const whole = [{ px: 1 }, { px: 2 }, { px: 3 }];
        expect(refusal(codec, { legs: whole, ids: [1, 256] })).toMatchObject({ field: 'ids[1]' });
        expect(refusal(codec, { legs: whole, ids: [1] })).toMatchObject({
          message: 'ids: expected an array of 2, got one of 1',
        });
        expect(refusal(codec, { legs: whole, ids: [1, 2, 3] })).toMatchObject({ field: 'ids' });
        expect(refusal(codec, { legs: whole, ids: 'ab' })).toMatchObject({
          message: 'ids: expected an array of 2, got "ab"',
        });
        expect(refusal(codec, { legs: whole, ids: { length: 2, 0: 1, 1: 2 } })).toMatchObject({
          field: 'ids',
        });
        expect(refusal(codec, { legs: whole, ids: new DataView(new ArrayBuffer(2)) })).toMatchObject({
          field: 'ids',
        });
      },
    );
  });

  test('names the element and its byte when reading', () => {
    onBothPaths(
      () => struct({ id: u32, sides: array(oneOf('B', 'S'), 3) }),
      (codec) => {
        const memory = guardedMemory(64);
        memory.u8.fill(0);
        memory.u8[8 + 6] = 9;
        const binding = codec.bind(memory);
        const message = /^sides\[2\]: 9 stands for nothing.*\(at byte 6 of the message\)$/;
        expect(() => binding.read(8)).toThrow(message);
        expect(() => binding.view(8).sides.copy()).toThrow(DecodeError);
        expect(() => binding.view(8).sides.at(2)).toThrow(/^\[2\]: 9 stands for nothing/);
      },
    );
  });

  test.each([0, -1, 1.5, 2 ** 31, 2 ** 29])('refuses a length of %s', (length) => {
    expect(() => array(u32, length)).toThrow(OptionError);
  });

  test('refuses elements without a fixed size', () => {
    expect(() => array(utf8() as unknown as FixedCodec<string>, 2)).toThrow(OptionError);
    expect(() => array({} as FixedCodec<string>, 2)).toThrow(OptionError);
  });
});
