import { inspect } from 'node:util';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { array } from '../../../src/ring/codec/array.ts';
import { bytes } from '../../../src/ring/codec/bytes.ts';
import type { FixedCodec } from '../../../src/ring/codec/codec.ts';
import { custom } from '../../../src/ring/codec/custom.ts';
import { allowGeneration } from '../../../src/ring/codec/generate.ts';
import { json } from '../../../src/ring/codec/json.ts';
import { f64, i64, u8, u16, u32 } from '../../../src/ring/codec/number.ts';
import { oneOf } from '../../../src/ring/codec/one-of.ts';
import { optional } from '../../../src/ring/codec/optional.ts';
import { type StructFields, struct } from '../../../src/ring/codec/struct.ts';
import { utf8 } from '../../../src/ring/codec/text.ts';
import { copy } from '../../../src/ring/codec/view.ts';
import { DecodeError, EncodeError, OptionError } from '../../../src/ring/errors.ts';
import { guardedMemory, isUntouchedOutside } from './guarded-memory.ts';
import { onBothPaths, refusal, roundTrip } from './round-trip.ts';

const createTick = () =>
  struct({ id: u32, px: f64, qty: f64, ts: f64, flags: u16, side: oneOf('B', 'S'), sym: utf8(8) });
const tick = { id: 7, px: 1.5, qty: 100, ts: 1.7e12, flags: 3, side: 'S', sym: 'AAPL' } as const;

const createOrder = () =>
  struct({
    id: u32,
    user: utf8(),
    at: i64,
    legs: array(struct({ sym: utf8(4), px: f64 }), 2),
    payload: bytes,
    note: optional(utf8()),
    extra: json<unknown>(),
  });
const order = {
  id: 9,
  user: 'zoë',
  at: 12n,
  legs: [
    { sym: 'A', px: 1 },
    { sym: 'B', px: 2 },
  ],
  payload: Uint8Array.of(1, 2, 3),
  note: undefined,
  extra: { deep: [1, null] },
};

afterEach(() => {
  vi.unstubAllGlobals();
  allowGeneration(true);
});

describe('a struct of fixed size', () => {
  test('lays its fields by alignment, without gaps', () => {
    expect(createTick()).toMatchObject({ kind: 'fixed', size: 40, alignment: 8 });
    expect(struct({ a: u8, b: u16, c: u8 })).toMatchObject({ size: 4, alignment: 2 });
    expect(struct({ a: u8, b: u16, c: u8 })).not.toHaveProperty('typicalSize');
    onBothPaths(
      () => struct({ a: u8, b: u16, c: u8 }),
      (codec) => expect(roundTrip(codec, { a: 1, b: 0x0302, c: 4 }).bytes).toEqual(Uint8Array.of(2, 3, 1, 4)),
    );
  });

  test('round-trips, as a plain object in the order of declaration', () => {
    onBothPaths(createTick, (codec) => {
      const { read, viewed } = roundTrip(codec, tick);
      expect(read).toStrictEqual(tick);
      expect(Object.keys(read as object)).toEqual(Object.keys(tick));
      expect(viewed).toStrictEqual(tick);
    });
  });

  test('has one view per binding, which moves', () => {
    onBothPaths(createTick, (codec) => {
      const binding = codec.bind(guardedMemory(256));
      binding.write(tick, 0);
      binding.write({ ...tick, id: 8, side: 'B' }, 40);
      const first = binding.view(0);
      expect([first.id, first.px, first.qty, first.ts, first.flags, first.side, first.sym]).toEqual(
        Object.values(tick),
      );
      const kept = first.copy();
      const second = binding.view(40);
      expect(second).toBe(first);
      expect([first.id, first.side]).toEqual([8, 'B']);
      expect(kept).toStrictEqual(tick);
      expect(copy(second)).toStrictEqual({ ...tick, id: 8, side: 'B' });
      expect(JSON.parse(JSON.stringify(second))).toEqual({ ...tick, id: 8, side: 'B' });
      expect(inspect(second)).toBe(inspect(second.copy()));
    });
  });

  test('takes its own view as a value', () => {
    onBothPaths(createTick, (codec) => {
      const binding = codec.bind(guardedMemory(256));
      binding.write(tick, 0);
      binding.write(binding.view(0), 80);
      expect(binding.read(80)).toStrictEqual(tick);
    });
  });

  test('reads each property once, before it writes anything', () => {
    onBothPaths(
      () => struct({ a: u8, b: optional(u32), c: utf8(4), d: struct({ e: u8 }) }),
      (codec) => {
        const asked: string[] = [];
        const recording = (target: object): object =>
          new Proxy(target, {
            get(object, key) {
              asked.push(String(key));
              return Reflect.get(object, key);
            },
          });
        const value = recording({ a: 1, b: 2, c: 'x', d: recording({ e: 3 }) });
        codec.bind(guardedMemory(64)).write(value as never, 0);
        expect(asked).toEqual(['a', 'b', 'c', 'd', 'e']);
      },
    );
  });

  test('lets what a getter throws pass', () => {
    onBothPaths(
      () => struct({ a: struct({ b: u8 }) }),
      (codec) => {
        const thrown = new TypeError('mine');
        const value = {
          get b() {
            throw thrown;
          },
        };
        expect(refusal(codec, { a: value })).toBe(thrown);
      },
    );
  });

  test('works at every multiple of its alignment', () => {
    onBothPaths(
      () => struct({ a: u16, b: u8 }),
      (codec) => {
        const binding = codec.bind(guardedMemory(64));
        for (const at of [0, 2, 4, 6, 58, 60]) {
          binding.write({ a: at, b: at + 1 }, at);
          expect(binding.read(at)).toEqual({ a: at, b: at + 1 });
        }
      },
    );
  });

  test('takes fields whose codecs it does not know', () => {
    const celsius: FixedCodec<number> = {
      kind: 'fixed',
      spec: { name: 'celsius' },
      size: 4,
      alignment: 4,
      bind: ({ i32 }) => ({
        write: (value, at) => {
          if (value < -273) throw new EncodeError('', 'too cold');
          i32[at / 4] = value;
        },
        read: (at) => i32[at / 4] as number,
        view: (at) => i32[at / 4] as number,
      }),
    };
    onBothPaths(
      () => struct({ a: u8, t: celsius, u: optional(celsius) }),
      (codec) => {
        expect(roundTrip(codec, { a: 1, t: -5, u: 20 })).toMatchObject({ read: { a: 1, t: -5, u: 20 } });
        expect(refusal(codec, { a: 1, t: -300 })).toMatchObject({ field: 't', message: 't: too cold' });
      },
    );
  });
});

