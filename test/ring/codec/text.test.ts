import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8 } from '../../../src/ring/codec/text.ts';
import { TextMemory } from '../../../src/ring/codec/text-memory.ts';
import { DecodeError, EncodeError, OptionError } from '../../../src/ring/errors.ts';
import { guardedMemory, isUntouchedOutside } from './guarded-memory.ts';
import { refusal, roundTrip } from './round-trip.ts';

const anyText = fc.oneof(
  fc.string({ maxLength: 100 }),
  fc.string({ unit: 'binary', maxLength: 100 }),
  // Any UTF-16 units, so lone surrogates too.
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 })
    .map((units) => String.fromCharCode(...units)),
  fc.constantFrom(
    '',
    '\0',
    'a\0b',
    '\ufeffa',
    '\ud800',
    'a\udc00',
    '\u2028',
    'é'.repeat(30),
    '€'.repeat(30),
    '😀'.repeat(20),
  ),
);

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

describe('utf8()', () => {
  test('round-trips any text; a lone surrogate becomes U+FFFD', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { read, viewed, bytes } = roundTrip(utf8(), text);
        expect(read).toBe(text.toWellFormed());
        expect(viewed).toBe(read);
        expect(bytes).toEqual(new TextEncoder().encode(text));
      }),
      { numRuns: 500 },
    );
  });

  test('round-trips long text', () => {
    for (const unit of ['a', 'é', '€', '😀', 'a😀\ud800']) {
      for (const count of [23, 24, 25, 40, 41, 1000, 5000]) {
        const text = unit.repeat(count);
        expect(roundTrip(utf8(), text).read).toBe(text.toWellFormed());
      }
    }
  });

  test('never writes at or past the limit', () => {
    fc.assert(
      fc.property(anyText, fc.nat(), (text, chance) => {
        const size = byteLength(text);
        const room = size === 0 ? 0 : chance % size;
        const memory = guardedMemory(size + 128);
        const binding = utf8().bind(memory);
        if (size > 0) {
          expect(() => binding.write(text, 64, 64 + room)).toThrow(EncodeError);
          expect(isUntouchedOutside(memory, 64, 64 + room)).toBe(true);
        }
        expect(binding.write(text, 64, 64 + size)).toBe(size);
        expect(isUntouchedOutside(memory, 64, 64 + size)).toBe(true);
      }),
    );
  });

  test('refuses bytes that are not UTF-8', () => {
    const memory = guardedMemory(128);
    const binding = utf8().bind(memory);
    for (const length of [1, 8, 41, 100]) {
      expect(() => binding.read(0, length)).toThrow(DecodeError);
      expect(() => binding.read(0, length)).toThrow(
        `the ${length} bytes are not UTF-8 (at byte 0 of the message)`,
      );
    }
  });

  test.each([undefined, null, 5, ['a'], new String('a'), Symbol('a')])('refuses %s', (value) => {
    expect(refusal(utf8(), value)).toMatchObject({
      message: expect.stringMatching('expected a string, got '),
    });
  });
});

describe('text where the encoder refuses shared memory', () => {
  test('takes a detour through private memory, with the same bytes', () => {
    const long = fc.oneof(anyText, fc.string({ unit: 'binary', minLength: 3000, maxLength: 9000 }));
    fc.assert(
      fc.property(long, fc.nat(), (text, chance) => {
        const size = byteLength(text);
        const memory = guardedMemory(size + 128);
        const detour = new TextMemory(memory, false);
        if (size > 0) {
          const room = chance % size;
          expect(detour.write(text, 64, 64 + room)).toBe(-1);
          expect(isUntouchedOutside(memory, 64, 64 + room)).toBe(true);
        }
        expect(detour.write(text, 64, 64 + size)).toBe(size);
        expect(memory.u8.slice(64, 64 + size)).toEqual(new TextEncoder().encode(text));
        expect(detour.read(64, size)).toBe(text.toWellFormed());
        expect(isUntouchedOutside(memory, 64, 64 + size)).toBe(true);
      }),
    );
  });

  test('refuses bytes that are not UTF-8', () => {
    expect(() => new TextMemory(guardedMemory(64), false).read(0, 50)).toThrow(DecodeError);
  });
});

const sizes = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 70 }));

