import fc from 'fast-check';
import { array } from '../../../src/ring/codec/array.ts';
import { bool } from '../../../src/ring/codec/bool.ts';
import { bytes } from '../../../src/ring/codec/bytes.ts';
import type { Codec, FixedCodec } from '../../../src/ring/codec/codec.ts';
import { json } from '../../../src/ring/codec/json.ts';
import { f32, f64, i8, i16, i32, i64, u8, u16, u32, u64 } from '../../../src/ring/codec/number.ts';
import { oneOf } from '../../../src/ring/codec/one-of.ts';
import { optional } from '../../../src/ring/codec/optional.ts';
import { struct } from '../../../src/ring/codec/struct.ts';
import { utf8 } from '../../../src/ring/codec/text.ts';
import { fresh } from './fresh-scalar.ts';

type AnyCodec = Codec<unknown, unknown>;

/** A codec, values for it, and what is expected to come back. */
export interface Sample {
  /** Makes the codec anew, so that one can be bound with generated code and one without. */
  readonly create: () => AnyCodec;
  readonly value: unknown;
  readonly expected: unknown;
}

/** The same before a value is chosen. */
interface Kind {
  readonly create: () => AnyCodec;
  readonly values: fc.Arbitrary<readonly [value: unknown, expected: unknown]>;
}

function kind<T>(
  create: () => Codec<T, unknown>,
  values: fc.Arbitrary<T>,
  expected: (value: T) => unknown = (value) => value,
): Kind {
  return { create, values: values.map((value) => [value, expected(value)] as const) };
}

const anyUnits = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 127 }), fc.integer({ min: 0, max: 0xffff })), { maxLength: 20 })
  .map((units) => String.fromCharCode(...units));
const anyText = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  anyUnits,
);

function fitting(size: number): fc.Arbitrary<string> {
  return anyText.map((text) => {
    let fits = text.slice(0, size);
    while (new TextEncoder().encode(fits).length > size || fits.endsWith('\0')) fits = fits.slice(0, -1);
    return fits;
  });
}

function integers(codec: FixedCodec<number>, min: number, max: number): Kind {
  return kind(
    () => fresh(codec),
    fc.integer({ min, max }),
    (value) => value + 0,
  );
}

const numbers: fc.Arbitrary<Kind> = fc.constantFrom(
  integers(u8, 0, 255),
  integers(i8, -128, 127),
  integers(u16, 0, 65_535),
  integers(i16, -32_768, 32_767),
  integers(u32, 0, 2 ** 32 - 1),
  integers(i32, -(2 ** 31), 2 ** 31 - 1),
  kind(() => fresh(f64), fc.oneof(fc.double(), fc.constantFrom(Number.NaN, -0, Infinity, -Infinity))),
  kind(() => fresh(f32), fc.double(), Math.fround),
  kind(() => fresh(u64), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  kind(() => fresh(i64), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  kind(() => fresh(bool), fc.boolean()),
);

const choices: fc.Arbitrary<Kind> = fc
  .uniqueArray(anyUnits, { minLength: 1, maxLength: 20 })
  .map((list) => kind(() => oneOf(...list), fc.constantFrom(...list)));

const fixedTexts: fc.Arbitrary<Kind> = fc
  .oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 50 }))
  .map((size) =>
    kind(
      () => utf8(size),
      fitting(size),
      (text) => text.toWellFormed(),
    ),
  );

const fixedBytes: fc.Arbitrary<Kind> = fc
  .integer({ min: 1, max: 50 })
  .map((size) => kind(() => bytes(size), fc.uint8Array({ minLength: size, maxLength: size })));

const variables: fc.Arbitrary<Kind> = fc.constantFrom<Kind>(
  kind(
    () => utf8(),
    anyText,
    (text) => text.toWellFormed(),
  ),
  kind(() => bytes, fc.uint8Array({ maxLength: 50 })),
  kind(
    () => json(),
    fc.jsonValue(),
    (value) => JSON.parse(JSON.stringify(value)),
  ),
);

const names: fc.Arbitrary<string> = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 5 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 5 }),
    fc.constantFrom(
      'id',
      'px',
      'a"b',
      '`',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a name that would do harm inside a template
      '${x}',
      '\\',
      '\u2028',
      'at',
      'length',
      'value',
      'toString',
      'f0',
      '7',
      '#at',
    ),
  )
  .filter((name) => !['copy', 'toJSON', 'constructor', '__proto__'].includes(name));

function optionals(inside: fc.Arbitrary<Kind>): fc.Arbitrary<Kind> {
  return inside.map(({ create, values }) => ({
    create: () => optional(create() as FixedCodec<unknown>),
    values: fc.oneof(fc.constant([undefined, undefined] as const), values),
  }));
}

function arrays(inside: fc.Arbitrary<Kind>): fc.Arbitrary<Kind> {
  return fc.tuple(inside, fc.integer({ min: 1, max: 4 })).map(([{ create, values }, length]) => ({
    create: () => array(create() as FixedCodec<unknown>, length),
    values: fc
      .array(values, { minLength: length, maxLength: length })
      .map((pairs) => [pairs.map((pair) => pair[0]), pairs.map((pair) => pair[1])] as const),
  }));
}

function structs(inside: fc.Arbitrary<Kind>): fc.Arbitrary<Kind> {
  const fields = fc.uniqueArray(fc.tuple(names, inside), {
    minLength: 1,
    maxLength: 8,
    selector: (field) => field[0],
  });
  return fields.map((list) => ({
    create: () => struct(Object.fromEntries(list.map(([name, { create }]) => [name, create()]))) as AnyCodec,
    values: fc.tuple(...list.map(([, { values }]) => values)).map((pairs) => {
      const pick = (side: 0 | 1): unknown =>
        Object.fromEntries(list.map(([name], index) => [name, pairs[index]?.[side]]));
      return [pick(0), pick(1)] as const;
    }),
  }));
}

function fixedKinds(depth: number): fc.Arbitrary<Kind> {
  const leaves = fc.oneof({ arbitrary: numbers, weight: 3 }, choices, fixedTexts, fixedBytes);
  if (depth === 0) return leaves;
  const inside = fixedKinds(depth - 1);
  return fc.oneof({ arbitrary: leaves, weight: 3 }, optionals(inside), arrays(inside), structs(inside));
}

function allKinds(depth: number): fc.Arbitrary<Kind> {
  if (depth === 0) return fc.oneof(fixedKinds(0), variables);
  const inside = allKinds(depth - 1);
  return fc.oneof(fixedKinds(depth), variables, optionals(inside), { arbitrary: structs(inside), weight: 3 });
}

/** Codecs of every kind, nested up to three deep, each with a value. */
export const anySample: fc.Arbitrary<Sample> = allKinds(3).chain(({ create, values }) =>
  values.map(([value, expected]) => ({ create, value, expected })),
);