describe('a struct of variable size', () => {
  test('round-trips', () => {
    onBothPaths(createOrder, (codec) => {
      expect(codec).toMatchObject({ kind: 'variable' });
      const { read, viewed } = roundTrip(codec, order);
      expect(read).toStrictEqual(order);
      expect(viewed).toStrictEqual(order);
    });
  });

  test('shows each field from its view', () => {
    onBothPaths(createOrder, (codec) => {
      const memory = guardedMemory(1024);
      const binding = codec.bind(memory);
      const length = binding.write(codec.prepare(order), 64, 1024);
      const view = binding.view(64, length);
      expect(view.id).toBe(9);
      expect(view.user).toBe('zoë');
      expect(view.legs.at(1).px).toBe(2);
      expect(view.payload).toEqual(order.payload);
      expect(view.payload.buffer).toBe(memory.buffer);
      expect(view.note).toBeUndefined();
      expect(view.extra).toEqual(order.extra);
      expect(codec.bind(memory).view(64, length)).not.toBe(view);
    });
  });

  test('nests', () => {
    onBothPaths(
      () => struct({ a: struct({ b: utf8(), c: struct({ d: json() }) }), e: bytes }),
      (codec) => {
        const value = { a: { b: 'x', c: { d: [1] } }, e: Uint8Array.of(5) };
        expect(roundTrip(codec, value)).toMatchObject({ read: value, viewed: value });
        expect(refusal(codec, { a: { b: 'x', c: { d: 1n } }, e: value.e })).toMatchObject({ field: 'a.c.d' });
        expect(refusal(codec, { a: { b: 5 } })).toMatchObject({ field: 'a.b' });
      },
    );
  });

  test('starts each tail at a multiple of 8', () => {
    const starts: number[] = [];
    const probe = custom({ name: 'probe', version: 1, encode: () => new Uint8Array(3), decode: () => 0 });
    const spying = {
      ...probe,
      prepare: probe.prepare.bind(probe),
      bound: probe.bound.bind(probe),
      bind: (memory: Parameters<typeof probe.bind>[0]) => {
        const binding = probe.bind(memory);
        return {
          write: (prepared: unknown, at: number, limit: number) => {
            starts.push(at);
            return binding.write(prepared, at, limit);
          },
          read: binding.read.bind(binding),
          view: binding.view.bind(binding),
        };
      },
    };
    roundTrip(struct({ a: u8, b: spying, c: spying, d: spying }), { a: 1, b: 0, c: 0, d: 0 });
    expect(starts.map((at) => at % 8)).toEqual([0, 0, 0]);
  });

  test('says everything that is wrong with a value in prepare', () => {
    onBothPaths(createOrder, (codec) => {
      for (const [part, field] of [
        [{ id: -1 }, 'id'],
        [{ user: 5 }, 'user'],
        [
          {
            legs: [
              { sym: 'A', px: 1 },
              { sym: 'toolong', px: 1 },
            ],
          },
          'legs[1].sym',
        ],
        [{ payload: 'x' }, 'payload'],
        [{ note: null }, 'note'],
        [{ extra: undefined }, 'extra'],
      ] as const) {
        expect(refusal(codec, { ...order, ...part })).toMatchObject({ field });
      }
    });
  });

  test('keeps a prepared value while others are prepared, even by its own getters', () => {
    onBothPaths(
      () => struct({ id: u32, part: struct({ n: u8 }), text: utf8() }),
      (codec) => {
        const first = codec.prepare({ id: 1, part: { n: 1 }, text: 'one' });
        const part = {
          get n() {
            codec.prepare({ id: 99, part: { n: 99 }, text: 'inner' });
            return 2;
          },
        };
        const second = codec.prepare({ id: 2, part, text: 'two' });
        const binding = codec.bind(guardedMemory(256));
        const one = { id: 1, part: { n: 1 }, text: 'one' };
        expect(binding.read(0, binding.write(first, 0, 64))).toEqual(one);
        expect(binding.read(64, binding.write(second, 64, 128))).toEqual({
          id: 2,
          part: { n: 2 },
          text: 'two',
        });
        expect(binding.read(128, binding.write(first, 128, 192))).toEqual(one);
      },
    );
  });

  test('never writes at or past the limit', () => {
    onBothPaths(createOrder, (codec) => {
      const prepared = codec.prepare(order);
      const needed = codec.bind(guardedMemory(1024)).write(prepared, 64, 1024);
      for (let room = 0; room < needed; room++) {
        const memory = guardedMemory(1024);
        expect(() => codec.bind(memory).write(prepared, 64, 64 + room)).toThrow(EncodeError);
        expect(isUntouchedOutside(memory, 64, 64 + room)).toBe(true);
      }
      const memory = guardedMemory(1024);
      expect(codec.bind(memory).write(prepared, 64, 64 + needed)).toBe(needed);
    });
  });

  test('never returns a length past the limit, not even for padding before an empty tail', () => {
    onBothPaths(
      () => struct({ id: u32, a: utf8(), b: bytes, c: optional(bytes) }),
      (codec) => {
        for (const c of [undefined, new Uint8Array(0)]) {
          const prepared = codec.prepare({ id: 1, a: 'xyz', b: new Uint8Array(0), c });
          const binding = codec.bind(guardedMemory(256));
          const needed = binding.write(prepared, 0, 256);
          for (let room = 0; room < needed; room++) {
            expect(() => binding.write(prepared, 0, room)).toThrow(EncodeError);
          }
        }
      },
    );
  });

  test('refuses words that lead out of the message', () => {
    onBothPaths(
      () => struct({ id: u32, text: utf8() }),
      (codec) => {
        const memory = guardedMemory(256);
        const binding = codec.bind(memory);
        const length = binding.write(codec.prepare({ id: 1, text: 'hello' }), 64, 256);
        const begin = 64 / 4 + 1;
        expect(memory.u32.slice(begin, begin + 2)).toEqual(Uint32Array.of(16, 5));
        for (const pair of [
          [0, 5],
          [8, 5],
          [17, 1],
          [20, 1],
          [24, 0],
          [0xffff_fff8, 8],
          [16, 6],
          [16, 0xffff_ffff],
        ]) {
          memory.u32.set(pair, begin);
          expect(() => binding.read(64, length)).toThrow(DecodeError);
          expect(() => binding.view(64, length).text).toThrow(
            /^text: .* do not lie in a message of 21 bytes \(at byte 4/,
          );
        }
        memory.u32.set([16, 5], begin);
        expect(binding.read(64, length)).toEqual({ id: 1, text: 'hello' });
        expect(() => binding.read(64, 15)).toThrow(DecodeError);
        expect(() => binding.view(64, 0)).toThrow(DecodeError);
      },
    );
  });

  test('says where in the message a tail could not be read', () => {
    onBothPaths(
      () => struct({ id: u32, text: json() }),
      (codec) => {
        const memory = guardedMemory(256);
        const binding = codec.bind(memory);
        const length = binding.write(codec.prepare({ id: 1, text: 'hello' }), 64, 256);
        memory.u8[64 + 16] = 0x7b;
        expect(() => binding.read(64, length)).toThrow(
          'text: the 7 bytes are not JSON (at byte 16 of the message)',
        );
        expect(() => binding.view(64, length).text).toThrow(DecodeError);
        expect(() => binding.view(64, length).id).not.toThrow();
      },
    );
  });
});

describe('names', () => {
  const HOSTILE = [
    'a"b',
    "a'b",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a name that would do harm inside a template
    'a`${1}',
    'a\\',
    '\\u0022',
    'a\nb',
    '\u2028',
    '*/',
    '//',
    '"]; throw 1; ["',
    'f0',
    'this',
    'u8',
    'at',
    'length',
    'value',
    'support',
    'prototype',
    'toString',
    'valueOf',
    'hasOwnProperty',
    '__defineGetter__',
    'then',
    'get',
    'static',
    'class',
    '0',
    ' ',
    '\ud800',
    '#at',
  ];

  test('may be anything, and is only a name', () => {
    const create = () => struct(Object.fromEntries(HOSTILE.map((name) => [name, u8])));
    onBothPaths(create as () => FixedCodec<Record<string, number>>, (codec) => {
      const value = Object.fromEntries(HOSTILE.map((name, index) => [name, index]));
      const { read, viewed } = roundTrip(codec, value);
      expect(read).toEqual(value);
      expect(viewed).toEqual(value);
      const view = codec.bind(guardedMemory(256)).view(0) as Record<string, unknown>;
      for (const name of HOSTILE) expect(view[name]).toBe(0xa5);
      const wrong = refusal(codec, { ...value, 'a"b': -1 }) as EncodeError;
      expect(wrong.field).toBe('["a\\"b"]');
    });
  });

  test.each(['copy', 'toJSON', 'constructor', '__proto__', '', 'x'.repeat(257)])('refuses %j', (name) => {
    expect(() => struct({ [name]: u8 })).toThrow(OptionError);
  });

  test('the path of an error stays readable', () => {
    const codec = struct({ 'odd name': struct({ ok: u8, 'x-y': array(u8, 1) }) });
    expect(refusal(codec, { 'odd name': { ok: 300 } })).toMatchObject({ field: '["odd name"].ok' });
    expect(refusal(codec, { 'odd name': { ok: 3, 'x-y': [300] } })).toMatchObject({
      field: '["odd name"]["x-y"][0]',
    });
  });
});

describe('values that are no objects', () => {
  test.each([undefined, null, 5, 'text', () => 1, Symbol('a')])('refuses %s', (value) => {
    onBothPaths(createTick, (codec) => {
      expect(refusal(codec, value)).toMatchObject({
        message: expect.stringMatching('^expected an object, got '),
      });
    });
    onBothPaths(createOrder, (codec) => expect(refusal(codec, value)).toBeInstanceOf(EncodeError));
  });
});

describe('schemas that make no struct', () => {
  test.each([
    {},
    { a: undefined },
    { a: 5 },
    { a: () => u8 },
    { a: { kind: 'fixed', size: 4 } },
    { a: { ...u8, size: 0, bind: u8.bind } },
    { a: { ...u8, alignment: 3, bind: u8.bind } },
    null,
    Object.fromEntries(Array.from({ length: 1025 }, (_, index) => [`f${index}`, u8])),
  ])('are refused (%#)', (fields) => {
    expect(() => struct(fields as unknown as StructFields)).toThrow(OptionError);
  });

  test('a thousand fields do make one', () => {
    const names = Array.from({ length: 1024 }, (_, index) => `f${index}`);
    const codec = struct(Object.fromEntries(names.map((name) => [name, optional(u8)])));
    const value = Object.fromEntries(
      names.map((name, index) => [name, index % 3 === 0 ? undefined : index % 256]),
    );
    expect(roundTrip(codec as FixedCodec<unknown>, value).read).toEqual(value);
  });
});

describe('where new Function is forbidden', () => {
  test('works all the same, and asks once', () => {
    let asked = 0;
    vi.stubGlobal('Function', function forbidden() {
      asked++;
      throw new EvalError('Refused to evaluate a string as JavaScript');
    });
    expect(roundTrip(createTick(), tick).read).toStrictEqual(tick);
    expect(roundTrip(createOrder(), order).read).toStrictEqual(order);
    expect(asked).toBe(1);
  });

  test('does not hide defects of the generated code', () => {
    vi.stubGlobal('Function', function broken() {
      throw new SyntaxError('Unexpected token');
    });
    expect(() => createTick().bind(guardedMemory(64))).toThrow(SyntaxError);
  });
});

describe('copy', () => {
  test('returns values of their own as they are', () => {
    const own = { a: 1, copy: 5 };
    expect(copy(own)).toBe(own);
    expect(copy('text')).toBe('text');
    expect(copy(undefined)).toBeUndefined();
  });

  test('copies a Buffer, whose slice does not', () => {
    const buffer = Buffer.from('abc');
    const copied = copy(buffer);
    buffer[0] = 0;
    expect(Buffer.from(copied).toString()).toBe('abc');
  });
});
