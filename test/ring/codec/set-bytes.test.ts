import { describe, expect, test, vi } from 'vitest';

type SetBytes = typeof import('../../../dist/ring/codec/set-bytes.js');

const MODULE = '../../../dist/ring/codec/set-bytes.js';
const ours: SetBytes = await import(MODULE);

/** As the module is where Node's `fill` is not taken: its own `Buffer` says what it would do with bytes. */
async function elsewhere(runtime: 'deno' | 'bun' | 'browser'): Promise<SetBytes> {
  const versions = runtime === 'browser' ? {} : { ...process.versions, [runtime]: '1.0.0' };
  const described = Object.getOwnPropertyDescriptor(process, 'versions') as PropertyDescriptor;
  const fill = vi.spyOn(Buffer.prototype, 'fill').mockImplementation(() => expect.fail('filled'));
  Object.defineProperty(process, 'versions', { ...described, value: versions });
  try {
    return await import(`${MODULE}?in=${runtime}`);
  } finally {
    Object.defineProperty(process, 'versions', described);
    fill.mockRestore();
  }
}

/** Around the least size that is copied by another call, and well above it. */
const SIZES = [0, 1, 63, 64, 1024, 2047, 2048, 2049, 4095, 4096, 8192, 20_001, 65_536, 300_000];
const PLACES = [
  { from: 0, at: 0 },
  { from: 0, at: 7 },
  { from: 13, at: 0 },
  { from: 64, at: 4096 },
];
const AROUND = 100;

const shared = (bytes: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(bytes));
const unshared = (bytes: number): Uint8Array => new Uint8Array(bytes);
const MEMORIES = [
  ['private', 'shared', unshared, shared],
  ['shared', 'private', shared, unshared],
  ['shared', 'shared', shared, shared],
  ['private', 'private', unshared, unshared],
] as const;

function noise(bytes: Uint8Array, seed: number): Uint8Array {
  for (let at = 0, word = seed; at < bytes.length; at++) {
    word = (Math.imul(word, 1664525) + 1013904223) | 0;
    bytes[at] = word >>> 24;
  }
  return bytes;
}

/** What the target holds afterwards, byte by byte. */
function expected(target: Uint8Array, source: Uint8Array, at: number): Buffer {
  const wanted = Buffer.from(target);
  const copied = Buffer.from(source);
  for (let i = 0; i < copied.length; i++) wanted[at + i] = copied[i] as number;
  return wanted;
}

const RUNTIMES: readonly (readonly [string, SetBytes])[] = [
  ['Node', ours],
  ['Deno', await elsewhere('deno')],
  ['Bun', await elsewhere('bun')],
  ['browsers', await elsewhere('browser')],
];

test('on Node a pattern is always as long as what it fills', async () => {
  const fill = vi.spyOn(Buffer.prototype, 'fill');
  const { setBytes }: SetBytes = await import(`${MODULE}?in=node`);
  for (const size of SIZES) setBytes(shared(size + AROUND), unshared(size), 7);
  const filled = fill.mock.calls as unknown as [pattern: Uint8Array, from: number, until: number][];
  fill.mockRestore();
  const long = SIZES.filter((size) => size >= 2048);
  expect(filled.map(([pattern]) => pattern.length)).toEqual(long);
  expect(filled.map(([, from, until]) => [from, until - from])).toEqual(long.map((size) => [7, size]));
});

describe.each(RUNTIMES)('in %s', (_runtime, { moveBytes, setBytes }) => {
  describe.each([
    ['setBytes', setBytes],
    ['moveBytes', moveBytes],
  ])('%s', (_name, put) => {
    test.each(MEMORIES)('copies from %s memory to %s, and nothing else', (_from, _to, from, to) => {
      for (const size of SIZES) {
        for (const place of PLACES) {
          const around = noise(from(place.from + size + AROUND), size + 1);
          const source = around.subarray(place.from, place.from + size);
          const target = noise(to(place.at + size + AROUND), size + 2);
          const [before, wanted] = [Buffer.from(around), expected(target, source, place.at)];
          put(target, source, place.at);
          expect(Buffer.compare(target, wanted), `${size} bytes to ${place.at}`).toBe(0);
          expect(Buffer.compare(around, before), `${size} bytes from ${place.from}`).toBe(0);
        }
      }
    });

    test('copies from one part of a buffer to another', () => {
      for (const size of SIZES) {
        const memory = noise(shared(2 * size + AROUND), size);
        const source = memory.subarray(size + AROUND);
        const wanted = expected(memory, source, 5);
        put(memory, source, 5);
        expect(Buffer.compare(memory, wanted), `${size} bytes`).toBe(0);
      }
    });

    test('writes nothing where there is too little room', () => {
      for (const size of SIZES.filter((bytes) => bytes > 0)) {
        for (const at of [1, AROUND, size]) {
          const target = noise(shared(size), 3);
          const before = Buffer.from(target);
          expect(() => put(target, noise(unshared(size), 4), at), `${size} bytes at ${at}`).toThrow(
            RangeError,
          );
          expect(Buffer.compare(target, before)).toBe(0);
        }
      }
    });
  });

  test('moveBytes takes a part of the target that overlaps with where it goes', () => {
    for (const size of SIZES) {
      for (const [from, at] of [
        [0, 1],
        [1, 0],
        [0, 50],
        [AROUND, 0],
        [9, 9],
      ] as const) {
        const memory = noise(unshared(size + AROUND), size);
        const source = memory.subarray(from, from + size);
        const wanted = expected(memory, source, at);
        moveBytes(memory, source, at);
        expect(Buffer.compare(memory, wanted), `${size} bytes from ${from} to ${at}`).toBe(0);
      }
    }
  });
});
