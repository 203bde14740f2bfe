import { describe, expectTypeOf, test } from 'vitest';
import { array } from '../../../src/ring/codec/array.ts';
import type { ArrayView } from '../../../src/ring/codec/array-view.ts';
import { bool } from '../../../src/ring/codec/bool.ts';
import { bytes } from '../../../src/ring/codec/bytes.ts';
import type {
  Codec,
  CodecValue,
  CodecView,
  FixedCodec,
  VariableCodec,
} from '../../../src/ring/codec/codec.ts';
import { custom } from '../../../src/ring/codec/custom.ts';
import { json } from '../../../src/ring/codec/json.ts';
import { f64, u32, u64 } from '../../../src/ring/codec/number.ts';
import { oneOf } from '../../../src/ring/codec/one-of.ts';
import { optional } from '../../../src/ring/codec/optional.ts';
import { struct } from '../../../src/ring/codec/struct.ts';
import { utf8 } from '../../../src/ring/codec/text.ts';
import { copy, type ViewMethods } from '../../../src/ring/codec/view.ts';

const Leg = struct({ sym: utf8(4), px: f64 });
const Tick = struct({
  id: u32,
  seq: u64,
  side: oneOf('B', 'S'),
  ok: bool,
  sym: utf8(8),
  note: optional(utf8(8)),
  leg: Leg,
  legs: array(Leg, 2),
  raw: bytes(4),
});
const Order = struct({
  id: u32,
  name: utf8(),
  meta: json<{ a: number }>(),
  blob: bytes,
  more: optional(bytes),
});

interface LegValue {
  sym: string;
  px: number;
}

describe('the types of a struct', () => {
  test('of what is written and read', () => {
    expectTypeOf<CodecValue<typeof Tick>>().toEqualTypeOf<{
      id: number;
      seq: bigint;
      side: 'B' | 'S';
      ok: boolean;
      sym: string;
      note?: string | undefined;
      leg: LegValue;
      legs: readonly LegValue[];
      raw: Uint8Array;
    }>();
    expectTypeOf<CodecValue<typeof Order>>().toEqualTypeOf<{
      id: number;
      name: string;
      meta: { a: number };
      blob: Uint8Array;
      more?: Uint8Array | undefined;
    }>();
  });

  test('of what is shown', () => {
    type View = CodecView<typeof Tick>;
    expectTypeOf<View['id']>().toEqualTypeOf<number>();
    expectTypeOf<View['note']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<View['leg']>().toExtend<{ readonly px: number } & ViewMethods<LegValue>>();
    expectTypeOf<View['legs']>().toEqualTypeOf<ArrayView<LegValue, CodecView<typeof Leg>>>();
    expectTypeOf<ReturnType<View['copy']>>().toEqualTypeOf<CodecValue<typeof Tick>>();
    expectTypeOf<ReturnType<View['toJSON']>>().toEqualTypeOf<CodecValue<typeof Tick>>();
    expectTypeOf<View>().toExtend<CodecValue<typeof Leg>['px'] extends number ? object : never>();
  });

  test('fixed when all fields are, variable when one is', () => {
    expectTypeOf(Tick).toExtend<FixedCodec<CodecValue<typeof Tick>, CodecView<typeof Tick>>>();
    expectTypeOf(Order).toExtend<VariableCodec<CodecValue<typeof Order>, CodecView<typeof Order>>>();
    expectTypeOf(Order.kind).toEqualTypeOf<'variable'>();
    expectTypeOf(Tick).toExtend<Codec<unknown, unknown>>();
  });
});

describe('the types of the other codecs', () => {
  test('of numbers, texts and bytes', () => {
    expectTypeOf<CodecValue<typeof f64>>().toEqualTypeOf<number>();
    expectTypeOf<CodecValue<typeof u64>>().toEqualTypeOf<bigint>();
    expectTypeOf(utf8()).toEqualTypeOf<VariableCodec<string>>();
    expectTypeOf(utf8(8)).toEqualTypeOf<FixedCodec<string>>();
    expectTypeOf<CodecValue<typeof bytes>>().toEqualTypeOf<Uint8Array>();
    expectTypeOf<CodecView<typeof bytes>>().toEqualTypeOf<Uint8Array>();
    expectTypeOf(bytes(4)).toEqualTypeOf<FixedCodec<Uint8Array>>();
    expectTypeOf(oneOf('a', 'b')).toEqualTypeOf<FixedCodec<'a' | 'b'>>();
    expectTypeOf<CodecValue<ReturnType<typeof json<{ a: 1 }>>>>().toEqualTypeOf<{ a: 1 }>();
  });

  test('of a codec of your own', () => {
    const date = custom({
      name: 'date',
      version: 1,
      encode: (_value: Date) => new Uint8Array(8),
      decode: () => new Date(),
    });
    expectTypeOf(date).toEqualTypeOf<VariableCodec<Date>>();
  });

  test('of copy', () => {
    expectTypeOf(copy({} as CodecView<typeof Leg>)).toEqualTypeOf<LegValue>();
    expectTypeOf(copy({} as ArrayView<number, number>)).toEqualTypeOf<readonly number[]>();
    expectTypeOf(copy('a' as string)).toEqualTypeOf<string>();
    expectTypeOf(copy(new Uint8Array(1) as Uint8Array)).toEqualTypeOf<Uint8Array>();
  });
});
