import type { FixedCodec } from './codec.ts';
import { ScalarCodec, type WordsName } from './scalar.ts';

/** The least and the greatest integer of one kind, and the expression that forces a number into it. */
interface IntegerKind {
  readonly least: number;
  readonly greatest: number;
  force(value: string): string;
}

function integer(words: WordsName, kind: IntegerKind): FixedCodec<number> {
  const { least, greatest, force } = kind;
  const fits = (value: unknown): value is number =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= greatest;
  return new ScalarCodec<number>(
    { name: words },
    {
      words,
      expected: `an integer from ${least} to ${greatest}`,
      encode: (value) => (fits(value) ? value : undefined),
      decode: (word) => word as number,
      source: {
        constants: {},
        word: (value) => value,
        // The type is asked for first: forcing a bigint or a symbol would throw, and an object would run its code.
        refuses: (value) => `typeof ${value} !== 'number' || ${force(value)} !== ${value}`,
        value: (word) => word,
        partial: false,
      },
    },
  );
}

function float(words: WordsName): FixedCodec<number> {
  return new ScalarCodec<number>(
    { name: words },
    {
      words,
      expected: 'a number',
      encode: (value) => (typeof value === 'number' ? value : undefined),
      decode: (word) => word as number,
      source: {
        constants: {},
        word: (value) => value,
        refuses: (value) => `typeof ${value} !== 'number'`,
        value: (word) => word,
        partial: false,
      },
    },
  );
}

function bigInteger(words: WordsName, least: bigint, greatest: bigint): FixedCodec<bigint> {
  const fits = (value: unknown): value is bigint =>
    typeof value === 'bigint' && value >= least && value <= greatest;
  return new ScalarCodec<bigint>(
    { name: words },
    {
      words,
      expected: `a bigint from ${least}n to ${greatest}n`,
      encode: (value) => (fits(value) ? value : undefined),
      decode: (word) => word as bigint,
      source: {
        constants: {},
        word: (value) => value,
        refuses: (value) => `typeof ${value} !== 'bigint' || ${value} < ${least}n || ${value} > ${greatest}n`,
        value: (word) => word,
        partial: false,
      },
    },
  );
}

/** An integer from 0 to 255 in 1 byte. As with all integer codecs, anything else throws `EncodeError`, and -0 is 0. */
export const u8: FixedCodec<number> = /* @__PURE__ */ integer('u8', {
  least: 0,
  greatest: 255,
  force: (value) => `(${value} & 255)`,
});

/** An integer from -128 to 127 in 1 byte. */
export const i8: FixedCodec<number> = /* @__PURE__ */ integer('i8', {
  least: -128,
  greatest: 127,
  force: (value) => `(${value} << 24 >> 24)`,
});

/** An integer from 0 to 65535 in 2 bytes. */
export const u16: FixedCodec<number> = /* @__PURE__ */ integer('u16', {
  least: 0,
  greatest: 65_535,
  force: (value) => `(${value} & 65535)`,
});

/** An integer from -32768 to 32767 in 2 bytes. */
export const i16: FixedCodec<number> = /* @__PURE__ */ integer('i16', {
  least: -32_768,
  greatest: 32_767,
  force: (value) => `(${value} << 16 >> 16)`,
});

/** An integer from 0 to 2^32 - 1 in 4 bytes. */
export const u32: FixedCodec<number> = /* @__PURE__ */ integer('u32', {
  least: 0,
  greatest: 2 ** 32 - 1,
  force: (value) => `(${value} >>> 0)`,
});

/** An integer from -2^31 to 2^31 - 1 in 4 bytes. */
export const i32: FixedCodec<number> = /* @__PURE__ */ integer('i32', {
  least: -(2 ** 31),
  greatest: 2 ** 31 - 1,
  force: (value) => `(${value} | 0)`,
});

/**
 * A number in 4 bytes. It is rounded to the nearest value of single precision as `Math.fround` does, which
 * loses digits, and turns what is beyond ±3.4e38 into an infinity.
 */
export const f32: FixedCodec<number> = /* @__PURE__ */ float('f32');

/** Any number in 8 bytes, exactly: NaN, -0 and the infinities too. */
export const f64: FixedCodec<number> = /* @__PURE__ */ float('f64');

/** A bigint from 0 to 2^64 - 1 in 8 bytes. Slower than `f64`, because every bigint read is a new object. */
export const u64: FixedCodec<bigint> = /* @__PURE__ */ bigInteger('u64', 0n, 2n ** 64n - 1n);

/** A bigint from -2^63 to 2^63 - 1 in 8 bytes. Slower than `f64`, because every bigint read is a new object. */
export const i64: FixedCodec<bigint> = /* @__PURE__ */ bigInteger('i64', -(2n ** 63n), 2n ** 63n - 1n);
