import { describe, expect, test } from 'vitest';
import { bytes } from '../../../src/ring/codec/bytes.ts';
import type { Codec } from '../../../src/ring/codec/codec.ts';
import { json } from '../../../src/ring/codec/json.ts';
import { f64, u8, u32 } from '../../../src/ring/codec/number.ts';
import { optional } from '../../../src/ring/codec/optional.ts';
import { struct } from '../../../src/ring/codec/struct.ts';
import { utf8 } from '../../../src/ring/codec/text.ts';
import { OptionError } from '../../../src/ring/errors.ts';
import { onBothPaths, refusal, roundTrip } from './round-trip.ts';

describe('optional', () => {
  test('alone, takes one byte more, rounded up', () => {
    expect(optional(u8)).toMatchObject({ size: 2, alignment: 1 });
    expect(optional(f64)).toMatchObject({ size: 16, alignment: 8 });
    expect(roundTrip(optional(u8), 5)).toMatchObject({ read: 5, viewed: 5 });
    expect(roundTrip(optional(u8), undefined)).toMatchObject({ read: undefined, viewed: undefined });
  });

  test('in a struct, takes one bit', () => {
    const nine = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`f${index}`, optional(u8)]));
    expect((struct(nine) as { size?: number }).size).toBe(9 + 2);
  });

  test('every combination of present fields comes back, as properties that are always there', () => {
    onBothPaths(
      () => struct({ a: optional(u32), b: u8, c: optional(utf8(4)), d: optional(struct({ x: f64 })) }),
      (codec) => {
        for (const a of [undefined, 7]) {
          for (const c of [undefined, 'abc']) {
            for (const d of [undefined, { x: 1.5 }]) {
              const { read, viewed } = roundTrip(codec, { a, b: 1, c, d });
              expect(read).toStrictEqual({ a, b: 1, c, d });
              expect(viewed).toStrictEqual({ a, b: 1, c, d });
            }
          }
        }
        expect(roundTrip(codec, { b: 1 }).read).toStrictEqual({
          a: undefined,
          b: 1,
          c: undefined,
          d: undefined,
        });
      },
    );
  });

  test('of variable size: nothing, and the empty message, are different', () => {
    for (const [codec, value] of [
      [optional(utf8()), ''],
      [optional(bytes), new Uint8Array(0)],
      [optional(json()), null],
      [optional(optional(utf8())), 'abc'],
      [struct({ note: optional(utf8()) }), { note: '' }],
    ] as [Codec<unknown, unknown>, unknown][]) {
      expect(roundTrip(codec, value)).toMatchObject({ read: value, viewed: value });
    }
    expect(roundTrip(optional(utf8()), undefined)).toMatchObject({
      read: undefined,
      bytes: new Uint8Array(0),
    });
    expect(roundTrip(struct({ note: optional(utf8()) }), {}).read).toStrictEqual({ note: undefined });
  });

  test('refuses null, and what the codec inside refuses', () => {
    expect(refusal(optional(u8), null)).toMatchObject({ code: 'MILLRACE_ENCODE' });
    onBothPaths(
      () => struct({ a: optional(u8) }),
      (codec) => {
        for (const a of [256, null]) expect(refusal(codec, { a })).toMatchObject({ field: 'a' });
      },
    );
    expect(refusal(optional(utf8()), null)).toMatchObject({ code: 'MILLRACE_ENCODE' });
  });

  test('refuses what is no codec', () => {
    expect(() => optional(undefined as never)).toThrow(OptionError);
  });
});
