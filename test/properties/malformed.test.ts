import { f64, json, latest, Memory, open, openLatest, spsc, struct, u32 } from 'millrace/ring';
import { describe, expect, test } from 'vitest';
import { recordCodec } from '../../dist/cluster/topic/record-codec.js';
import { outcome } from './bad-handles.mjs';
import { type Form, tryMalformed } from './malformed.mjs';
import { restore, TEMPLATES, type Template } from './templates.mjs';

/** `MALFORMED_SEED=…` makes the same inputs again. */
const { MALFORMED_SEED } = process.env;
const SEED = Number(MALFORMED_SEED ?? Date.now() % 1_000_000);
const INPUTS = 10_000;
const GEOMETRY_BYTES = 36;

describe('malformed input is refused with a clear error, or does no harm', () => {
  test.each(['handle', 'cell', 'ring', 'turns', 'record'] as Form[])('%s', async (form) => {
    const { refused, accepted, faults, hangs } = await tryMalformed(form, SEED, 0, INPUTS);
    expect({ faults, hangs }, `MALFORMED_SEED=${SEED}`).toEqual({ faults: [], hangs: [] });
    expect(refused + accepted).toBe(INPUTS);
    expect(refused).toBeGreaterThan(INPUTS / 20);
    expect(accepted).toBeGreaterThan(INPUTS / 100);
  });
});

test.each(['spsc', 'mpsc', 'spmc', 'mpmc', 'broadcast'])(
  'every byte of the geometry of a ring %s, with every value, is refused or opens',
  (topology) => {
    const template = TEMPLATES.find(({ ring }) => ring.topology === topology) as Template;
    const { buffer } = restore(template);
    const bytes = new Uint8Array(buffer, 0, GEOMETRY_BYTES);
    let refused = 0;
    for (const [at, good] of template.memory.subarray(0, GEOMETRY_BYTES).entries()) {
      for (let value = 0; value < 256; value++) {
        bytes[at] = value;
        if (outcome(() => open(template.ring.handle)) === 'refused') refused++;
      }
      bytes[at] = good;
    }
    expect(refused).toBeGreaterThan(GEOMETRY_BYTES * 200);
  },
);

describe('what such inputs have shown', () => {
  const badHandle = expect.objectContaining({ code: 'MILLRACE_BAD_HANDLE' });

  test('a codec in a handle may hold what JSON does not take', () => {
    const circular: { name: string; of?: unknown } = { name: 'optional' };
    circular.of = circular;
    for (const codec of [{ name: 'f64', size: 7n }, circular]) {
      expect(() => open({ ...spsc(f64).handle, codec } as never, u32)).toThrow(badHandle);
      expect(() => openLatest({ ...latest(f64).handle, codec } as never, u32)).toThrow(badHandle);
    }
  });

  test('a list of fields may have holes', () => {
    const { handle } = spsc(struct({ a: f64 }));
    const codec = { name: 'struct', fields: new Array(2) };
    codec.fields[1] = ['a', { name: 'f64' }];
    expect(() => open({ ...handle, codec } as never)).toThrow(badHandle);
  });

  test('a bell for a seat that there is not rings nothing', () => {
    const ring = spsc(f64, { capacity: 1 });
    const BELLS = 64;
    new Int32Array(ring.handle.buffer)[BELLS] = 1;
    ring.close();
    open(spsc(f64).handle);
  });

  test('a producer cursor further ahead than the ring is large is corrupt', () => {
    const ring = spsc(f64, { capacity: 4 });
    const PRODUCER_CURSOR = 128;
    new Int32Array(ring.handle.buffer)[PRODUCER_CURSOR] = 1 << 20;
    const corrupt = expect.objectContaining({ code: 'MILLRACE_CORRUPT' });
    expect(() => ring.reader.poll()).toThrow(corrupt);
    expect(() => ring.reader.drain(() => expect.unreachable())).toThrow(corrupt);
  });

  test('a consumer cursor ahead of the producer is corrupt', () => {
    const ring = spsc(f64, { capacity: 4 });
    const CONSUMER_CURSOR = 160;
    new Int32Array(ring.handle.buffer)[CONSUMER_CURSOR] = 1 << 20;
    const corrupt = expect.objectContaining({ code: 'MILLRACE_CORRUPT' });
    expect(() => ring.writer.offerAll([1, 2, 3, 4, 5])).toThrow(corrupt);
  });

  test('a record claims a value, a key or headers that end behind it', () => {
    const memory = new Memory(new SharedArrayBuffer(256));
    const binding = recordCodec(json()).bind(memory);
    const lengths = memory.i32.subarray(2, 5);
    const decodeError = expect.objectContaining({ code: 'MILLRACE_DECODE' });
    for (const [key, value, headers, length] of [
      [-1, 1, -1, 20],
      [-1, 9, -1, 32],
      [2 ** 31 - 1, 1, -1, 64],
      [8, 2 ** 31 - 1, -1, 64],
      [5, 8, 9, 48],
    ] as const) {
      lengths.set([key, value, headers]);
      expect(() => binding.view(0, length), `${key} ${value} ${headers}`).toThrow(decodeError);
    }
  });
});
