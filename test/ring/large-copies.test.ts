import { broadcast, byteRows, bytes, mpmc, type RingReader, type RingWriter, spsc } from 'millrace/ring';
import { describe, expect, test } from 'vitest';

/** Large messages and batches are copied by another call than small ones. */
const SIZES = [2047, 2048, 2049, 20_000];

interface Ends {
  readonly writer: RingWriter<Uint8Array>;
  readonly reader: RingReader<Uint8Array>;
}

type Make = (size: number, capacity: number) => Ends;

/** All ways in and out: in place, by private memory before it is claimed, and by private memory while it is held. */
const RINGS: readonly (readonly [string, Make])[] = [
  ['spsc', (size, capacity) => spsc(bytes(size), { capacity })],
  ['mpmc', (size, capacity) => mpmc(bytes(size), { capacity })],
  [
    'broadcast',
    (size, capacity) => {
      const ring = broadcast(bytes(size), { capacity, overflow: 'drop-oldest' });
      return { writer: ring.writer, reader: ring.subscribe({ from: 'oldest' }) };
    },
  ],
];

const pattern = (length: number, seed: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (at * 7 + seed) & 0xff);

const same = (a: Uint8Array | undefined, b: Uint8Array): boolean =>
  a !== undefined && Buffer.compare(a, b) === 0;

describe.each(SIZES)('%i bytes', (size) => {
  test.each(RINGS)('of one message through %s go in and out, and nowhere else', (_name, make) => {
    const { writer, reader } = make(size, 3);
    for (let i = 0; i < 20; i++) {
      const around = pattern(size + 40, i); // The message lies in the midst of a larger buffer, as slices of a Buffer do.
      writer.offer(around.subarray(20, 20 + size));
      writer.offer(pattern(size, i + 1));
      expect(same(reader.poll(), around.subarray(20, 20 + size))).toBe(true);
      expect(same(reader.poll(), pattern(size, i + 1))).toBe(true);
    }
  });

  test.each(RINGS)('of many rows through %s go in and out, and nowhere else', (_name, make) => {
    const rowBytes = 64;
    const count = Math.ceil(size / rowBytes);
    const { writer, reader } = make(rowBytes, count + 5);
    const sent = byteRows(pattern(count * rowBytes, 3), rowBytes);
    const got = byteRows(count + 2, rowBytes);
    for (let round = 0; round < 10; round++) {
      expect(writer.offerAll(sent)).toBe(count);
      for (let read = 0; read < count; ) {
        got.bytes.fill(255);
        const some = reader.drainInto(got);
        const [copied, rest] = [got.bytes.subarray(0, some * rowBytes), got.bytes.subarray(some * rowBytes)];
        expect(same(copied, sent.bytes.subarray(read * rowBytes, (read + some) * rowBytes))).toBe(true);
        expect(rest.every((byte) => byte === 255)).toBe(true);
        read += some;
      }
    }
  });

  test('of a message of variable size go in and out', () => {
    const { writer, reader } = spsc(bytes, { capacity: 400, maxMessageSize: 20_000 });
    for (let i = 0; i < 10; i++) {
      expect(writer.offer(pattern(size, i))).toBe(true);
      expect(same(reader.poll(), pattern(size, i))).toBe(true);
    }
  });
});

test('an array whose buffer was taken away is refused, and nothing is written', () => {
  const { writer, reader } = spsc(bytes(10_000), { capacity: 2 });
  const lost = new Uint8Array(10_000);
  structuredClone(lost.buffer, { transfer: [lost.buffer] });
  expect(() => writer.offer(lost)).toThrow(expect.objectContaining({ code: 'MILLRACE_ENCODE' }));
  expect(reader.poll()).toBeUndefined();
});
