import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { pack, unpack } from 'msgpackr';
import { describe, expect, test } from 'vitest';
import { msgpack } from '../../../src/ring/codec/msgpack.ts';
import { u32 } from '../../../src/ring/codec/number.ts';
import { codecFromSpec } from '../../../src/ring/codec/registry.ts';
import { struct } from '../../../src/ring/codec/struct.ts';
import { DecodeError, EncodeError } from '../../../src/ring/errors.ts';
import { guardedMemory, isUntouchedOutside } from './guarded-memory.ts';
import { refusal, roundTrip } from './round-trip.ts';

/** JSON without -0, which arrives as 0. */
const values = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);

describe('msgpack', () => {
  test('round-trips whatever JSON can hold', () => {
    fc.assert(
      fc.property(values, (value) => {
        const { read, viewed } = roundTrip(msgpack(), value);
        expect(JSON.stringify(read)).toBe(JSON.stringify(value).replaceAll('"__proto__":', '"__proto_":'));
        expect(viewed).toEqual(read);
      }),
    );
  });

  test.each([
    [new Date(5)],
    [new Set(['a', 1])],
    [12n],
    [2n ** 70n],
    [Number.NaN],
    [/a+/g],
    [{ left: undefined }],
    [Uint8Array.of(1, 2, 3)],
    [Float64Array.of(1.5, -2)],
    ['é€😀'.repeat(100)],
    [Uint8Array.from({ length: 5000 }, (_, i) => i)],
  ])('keeps %o', (value) => {
    expect(roundTrip(msgpack(), value).read).toEqual(value);
  });

  test('makes a plain object of a map', () => {
    expect(roundTrip<unknown, unknown>(msgpack(), new Map([['a', 1]])).read).toEqual({ a: 1 });
  });

  test('writes and reads what any other MessagePack library does', () => {
    const order = { id: 7, user: 'ada', lines: [{ sku: 'x', count: 2 }], paid: true, note: null };
    const { bytes } = roundTrip(msgpack(), order);
    expect(Buffer.from(bytes)).toEqual(Buffer.from(pack(order)));
    expect(unpack(bytes)).toEqual(order);
  });

  test('gives values that keep no view of the memory they came from', () => {
    const memory = guardedMemory(200);
    const binding = msgpack<unknown>().bind(memory);
    const write = (value: unknown) => binding.write(msgpack<unknown>().prepare(value), 0, 200);
    const read = [Uint8Array.of(1, 2), Float32Array.of(1.5)].map((bytes) => binding.read(0, write(bytes)));
    binding.read(0, write('x'.repeat(40)));
    expect(read).toEqual([Uint8Array.of(1, 2), Float32Array.of(1.5)]);
  });

  test('keeps values apart that are prepared one after the other', () => {
    const prepared = Array.from({ length: 2000 }, (_, i) => msgpack<unknown>().prepare({ i }));
    const memory = guardedMemory(64);
    const binding = msgpack<unknown>().bind(memory);
    prepared.forEach((bytes, i) => {
      expect(binding.read(0, binding.write(bytes, 0, 64))).toEqual({ i });
    });
  });

  test('stands in a struct, more than once', () => {
    const Pair = struct({ id: u32, left: msgpack<object>(), right: msgpack<number[]>() });
    const pair = { id: 1, left: { a: new Set([1]) }, right: [1, 2, 3] };
    expect(roundTrip(Pair, pair)).toMatchObject({ read: pair, viewed: pair });
  });

  test('refuses what it cannot hold, and says why', () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    for (const value of [undefined, () => 1, Symbol('a'), loop, { f() {} }]) {
      expect(refusal(msgpack(), value)).toBeInstanceOf(EncodeError);
    }
    expect(refusal(msgpack(), { f() {} })).toMatchObject({
      message: "msgpack can't encode an object: a function has no MessagePack",
    });
    expect(roundTrip(msgpack<unknown>(), 'still works').read).toBe('still works');
  });

  test('keeps the error that a getter throws', () => {
    const thrown = new Error('mine');
    const value = {
      get broken(): never {
        throw thrown;
      },
    };
    expect(refusal(msgpack(), value)).toMatchObject({ code: 'MILLRACE_ENCODE', cause: thrown });
  });

  test('never writes at or past the limit', () => {
    const memory = guardedMemory(64);
    const prepared = msgpack<unknown>().prepare('0123456789');
    expect(() => msgpack<unknown>().bind(memory).write(prepared, 8, 18)).toThrow(EncodeError);
    expect(isUntouchedOutside(memory, 0, 0)).toBe(true);
  });

  test('reads bytes that mean nothing as DecodeError, and nothing else', () => {
    const memory = guardedMemory(80);
    const binding = msgpack<unknown>().bind(memory);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        memory.u8.set(bytes, 8);
        try {
          expect(binding.read(8, bytes.length)).not.toBe(undefined);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
          expect(error).toMatchObject({
            offset: 0,
            message: expect.stringContaining("msgpack can't decode"),
          });
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('travels in a handle', () => {
    expect(codecFromSpec(structuredClone(msgpack().spec))).toBe(msgpack());
  });

  test('works where code may not be generated, and loads nothing of Node', () => {
    const program = `
      import { msgpack, mpmc } from 'millrace/ring';
      const { writer, reader } = mpmc(msgpack());
      for (let i = 0; i < 100; i++) {
        writer.offer({ i, list: [{ i }] });
        if (reader.poll().list[0].i !== i) throw new Error('wrong');
      }
      if (process.moduleLoadList.some((name) => name.endsWith(' stream') && !before.has(name))) throw new Error('stream');
      process.stdout.write('fine');`.replace(
      'const {',
      'const before = new Set(process.moduleLoadList);\n      const {',
    );
    const flags = ['--disallow-code-generation-from-strings', '--input-type=module', '--eval', program];
    expect(execFileSync(process.execPath, flags, { encoding: 'utf8' })).toBe('fine');
  });
});
