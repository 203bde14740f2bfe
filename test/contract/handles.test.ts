import { Worker } from 'node:worker_threads';
import {
  BadHandleError,
  broadcast,
  bytes,
  custom,
  f64,
  json,
  mpmc,
  mpsc,
  open,
  openBroadcast,
  type RingHandle,
  spmc,
  spsc,
  struct,
  u32,
  utf8,
} from 'millrace/ring';
import { describe, expect, test } from 'vitest';
import type { Any, RingMaker } from './subject.ts';

const makers: Record<string, RingMaker> = { spsc, mpsc, spmc, mpmc, broadcast };

/** Opening must either work or be refused by a `BadHandleError`; the answer is whether it was refused. */
function isRefused(handle: unknown, codec?: Any): boolean {
  try {
    if (codec === undefined) open(handle as RingHandle);
    else open(handle as RingHandle, codec);
    return false;
  } catch (error) {
    expect(error).toBeInstanceOf(BadHandleError);
    expect(error).toMatchObject({ name: 'BadHandleError', code: 'MILLRACE_BAD_HANDLE' });
    return true;
  }
}

/** The same handle over a copy of its memory, with one int32 changed. */
function withWord(handle: RingHandle, word: number, value: number): RingHandle {
  const buffer = new SharedArrayBuffer(handle.buffer.byteLength);
  new Uint8Array(buffer).set(new Uint8Array(handle.buffer));
  new Int32Array(buffer)[word] = value;
  return { ...handle, buffer };
}

function withLength(handle: RingHandle, bytes: number): RingHandle {
  const buffer = new SharedArrayBuffer(bytes);
  const kept = Math.min(bytes, handle.buffer.byteLength);
  new Uint8Array(buffer).set(new Uint8Array(handle.buffer, 0, kept));
  return { ...handle, buffer };
}

const GEOMETRY = [
  'magic',
  'version',
  'topology',
  'overflow',
  'capacity',
  'slots',
  'slotBytes',
  'maxMessageBytes',
  'variable',
];

