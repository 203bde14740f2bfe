import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bool } from '../../../src/ring/codec/bool.ts';
import type { FixedCodec } from '../../../src/ring/codec/codec.ts';
import { f32, f64, i8, i16, i32, i64, u8, u16, u32, u64 } from '../../../src/ring/codec/number.ts';
import { oneOf } from '../../../src/ring/codec/one-of.ts';
import { EncodeError } from '../../../src/ring/errors.ts';
import { guardedMemory, isUntouchedOutside } from './guarded-memory.ts';

const AT = 64;

/** Values of one codec, as an array and, where there is one, as the typed array that can be copied as it is. */
const CASES: readonly {
  readonly name: string;
  readonly codec: FixedCodec<unknown>;
  readonly nth: (index: number) => unknown;
  readonly typed?: { from(values: ArrayLike<unknown>): ArrayLike<unknown> };
}[] = [
  { name: 'u8', codec: u8, nth: (index) => index % 256, typed: Uint8Array as never },
  { name: 'i8', codec: i8, nth: (index) => (index % 256) - 128, typed: Int8Array as never },
  { name: 'u16', codec: u16, nth: (index) => index * 7, typed: Uint16Array as never },
  { name: 'i16', codec: i16, nth: (index) => index - 50, typed: Int16Array as never },
  { name: 'u32', codec: u32, nth: (index) => index * 1e7, typed: Uint32Array as never },
  { name: 'i32', codec: i32, nth: (index) => 7 - index * 1e6, typed: Int32Array as never },
  { name: 'f32', codec: f32, nth: (index) => index / 4, typed: Float32Array as never },
  { name: 'f64', codec: f64, nth: (index) => index / 3, typed: Float64Array as never },
  { name: 'u64', codec: u64, nth: (index) => BigInt(index) ** 5n, typed: BigUint64Array as never },
  { name: 'i64', codec: i64, nth: (index) => -(BigInt(index) ** 5n), typed: BigInt64Array as never },
  { name: 'bool', codec: bool, nth: (index) => index % 3 === 0 },
  { name: 'oneOf', codec: oneOf('a', 'b', 'c'), nth: (index) => 'abc'[index % 3] },
];

const spans = fc.record({
  length: fc.integer({ min: 1, max: 100 }),
  skip: fc.nat({ max: 20 }),
  typed: fc.boolean(),
});

describe.each(CASES)('many values of $name at once', ({ codec, nth, typed }) => {
  test('are the same as one by one, and touch nothing else', () => {
    fc.assert(
      fc.property(spans, ({ length, skip, typed: asTyped }) => {
        const plain = Array.from({ length: skip + length + 3 }, (_, index) => nth(index));
        const values = asTyped && typed !== undefined ? typed.from(plain) : plain;
        const end = AT + length * codec.size;
        const bulk = guardedMemory(end + 64);
        const single = guardedMemory(end + 64);
        const binding = codec.bind(bulk);
        binding.writeAll?.(values, skip, length, AT);
        for (let i = 0; i < length; i++) codec.bind(single).write(plain[skip + i], AT + i * codec.size);
        expect(bulk.u8).toEqual(single.u8);
        expect(isUntouchedOutside(bulk, AT, end)).toBe(true);

        // Where a word may stand for nothing, the message that holds it must count as read alone.
        expect(binding.readAll === undefined).toBe(codec.spec.name === 'oneOf');
        if (binding.readAll === undefined) return;
        const target = plain.map(() => nth(0));
        const into = asTyped && typed !== undefined ? typed.from(target) : target;
        binding.readAll(into as unknown[], skip, length, AT);
        const expected = target.map((value, index) =>
          index >= skip && index < skip + length ? plain[index] : value,
        );
        expect(Array.from(into)).toEqual(expected);
      }),
    );
  });
});

describe('many values at once', () => {
  test('are checked like one, unless their array can hold no others', () => {
    const binding = u8.bind(guardedMemory(256));
    expect(() => binding.writeAll?.([...new Array(50).fill(1), 256], 0, 51, 0)).toThrow(EncodeError);
    expect(() => binding.writeAll?.(new Float64Array(50).fill(0.5) as never, 0, 50, 0)).toThrow(EncodeError);
    expect(() => binding.writeAll?.(new Int8Array(50).fill(-1) as never, 0, 50, 0)).toThrow(EncodeError);
  });
});
