import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { clone } from '../../../src/ring/codec/clone.ts';
import { codecFromSpec } from '../../../src/ring/codec/registry.ts';
import { DecodeError, EncodeError } from '../../../src/ring/errors.ts';
import { guardedMemory, isUntouchedOutside } from './guarded-memory.ts';
import { refusal, roundTrip } from './round-trip.ts';

describe('clone', () => {
  test.each([
    [null],
    [-0],
    [2n ** 100n],
    [new Date(5)],
    [/a+/g],
    [new Map<unknown, unknown>([[{ key: 1 }, new Set([1])]])],
    [{ left: undefined, holes: new Array(3) }],
    [Float64Array.of(1.5, -2)],
    ['é€😀\ud800'.repeat(100)],
    [Uint8Array.from({ length: 5000 }, (_, i) => i)],
  ])('keeps %o', (value) => {
    expect(roundTrip<unknown, unknown>(clone(), value).read).toStrictEqual(value);
  });

  test('keeps the shape of objects that contain themselves', () => {
    const loop: { self?: unknown; name: string } = { name: 'a' };
    loop.self = loop;
    const read = roundTrip<unknown, unknown>(clone(), loop).read as typeof loop;
    expect(read.self).toBe(read);
  });

  test('gives values that keep no view of the memory they came from', () => {
    const memory = guardedMemory(200);
    const binding = clone<unknown>().bind(memory);
    const length = binding.write(clone<unknown>().prepare(Float64Array.of(1.5)), 0, 200);
    const read = [binding.read(0, length), binding.view(0, length)];
    memory.u8.fill(0);
    expect(read).toEqual([Float64Array.of(1.5), Float64Array.of(1.5)]);
  });

  test('refuses what it cannot hold, and says why', () => {
    for (const value of [undefined, () => 1, Symbol('a'), { f() {} }, new SharedArrayBuffer(8)]) {
      expect(refusal(clone(), value)).toBeInstanceOf(EncodeError);
    }
    expect(refusal(clone(), { f() {} })).toMatchObject({
      message: expect.stringMatching("clone can't encode an object: .*could not be cloned"),
    });
  });

  test('never writes at or past the limit', () => {
    const memory = guardedMemory(64);
    const prepared = clone<unknown>().prepare('0123456789');
    expect(() => clone<unknown>().bind(memory).write(prepared, 8, 18)).toThrow(EncodeError);
    expect(isUntouchedOutside(memory, 0, 0)).toBe(true);
  });

  test('reads bytes that mean nothing as DecodeError', () => {
    const memory = guardedMemory(64);
    const binding = clone<unknown>().bind(memory);
    memory.u8.fill(0xee);
    for (const length of [0, 1, 30]) {
      expect(() => binding.read(8, length)).toThrow(DecodeError);
      expect(() => binding.view(8, length)).toThrow(`clone can't decode the ${length} bytes`);
    }
  });

  test('travels in a handle', () => {
    expect(codecFromSpec(structuredClone(clone().spec))).toBe(clone());
  });

  test('says what to use instead where the runtime has no serializer', () => {
    const program = `
      process.getBuiltinModule = undefined;
      const { clone, codecFromSpec } = await import('millrace/ring');
      for (const attempt of [clone, () => codecFromSpec({ name: 'clone' })]) {
        try { attempt(); } catch ({ code, message }) { console.log(code, message.includes('msgpack()')); }
      }`;
    const flags = ['--input-type=module', '--eval', program];
    expect(execFileSync(process.execPath, flags, { encoding: 'utf8' })).toBe(
      'MILLRACE_UNSUPPORTED true\nMILLRACE_UNSUPPORTED true\n',
    );
  });
});