describe('utf8(n)', () => {
  test('takes exactly n bytes', () => {
    expect(utf8(8)).toMatchObject({ kind: 'fixed', size: 8, alignment: 4 });
    expect(utf8(6)).toMatchObject({ size: 6, alignment: 2 });
    expect(utf8(5)).toMatchObject({ size: 5, alignment: 1 });
    expect(roundTrip(utf8(8), 'AAPL').bytes).toEqual(Uint8Array.of(0x41, 0x41, 0x50, 0x4c, 0, 0, 0, 0));
  });

  test('round-trips what fits and refuses what does not', () => {
    fc.assert(
      fc.property(sizes, anyText, (size, text) => {
        const codec = utf8(size);
        if (byteLength(text) <= size && !text.endsWith('\0')) {
          const { read, viewed } = roundTrip(codec, text);
          expect(read).toBe(text.toWellFormed());
          expect(viewed).toBe(read);
        } else {
          expect(refusal(codec, text)).toBeInstanceOf(EncodeError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('cuts nothing: text that fits exactly, and one byte more', () => {
    for (let size = 1; size <= 20; size++) {
      const codec = utf8(size);
      expect(roundTrip(codec, 'x'.repeat(size)).read).toBe('x'.repeat(size));
      expect(refusal(codec, 'x'.repeat(size + 1))).toBeInstanceOf(EncodeError);
      expect(refusal(codec, 'é'.repeat(Math.floor(size / 2) + 1))).toBeInstanceOf(EncodeError);
    }
  });

  test('leaves nothing of a longer text behind', () => {
    for (const size of [3, 8, 20]) {
      const binding = utf8(size).bind(guardedMemory(64));
      binding.write('x'.repeat(size), 0);
      binding.write('y', 0);
      expect(binding.read(0)).toBe('y');
      binding.write('', 0);
      expect(binding.read(0)).toBe('');
    }
  });

  test.each([
    { alike: 'nothing', textOf: (number: number) => `${(number * 7919) % 20_000}` },
    { alike: 'the first four bytes', textOf: (number: number) => `AAAA${number.toString(36)}` },
    {
      alike: 'the last four bytes',
      textOf: (number: number) => `${number.toString(36).padStart(4, '0')}ZZZZ`,
    },
    {
      alike: 'all but one byte',
      textOf: (number: number) => `A${String.fromCharCode(32 + (number % 90))}AZZZZ`,
    },
  ])('remembers by content: texts with $alike in common do not mix', ({ textOf }) => {
    const memory = guardedMemory(8 * 20_000);
    const binding = utf8(8).bind(memory);
    const texts = Array.from({ length: 20_000 }, (_, index) => textOf(index));
    for (const [index, text] of texts.entries()) binding.write(text, index * 8);
    expect(texts.filter((text, index) => binding.read(index * 8) !== text)).toEqual([]);
  });

  test('remembers by content: the same place in memory with other bytes is another text', () => {
    const memory = guardedMemory(64);
    const binding = utf8(8).bind(memory);
    binding.write('AAPL', 0);
    expect(binding.read(0)).toBe('AAPL');
    memory.u8[3] = 0x58;
    expect(binding.read(0)).toBe('AAPX');
  });

  test('keeps NUL inside, and refuses it at the end', () => {
    for (const size of [5, 8, 12]) {
      expect(roundTrip(utf8(size), 'a\0b').read).toBe('a\0b');
      expect(refusal(utf8(size), 'a\0')).toMatchObject({
        message: 'expected a string that does not end in NUL, got "a\\u0000"',
      });
    }
  });

  test('says how much fits', () => {
    expect(refusal(utf8(4), 'abcde')).toMatchObject({
      message: 'expected a string of at most 4 bytes in UTF-8, got "abcde"',
    });
  });

  test.each([4, 8, 12])('refuses values that are no strings (%i bytes)', (size) => {
    for (const value of [undefined, null, 5, ['a'], {}]) {
      expect(refusal(utf8(size), value)).toMatchObject({
        message: expect.stringMatching('expected a string, got '),
      });
    }
  });

  test.each([4, 7, 8, 12, 60])('refuses to read bytes that are not UTF-8 (%i bytes)', (size) => {
    const binding = utf8(size).bind(guardedMemory(64));
    expect(() => binding.read(0)).toThrow(DecodeError);
    expect(() => binding.view(0)).toThrow('are not UTF-8');
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 31, '8'])('refuses a size of %s', (size) => {
    expect(() => utf8(size as number)).toThrow(OptionError);
  });
});

describe('text that a runtime without the methods of Node reads and writes', () => {
  test('has the same bytes and is the same text', () => {
    const program = `
      process.getBuiltinModule = undefined;
      const { utf8, Memory } = await import('millrace/ring');
      const memory = new Memory(new SharedArrayBuffer(4096));
      const binding = utf8().bind(memory);
      for (const unit of ['a', 'é', '€', '😀', 'a\\ud800']) {
        for (const count of [1, 8, 9, 13, 16, 17, 24, 25, 40, 41, 200]) {
          const text = unit.repeat(count);
          const bytes = new TextEncoder().encode(text);
          if (binding.write(text, 8, 8 + bytes.length) !== bytes.length) throw new Error('length');
          if (Buffer.compare(memory.u8.subarray(8, 8 + bytes.length), bytes) !== 0) throw new Error('bytes');
          if (binding.read(8, bytes.length) !== text.toWellFormed()) throw new Error('text');
        }
      }
      process.stdout.write('fine');`;
    const flags = ['--input-type=module', '--eval', program];
    expect(execFileSync(process.execPath, flags, { encoding: 'utf8' })).toBe('fine');
  });
});

describe('utf8() at its limits', () => {
  test.each([1, 2, 3, 4, 5])('knows whether a character was left out when %i bytes are free', (free) => {
    for (const unit of ['a', 'é', '€', '😀', '\ud800']) {
      for (const count of [30, 31]) {
        const text = unit.repeat(count);
        const size = byteLength(text);
        const memory = guardedMemory(size + 128);
        const binding = utf8().bind(memory);
        expect(binding.write(text, 64, 64 + size + free - 1)).toBe(size);
        expect(() => binding.write(text, 64, 64 + size - free)).toThrow(EncodeError);
      }
    }
  });

  test('keeps a U+FFFD that was written, and refuses bytes that would be read as one', () => {
    const text = '\ufffd'.repeat(20);
    expect(roundTrip(utf8(), text).read).toBe(text);
    const memory = guardedMemory(128);
    memory.u8.fill(0x61);
    memory.u8[30] = 0xe2; // The first byte of three.
    expect(() => utf8().bind(memory).read(8, 60)).toThrow(DecodeError);
  });
});
