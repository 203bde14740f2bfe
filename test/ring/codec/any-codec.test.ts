import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArrayView } from '../../../src/ring/codec/array-view.ts';
import type { Codec } from '../../../src/ring/codec/codec.ts';
import { codecFromSpec, specsEqual } from '../../../src/ring/codec/registry.ts';
import { View } from '../../../src/ring/codec/view.ts';
import { DecodeError, EncodeError } from '../../../src/ring/errors.ts';
import { Memory } from '../../../src/ring/memory.ts';
import { anySample, type Sample } from './arbitrary-codec.ts';
import { guardedMemory, interpreted, isUntouchedOutside } from './guarded-memory.ts';
import { refusal, roundTrip } from './round-trip.ts';

type AnyCodec = Codec<unknown, unknown>;

const AT = 64;

/** The value again, put together from what the views show, field by field. */
function look(view: unknown, like: unknown): unknown {
  if (view instanceof ArrayView)
    return Array.from(view, (element, index) => look(element, (like as unknown[])[index]));
  if (!(view instanceof View)) return view;
  const fields = view as unknown as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(like as object).map(([name, part]) => [name, look(fields[name], part)]),
  );
}

/** The view of a value that was just written. */
function writtenView(codec: AnyCodec, value: unknown): unknown {
  if (codec.kind === 'fixed') {
    const binding = codec.bind(guardedMemory(AT + codec.size));
    binding.write(value, AT);
    return binding.view(AT);
  }
  const prepared = codec.prepare(value);
  const size = AT + codec.bound(prepared);
  const binding = codec.bind(guardedMemory(size));
  return binding.view(AT, binding.write(prepared, AT, size));
}

/** A value with one thing wrong: one of its parts, chosen by `chance`, is replaced by what no codec takes. */
function spoil(value: unknown, chance: number): unknown {
  const wrong = Symbol('wrong');
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return wrong;
  const keys = Object.keys(value);
  if (keys.length === 0) return wrong;
  const key = keys[chance % keys.length] as string;
  const part = (value as Record<string, unknown>)[key];
  const spoilt = spoil(part, Math.floor(chance / keys.length));
  return Array.isArray(value)
    ? value.map((element, index) => (String(index) === key ? spoilt : element))
    : { ...value, [key]: spoilt };
}

/** What an attempt gave, in a form that can be compared. */
function outcome(attempt: () => unknown): unknown {
  try {
    return { value: attempt() };
  } catch (error) {
    if (!(error instanceof DecodeError) && !(error instanceof EncodeError)) throw error;
    return { code: error.code, field: error.field, message: error.message };
  }
}

function holdsJson({ create }: Sample): boolean {
  return JSON.stringify(create().spec).includes('"name":"json"');
}

describe('a codec of any kind', () => {
  test('round-trips, touches no byte around the message, and shows what it reads', () => {
    fc.assert(
      fc.property(anySample, ({ create, value, expected }) => {
        const { read, viewed } = roundTrip(create(), value);
        expect(read).toEqual(expected);
        expect(viewed).toEqual(expected);
        expect(look(writtenView(create(), value), expected)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  test('writes the same bytes and reads the same values with and without generated code', () => {
    fc.assert(
      fc.property(anySample, ({ create, value, expected }) => {
        const generated = roundTrip(create(), value);
        const plain = interpreted(() => roundTrip(create(), value));
        expect(plain).toEqual(generated);
        expect(interpreted(() => look(writtenView(create(), value), expected))).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test('refuses a wrong part with EncodeError and its path, the same with and without generated code', () => {
    fc.assert(
      fc.property(anySample, fc.nat(), (sample, chance) => {
        fc.pre(!holdsJson(sample));
        const wrong = spoil(sample.value, chance);
        const error = refusal(sample.create(), wrong) as EncodeError;
        expect(error).toBeInstanceOf(EncodeError);
        expect(error.message.startsWith(error.field)).toBe(true);
        const plain = interpreted(() => refusal(sample.create(), wrong) as EncodeError);
        expect([plain.field, plain.message]).toEqual([error.field, error.message]);
      }),
      { numRuns: 300 },
    );
  });

  test('never writes at or past a limit that is too near', () => {
    fc.assert(
      fc.property(anySample, fc.nat(), ({ create, value }, chance) => {
        const codec = create();
        fc.pre(codec.kind === 'variable');
        const prepared = codec.prepare(value);
        const size = AT + codec.bound(prepared);
        const length = codec.bind(guardedMemory(size)).write(prepared, AT, size);
        fc.pre(length > 0);
        const limit = AT + (chance % length);
        const memory = guardedMemory(size + 64);
        expect(() => codec.bind(memory).write(prepared, AT, limit)).toThrow(EncodeError);
        expect(isUntouchedOutside(memory, AT, limit)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('reads arbitrary bytes as some value or throws DecodeError, the same with and without generated code', () => {
    const noise = fc.oneof(
      fc.uint8Array({ minLength: 512, maxLength: 512 }),
      fc.array(fc.constantFrom(0, 1, 2, 8, 16, 24, 32, 255), { minLength: 512, maxLength: 512 }),
    );
    fc.assert(
      fc.property(anySample, noise, fc.integer({ min: 0, max: 512 }), ({ create }, bytes, length) => {
        const attempt = (): unknown => {
          const codec = create();
          const memory = new Memory(new SharedArrayBuffer(4096));
          memory.u8.set(bytes);
          if (codec.kind === 'fixed') return outcome(() => codec.bind(memory).read(0));
          return outcome(() => codec.bind(memory).read(0, length));
        };
        expect(interpreted(attempt)).toEqual(attempt());
      }),
      { numRuns: 300 },
    );
  });

  test('is the same codec again when rebuilt from its spec', () => {
    fc.assert(
      fc.property(anySample, ({ create, value }) => {
        const codec = create();
        const spec = structuredClone(codec.spec);
        const rebuilt = codecFromSpec(spec);
        expect(rebuilt.spec).toEqual(codec.spec);
        expect(specsEqual(rebuilt.spec, codec.spec)).toBe(true);
        expect(rebuilt.kind).toBe(codec.kind);
        expect(roundTrip(rebuilt, value)).toEqual(roundTrip(codec, value));
      }),
      { numRuns: 300 },
    );
  });
});