describe.each(Object.entries(makers))('the handle of a ring %s', (_topology, create) => {
  test('is plain data that opens the same ring', () => {
    const ring = create(struct({ id: u32, name: utf8(8) }), { capacity: 4, wait: 'park' });
    const copy = structuredClone(ring.handle);
    const opened = open<Any>(copy);
    expect(opened.topology).toBe(ring.topology);
    expect(opened.capacity).toBe(4);
    expect(opened.handle.wait).toBe('park');
    opened.writer.offer({ id: 1, name: 'one' });
    expect(ring.stats().written).toBe(1);
    expect(Object.keys(copy).sort()).toEqual(['buffer', 'codec', 'lot', 'millrace', 'wait']);
  });

  test('works in another thread', async () => {
    const ring = create(f64, { capacity: 8 });
    const fixture = new URL('./writer-thread.mjs', import.meta.url);
    const worker = new Worker(fixture, { workerData: { handle: ring.handle, values: [1, 2, 3] } });
    await new Promise((resolve) => worker.once('exit', resolve));
    expect(ring.stats().written).toBe(3);
  });

  test('is refused after JSON', () => {
    const { handle } = create(f64, { capacity: 4 });
    expect(isRefused(JSON.parse(JSON.stringify(handle)))).toBe(true);
  });

  test('is refused with any field missing or of another type', () => {
    const { handle } = create(f64, { capacity: 4 });
    for (const field of Object.keys(handle)) {
      const { [field as keyof RingHandle]: _, ...rest } = handle;
      expect(isRefused(rest), `without ${field}`).toBe(true);
      for (const odd of [undefined, null, 0, 1.5, 'x', [], {}, Symbol('x'), () => {}, new ArrayBuffer(64)]) {
        expect(isRefused({ ...handle, [field]: odd }), `${field}: ${String(odd)}`).toBe(true);
      }
    }
  });

  test('is refused when its buffer is cut short or too long', () => {
    const { handle } = create(utf8(), { capacity: 4 });
    const { byteLength } = handle.buffer;
    for (const length of [
      0,
      1,
      8,
      64,
      128,
      2048,
      byteLength - 1,
      byteLength - 8,
      byteLength + 8,
      byteLength + 1,
    ]) {
      expect(isRefused(withLength(handle, length)), `${length} of ${byteLength} bytes`).toBe(true);
    }
  });

  test('is refused when its parking lot is cut short, or is something else', () => {
    const { handle } = create(f64, { capacity: 4 });
    for (const length of [0, 4, handle.lot.byteLength - 4, handle.lot.byteLength + 4]) {
      expect(isRefused({ ...handle, lot: new SharedArrayBuffer(length) })).toBe(true);
    }
    expect(isRefused({ ...handle, lot: new SharedArrayBuffer(handle.lot.byteLength) })).toBe(true);
    expect(isRefused({ ...handle, lot: handle.buffer })).toBe(true);
  });

  test.each(GEOMETRY.map((name, word) => [name, word] as const))(
    'never opens to something that crashes when its %s is changed',
    (_name, word) => {
      const codec = struct({ id: u32, name: utf8(8) });
      const { handle } = create(codec, { capacity: 5 });
      const good = new Int32Array(handle.buffer)[word] as number;
      const odd = [
        0,
        1,
        2,
        3,
        4,
        5,
        7,
        64,
        -1,
        2 ** 31 - 1,
        -(2 ** 31),
        good + 1,
        good - 1,
        good * 2,
        good + 2 ** 27,
      ];
      for (const value of odd.filter((value) => (value | 0) !== good)) {
        const changed = withWord(handle, word, value);
        if (isRefused(changed, codec)) continue;
        const ring = open(changed, codec);
        // What no length depends on can't be told from what the creator meant.
        expect(['topology', 'overflow', 'capacity', 'variable'], `${_name} = ${value}`).toContain(_name);
        expect(() => ring.writer.offer({ id: 1, name: 'one' })).not.toThrow();
      }
    },
  );

  test('is refused with another magic number or layout version', () => {
    const { handle } = create(f64, { capacity: 4 });
    for (const word of [0, 1]) {
      for (const value of [0, 1234567, -1]) expect(isRefused(withWord(handle, word, value))).toBe(true);
    }
  });

  test('is refused with another codec, in the handle or beside it', () => {
    const { handle } = create(f64, { capacity: 4 });
    expect(isRefused(handle, u32)).toBe(true);
    expect(isRefused(handle, json())).toBe(true);
    expect(isRefused(handle, struct({ x: f64 }))).toBe(true);
    for (const spec of [
      { name: 'u32' },
      { name: 'utf8' },
      { name: 'nonsense' },
      { name: 'f64', size: 8 },
      {},
    ]) {
      expect(isRefused({ ...handle, codec: spec }), JSON.stringify(spec)).toBe(true);
    }
    expect(isRefused(handle, f64)).toBe(false);
  });
});

describe('a codec of one’s own', () => {
  const shout = custom<string>({
    name: 'shout',
    version: 1,
    encode: (value) => new TextEncoder().encode(value.toUpperCase()),
    decode: (raw) => new TextDecoder().decode(raw),
  });

  test('must be passed to open, with the same name and version', () => {
    const ring = spsc(shout);
    expect(isRefused(ring.handle)).toBe(true);
    expect(isRefused(ring.handle, bytes)).toBe(true);
    expect(isRefused(ring.handle, custom({ ...shoutOptions, version: 2 }))).toBe(true);
    open(ring.handle, shout).writer.offer('hello');
    expect(ring.reader.poll()).toBe('HELLO');
  });

  const shoutOptions = {
    name: 'shout',
    version: 1,
    encode: () => new Uint8Array(),
    decode: () => '',
  };
});

test('openBroadcast refuses the handle of another topology', () => {
  expect(() => openBroadcast(mpmc(f64).handle)).toThrow(BadHandleError);
});

test('open refuses what is no object at all', () => {
  for (const odd of [undefined, null, 0, 'x', Symbol('x'), () => {}, [], new Map()])
    expect(isRefused(odd)).toBe(true);
});
