import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { array } from '../../../src/ring/codec/array.ts';
import { bytes } from '../../../src/ring/codec/bytes.ts';
import { f64, u8, u32 } from '../../../src/ring/codec/number.ts';
import { oneOf } from '../../../src/ring/codec/one-of.ts';
import { codecFromSpec, specsEqual } from '../../../src/ring/codec/registry.ts';
import { struct } from '../../../src/ring/codec/struct.ts';
import { utf8 } from '../../../src/ring/codec/text.ts';
import { BadHandleError } from '../../../src/ring/errors.ts';
import { anySample } from './arbitrary-codec.ts';

const Tick = struct({ id: u32, px: f64, side: oneOf('B', 'S'), sym: utf8(8), legs: array(u8, 2) });

/** A spec nested `depth` deep. */
function nested(depth: number): unknown {
  let spec: unknown = { name: 'u8' };
  for (let i = 0; i < depth; i++) spec = { name: 'optional', of: spec };
  return spec;
}

/** A small spec that describes a huge codec, because its parts are shared. */
function bomb(): unknown {
  let spec: unknown = { name: 'u8' };
  for (let i = 0; i < 20; i++) {
    spec = {
      name: 'struct',
      fields: [
        ['a', spec],
        ['b', spec],
      ],
    };
  }
  return spec;
}

function loop(): unknown {
  const spec: { name: string; of?: unknown } = { name: 'optional' };
  spec.of = spec;
  return spec;
}

