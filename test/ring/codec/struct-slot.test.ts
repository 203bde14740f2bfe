import { afterEach, describe, expect, expectTypeOf, test } from 'vitest';
import { array } from '../../../src/ring/codec/array.ts';
import type { CodecSlot, FixedCodec } from '../../../src/ring/codec/codec.ts';
import { allowGeneration } from '../../../src/ring/codec/generate.ts';
import { f64, i64, u8, u32 } from '../../../src/ring/codec/number.ts';
import { oneOf } from '../../../src/ring/codec/one-of.ts';
import { optional } from '../../../src/ring/codec/optional.ts';
import { struct } from '../../../src/ring/codec/struct.ts';
import { utf8 } from '../../../src/ring/codec/text.ts';
import { OptionError } from '../../../src/ring/errors.ts';
import { Memory } from '../../../src/ring/memory.ts';

const Order = () =>
  struct({
    id: u32,
    px: f64,
    side: oneOf('B', 'S'),
    sym: utf8(8),
    note: optional(utf8(4)),
    size: optional(u8),
    flag: optional(oneOf('x', 'y')),
    big: i64,
    legs: array(u32, 2),
    nested: struct({ a: u8, b: optional(f64) }),
  });
type Order = ReturnType<typeof Order>;

afterEach(() => allowGeneration(true));

describe.each([true, false])('the slot of a struct, accessors generated: %s', (generated) => {
  const bound = () => {
    allowGeneration(generated);
    const codec = Order() as FixedCodec<unknown, unknown, CodecSlot<Order>>;
    const binding = codec.bind(new Memory(new ArrayBuffer(2 ** Math.ceil(Math.log2(codec.size * 2)))));
    const slot = (at = 0) => binding.slot?.(at) as CodecSlot<Order>;
    return { codec, binding, slot };
  };
  const whole = {
    id: 7,
    px: 1.5,
    side: 'S' as const,
    sym: 'abc',
    note: undefined,
    size: 3,
    flag: undefined,
    big: -5n,
    legs: [1, 2],
    nested: { a: 9, b: undefined },
  };

  test('takes the fields one by one, and leaves optional ones out that were not set', () => {
    const { binding, slot } = bound();
    binding.write({ ...whole, note: 'old', flag: 'x', size: undefined }, 0);
    const filled = slot();
    filled.id = 7;
    filled.px = 1.5;
    filled.side = 'S';
    filled.sym = 'abc';
    filled.size = 3;
    filled.big = -5n;
    filled.legs = [1, 2];
    filled.nested = { a: 9 };
    expect(binding.read(0)).toEqual(whole);
    filled.note = 'ab';
    filled.flag = 'y';
    filled.size = undefined;
    expect(binding.read(0)).toEqual({ ...whole, note: 'ab', flag: 'y', size: undefined });
  });

  test('takes a whole value', () => {
    const { binding, slot } = bound();
    slot().set({ ...whole, note: 'n' });
    expect(binding.read(0)).toEqual({ ...whole, note: 'n' });
  });

  test('moves from message to message', () => {
    const { codec, binding, slot } = bound();
    slot().set(whole);
    slot(codec.size).set({ ...whole, id: 8 });
    slot(0).id = 9;
    slot(codec.size).px = 4;
    expect(binding.read(0)).toEqual({ ...whole, id: 9, size: undefined });
    expect(binding.read(codec.size)).toEqual({ ...whole, id: 8, px: 4, size: undefined });
  });

  test('refuses what the field can not hold, and names it', () => {
    const { slot } = bound();
    const of = (path: string) =>
      expect.objectContaining({ code: 'MILLRACE_ENCODE', message: expect.stringContaining(path) });
    expect(() => {
      slot().id = -1;
    }).toThrow(of('id'));
    expect(() => {
      slot().side = 'C' as 'B';
    }).toThrow(of('side'));
    expect(() => {
      slot().size = 256;
    }).toThrow(of('size'));
    expect(() => {
      slot().note = 'too long';
    }).toThrow(of('note'));
    expect(() => {
      slot().nested = { a: 300 };
    }).toThrow(of('nested'));
    expect(() => {
      (slot() as { id: unknown }).id = undefined;
    }).toThrow(of('id'));
  });
});

test('a field named set is refused', () => {
  expect(() => struct({ set: u8 })).toThrow(OptionError);
});

test('the types of a slot are those of the fields', () => {
  type S = CodecSlot<Order>;
  expectTypeOf<S['id']>().toEqualTypeOf<number>();
  expectTypeOf<S['side']>().toEqualTypeOf<'B' | 'S'>();
  expectTypeOf<S['set']>().toBeFunction();
});
