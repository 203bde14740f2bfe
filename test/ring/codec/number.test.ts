import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { array } from '../../../src/ring/codec/array.ts';
import { bool } from '../../../src/ring/codec/bool.ts';
import type { FixedCodec } from '../../../src/ring/codec/codec.ts';
import { f32, f64, i8, i16, i32, i64, u8, u16, u32, u64 } from '../../../src/ring/codec/number.ts';
import { struct } from '../../../src/ring/codec/struct.ts';
import { EncodeError } from '../../../src/ring/errors.ts';
import { fresh } from './fresh-scalar.ts';
import { interpreted } from './guarded-memory.ts';
import { refusal, roundTrip } from './round-trip.ts';

const INTEGERS = [
  { name: 'u8', codec: u8, least: 0, greatest: 255, size: 1 },
  { name: 'i8', codec: i8, least: -128, greatest: 127, size: 1 },
  { name: 'u16', codec: u16, least: 0, greatest: 65_535, size: 2 },
  { name: 'i16', codec: i16, least: -32_768, greatest: 32_767, size: 2 },
  { name: 'u32', codec: u32, least: 0, greatest: 4_294_967_295, size: 4 },
  { name: 'i32', codec: i32, least: -2_147_483_648, greatest: 2_147_483_647, size: 4 },
] as const;

const BIG_INTEGERS = [
  { name: 'u64', codec: u64, least: 0n, greatest: 18_446_744_073_709_551_615n },
  { name: 'i64', codec: i64, least: -9_223_372_036_854_775_808n, greatest: 9_223_372_036_854_775_807n },
] as const;

const throwing = {
  valueOf() {
    throw new Error('ran code of the value');
  },
};

/** Values that are no numbers, among them some that turn into numbers, or throw when asked to. */
const NO_NUMBERS: readonly unknown[] = [
  undefined,
  null,
  '5',
  5n,
  true,
  [5],
  new Number(5),
  Symbol('5'),
  throwing,
  Object.create(null),
  () => 5,
];

/** A number lies in a message in three ways: alone, in an array and in a struct, each generated and interpreted. */
function everywhere<T>(
  codec: FixedCodec<T>,
  check: (codec: FixedCodec<unknown>, wrap: (value: unknown) => unknown) => void,
) {
  const scopes = [
    { codec, wrap: (value: unknown) => value },
    { codec: array(codec, 1), wrap: (value: unknown) => [value] },
    { codec: struct({ n: codec }), wrap: (value: unknown) => ({ n: value }) },
  ];
  for (const scope of scopes) check(scope.codec as FixedCodec<unknown>, scope.wrap);
}

describe.each(INTEGERS)('$name', ({ codec, least, greatest, size }) => {
  test('takes its size and alignment', () => {
    expect(codec).toMatchObject({ kind: 'fixed', size, alignment: size });
  });

  test('round-trips every integer of its range', () => {
    fc.assert(
      fc.property(fc.integer({ min: least, max: greatest }), (value) => {
        everywhere(codec, (scope, wrap) => expect(roundTrip(scope, wrap(value)).read).toEqual(wrap(value)));
      }),
    );
    for (const value of [least, greatest]) expect(roundTrip(codec, value).read).toBe(value);
  });

  test('stores -0 as 0', () => {
    expect(roundTrip(codec, -0).read).toBe(0);
  });

  const wrong = [least - 1, greatest + 1, 0.5, Number.NaN, Infinity, -Infinity, 2 ** 53, -(2 ** 40), 1e300];

  test.each([...wrong, ...NO_NUMBERS])('refuses %s, generated and interpreted', (value) => {
    const check = (): void =>
      everywhere(fresh(codec), (scope, wrap) => {
        const error = refusal(scope, wrap(value)) as EncodeError;
        expect(error).toBeInstanceOf(EncodeError);
        expect(error.message).toMatch(`expected an integer from ${least} to ${greatest}, got `);
      });
    check();
    interpreted(check);
  });
});

describe.each(BIG_INTEGERS)('$name', ({ codec, least, greatest }) => {
  test('round-trips every integer of its range', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: least, max: greatest }), (value) => {
        everywhere(codec, (scope, wrap) => expect(roundTrip(scope, wrap(value)).read).toEqual(wrap(value)));
      }),
    );
    for (const value of [least, greatest]) expect(roundTrip(codec, value).read).toBe(value);
  });

  test.each([least - 1n, greatest + 1n, 5, '5', undefined, null, throwing])(
    'refuses %s, generated and interpreted',
    (value) => {
      const check = (): void =>
        everywhere(fresh<bigint>(codec), (scope, wrap) => {
          const error = refusal(scope, wrap(value)) as EncodeError;
          expect(error).toBeInstanceOf(EncodeError);
          expect(error.message).toMatch(`expected a bigint from ${least}n to ${greatest}n, got `);
        });
      check();
      interpreted(check);
    },
  );
});

describe.each([
  { name: 'f64', codec: f64, rounded: (value: number) => value },
  { name: 'f32', codec: f32, rounded: Math.fround },
])('$name', ({ codec, rounded }) => {
  test('round-trips every number it can hold', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        everywhere(codec, (scope, wrap) =>
          expect(roundTrip(scope, wrap(value)).read).toEqual(wrap(rounded(value))),
        );
      }),
    );
  });

  test.each([Number.NaN, -0, Infinity, -Infinity, Number.MAX_VALUE, Number.MIN_VALUE])(
    'round-trips %s',
    (value) => {
      const { read, viewed } = roundTrip(codec, value);
      expect(read).toBe(rounded(value));
      expect(viewed).toBe(rounded(value));
    },
  );

  test.each(NO_NUMBERS)('refuses %s, generated and interpreted', (value) => {
    const check = (): void =>
      everywhere(fresh(codec), (scope, wrap) => {
        const error = refusal(scope, wrap(value)) as EncodeError;
        expect(error).toBeInstanceOf(EncodeError);
        expect(error.message).toMatch('expected a number, got ');
      });
    check();
    interpreted(check);
  });
});

describe('bool', () => {
  test('round-trips true and false in one byte', () => {
    expect(bool.size).toBe(1);
    expect(roundTrip(bool, true)).toEqual({ read: true, viewed: true, bytes: Uint8Array.of(1) });
    expect(roundTrip(bool, false)).toEqual({ read: false, viewed: false, bytes: Uint8Array.of(0) });
  });

  test.each([0, 1, 'true', null, undefined, new Boolean(true)])('refuses %s', (value) => {
    expect(refusal(bool, value)).toMatchObject({
      message: expect.stringMatching('expected true or false, got '),
    });
  });
});

test('an error names the field, what was expected and what came', () => {
  expect(refusal(struct({ px: f64 }), {})).toMatchObject({
    field: 'px',
    message: 'px: expected a number, got undefined',
    code: 'MILLRACE_ENCODE',
  });
  expect(refusal(struct({ id: u32 }), { id: -1 })).toMatchObject({
    field: 'id',
    message: 'id: expected an integer from 0 to 4294967295, got -1',
  });
});
