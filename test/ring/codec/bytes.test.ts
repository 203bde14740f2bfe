import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes } from '../../../src/ring/codec/bytes.ts';
import { copy } from '../../../src/ring/codec/view.ts';
import { EncodeError, OptionError } from '../../../src/ring/errors.ts';
import { guardedMemory, isUntouchedOutside } from './guarded-memory.ts';
import { refusal, roundTrip } from './round-trip.ts';

describe('bytes', () => {
  test('round-trips any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (value) => {
        const { read, viewed, bytes: written } = roundTrip(bytes, value);
        expect(read).toEqual(value);
        expect(viewed).toEqual(value);
        expect(written).toEqual(value);
      }),
    );
  });

  test('may be called without a size', () => {
    expect(bytes()).toBe(bytes);
  });

  test('takes views of any kind as their bytes', () => {
    const buffer = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8).buffer;
    for (const value of [
      Buffer.from(buffer, 2, 4),
      new DataView(buffer, 2, 4),
      new Uint16Array(buffer, 2, 2),
    ]) {
      expect(roundTrip(bytes, value as Uint8Array).read).toEqual(Uint8Array.of(3, 4, 5, 6));
      expect(roundTrip(bytes(4), value as Uint8Array).read).toEqual(Uint8Array.of(3, 4, 5, 6));
    }
  });

  test('takes shared memory, its own too', () => {
    const memory = guardedMemory(64);
    const binding = bytes.bind(memory);
    binding.write(Uint8Array.of(1, 2, 3), 0, 64);
    binding.write(binding.view(0, 3), 8, 64);
    expect(binding.read(8, 3)).toEqual(Uint8Array.of(1, 2, 3));
  });

  test('reads a copy in memory of its own, and shows the ring itself', () => {
    const memory = guardedMemory(64);
    const binding = bytes.bind(memory);
    binding.write(Uint8Array.of(1, 2, 3), 8, 64);
    const read = binding.read(8, 3);
    const view = binding.view(8, 3);
    const copied = copy(view);
    memory.u8[9] = 99;
    expect(read).toEqual(Uint8Array.of(1, 2, 3));
    expect(read.buffer).toBeInstanceOf(ArrayBuffer);
    expect(copied).toEqual(Uint8Array.of(1, 2, 3));
    expect(copied.buffer).toBeInstanceOf(ArrayBuffer);
    expect(view).toEqual(Uint8Array.of(1, 99, 3));
    expect(view.buffer).toBe(memory.buffer);
  });

  test('never writes at or past the limit', () => {
    const memory = guardedMemory(64);
    expect(() => bytes.bind(memory).write(new Uint8Array(9), 8, 16)).toThrow(EncodeError);
    expect(isUntouchedOutside(memory, 0, 0)).toBe(true);
  });

  test.each([undefined, null, 'abc', [1, 2, 3], new ArrayBuffer(3), 5])('refuses %s', (value) => {
    const message = expect.stringMatching('expected a Uint8Array, got ');
    expect(refusal(bytes, value)).toMatchObject({ message });
    expect(refusal(bytes(3), value)).toMatchObject({ message });
  });
});

describe('bytes(n)', () => {
  test('round-trips exactly n bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (value) => {
        const codec = bytes(value.length);
        expect(codec).toMatchObject({ kind: 'fixed', size: value.length, alignment: 1 });
        const { read, viewed, bytes: written } = roundTrip(codec, value);
        expect(read).toEqual(value);
        expect(viewed).toEqual(value);
        expect(written).toEqual(value);
      }),
    );
  });

  test('refuses any other length', () => {
    expect(refusal(bytes(4), new Uint8Array(3))).toMatchObject({ message: 'expected 4 bytes, got 3' });
    expect(refusal(bytes(4), new Uint8Array(5))).toMatchObject({ message: 'expected 4 bytes, got 5' });
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 31])('refuses a size of %s', (size) => {
    expect(() => bytes(size)).toThrow(OptionError);
  });
});