describe('codecFromSpec', () => {
  test('gives the codecs without parameters themselves', () => {
    expect(codecFromSpec({ name: 'u32' })).toBe(u32);
    expect(codecFromSpec({ name: 'bytes' })).toBe(bytes);
  });

  test('keeps the order of fields, whatever their names', () => {
    const spec = {
      name: 'struct',
      fields: [
        ['b', { name: 'u8' }],
        ['1', { name: 'u8' }],
        ['0', { name: 'u8' }],
      ],
    };
    expect(codecFromSpec(spec).spec).toEqual(spec);
  });

  test.each([
    undefined,
    null,
    5,
    'u8',
    [],
    {},
    { name: 5 },
    { name: 'u8', extra: 1 },
    { name: 'utf8', size: 0 },
    { name: 'utf8', size: '8' },
    { name: 'utf8', size: undefined },
    { name: 'utf8', size: Number.NaN },
    { name: 'bytes', size: 2 ** 40 },
    { name: 'oneOf' },
    { name: 'oneOf', values: [] },
    { name: 'oneOf', values: 'ab' },
    { name: 'oneOf', values: ['a', 'a'] },
    { name: 'oneOf', values: ['a', {}] },
    { name: 'oneOf', values: Array.from({ length: 100_000 }, (_, index) => `${index}`) },
    { name: 'optional' },
    { name: 'optional', of: { name: 'nope' } },
    { name: 'array', of: { name: 'u8' } },
    { name: 'array', of: { name: 'u8' }, length: 0 },
    { name: 'array', of: { name: 'u8' }, length: 2 ** 31 },
    { name: 'array', of: { name: 'utf8' }, length: 2 },
    { name: 'array', of: { name: 'array', of: { name: 'f64' }, length: 2 ** 20 }, length: 2 ** 20 },
    { name: 'struct' },
    { name: 'struct', fields: [] },
    { name: 'struct', fields: { id: { name: 'u8' } } },
    { name: 'struct', fields: [['a']] },
    { name: 'struct', fields: [['a', { name: 'u8' }, 1]] },
    { name: 'struct', fields: [[5, { name: 'u8' }]] },
    { name: 'struct', fields: [['__proto__', { name: 'u8' }]] },
    { name: 'struct', fields: [['copy', { name: 'u8' }]] },
    {
      name: 'struct',
      fields: [
        ['a', { name: 'u8' }],
        ['a', { name: 'u8' }],
      ],
    },
    { name: 'struct', fields: Array.from({ length: 70_000 }, (_, index) => [`${index}`, { name: 'u8' }]) },
    nested(33),
    loop(),
    bomb(),
  ])('refuses a malformed spec (%#)', (spec) => {
    expect(() => codecFromSpec(spec)).toThrow(BadHandleError);
  });

  test.each(['custom', 'msgpack9', 'constructor', '__proto__', 'toString', ''])(
    'does not know %j, and says what to do',
    (name) => {
      expect(() => codecFromSpec({ name })).toThrow(BadHandleError);
      expect(() => codecFromSpec({ name })).toThrow('open(handle, codec)');
    },
  );

  test('says where in the spec the trouble is', () => {
    const spec = { name: 'struct', fields: [['a', { name: 'array', of: { name: 'u8' }, length: 'x' }]] };
    expect(() => codecFromSpec(spec)).toThrow(
      'The handle is malformed: codec.fields[0].length must be a number, got "x".',
    );
  });

  test('a spec nested as deep as allowed is rebuilt', () => {
    expect(codecFromSpec(nested(32)).spec).toEqual(nested(32));
  });

  test('whatever is done to a spec, it is rebuilt or refused, and nothing else happens', () => {
    const junk = fc.oneof(
      fc.anything(),
      fc.constantFrom('u8', 'struct', 'name', 0, 2 ** 32, null, undefined),
    );
    fc.assert(
      fc.property(anySample, fc.nat(), junk, ({ create }, chance, replacement) => {
        const spec = mutate(structuredClone(create().spec), chance, replacement);
        try {
          const rebuilt = codecFromSpec(spec);
          expect(specsEqual(rebuilt.spec, spec)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(BadHandleError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

/** Replaces one part of `spec`, chosen by `chance`. */
function mutate(spec: unknown, chance: number, replacement: unknown): unknown {
  if (typeof spec !== 'object' || spec === null || chance % 4 === 3) return replacement;
  const parts = spec as Record<string, unknown>;
  const keys = Object.keys(parts);
  const key = keys[chance % keys.length];
  if (key === undefined) return replacement;
  parts[key] = mutate(parts[key], Math.floor(chance / keys.length), replacement);
  return spec;
}

test('a thread has one codec for all handles with the same spec', () => {
  const first = codecFromSpec(structuredClone(Tick.spec));
  expect(codecFromSpec(structuredClone(Tick.spec))).toBe(first);
  expect(codecFromSpec(struct({ id: u32 }).spec)).not.toBe(first);
});

describe('specsEqual', () => {
  test('does not mind the order of keys', () => {
    expect(specsEqual({ name: 'utf8', size: 8 }, { size: 8, name: 'utf8' })).toBe(true);
  });

  test('minds everything else', () => {
    expect(specsEqual(Tick.spec, structuredClone(Tick.spec))).toBe(true);
    for (const other of [
      struct({ px: f64, id: u32, side: oneOf('B', 'S'), sym: utf8(8), legs: array(u8, 2) }),
      struct({ id: u32, px: f64, side: oneOf('S', 'B'), sym: utf8(8), legs: array(u8, 2) }),
      struct({ id: u32, px: f64, side: oneOf('B', 'S'), sym: utf8(9), legs: array(u8, 2) }),
      struct({ id: u32, px: f64, side: oneOf('B', 'S'), sym: utf8(8), legs: array(u8, 3) }),
      struct({ id: u32, px: f64, side: oneOf('B', 'S'), sym: utf8(8) }),
    ]) {
      expect(specsEqual(Tick.spec, other.spec)).toBe(false);
      expect(specsEqual(other.spec, Tick.spec)).toBe(false);
    }
    for (const [a, b] of [
      [{ name: 'a' }, { name: 'a', b: undefined }],
      [
        { name: 'a', b: undefined },
        { name: 'a', c: undefined },
      ],
      [['a'], { 0: 'a' }],
      [null, {}],
      [undefined, {}],
      [1, '1'],
    ]) {
      expect(specsEqual(a, b)).toBe(false);
    }
  });

  test('comes to an end for specs that contain themselves', () => {
    expect(specsEqual(loop(), loop())).toBe(false);
  });
});
