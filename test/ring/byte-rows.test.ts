import {
  broadcast,
  byteRows,
  bytes,
  checkViews,
  mpmc,
  type RingReader,
  type RingWriter,
  spsc,
} from 'millrace/ring';
import { describe, expect, test } from 'vitest';

interface Ends {
  readonly writer: RingWriter<Uint8Array>;
  readonly reader: RingReader<Uint8Array>;
}

const RINGS: readonly (readonly [string, (capacity: number) => Ends])[] = [
  ['spsc', (capacity) => spsc(bytes(12), { capacity })],
  ['mpmc', (capacity) => mpmc(bytes(12), { capacity })],
  [
    'broadcast',
    (capacity) => {
      const ring = broadcast(bytes(12), { capacity });
      const reader = ring.subscribe({ from: 'oldest' });
      return { writer: ring.writer, reader };
    },
  ],
];

const message = (i: number): Uint8Array => new Uint8Array(12).fill(i);

describe.each(RINGS)('rows in a ring of bytes(12), %s', (_name, make) => {
  test('go in and out, round the end of the ring too', () => {
    const { writer, reader } = make(7);
    const sent = byteRows(5, 12);
    const got = byteRows(5, 12);
    for (let round = 0; round < 20; round++) {
      sent.forEach((row, i) => {
        row.fill(round * 5 + i);
      });
      expect(writer.offerAll(sent)).toBe(5);
      for (let n = 0; n < 5; ) {
        const count = reader.drainInto(got);
        for (let i = 0; i < count; i++) expect(got[i]).toEqual(message(round * 5 + n + i));
        n += count;
      }
    }
    expect(reader.drainInto(got)).toBe(0);
  });

  test('are written as far as they fit, and read as far as there are rows', () => {
    const { writer, reader } = make(4);
    const sent = byteRows(
      Uint8Array.from({ length: 72 }, (_, at) => Math.floor(at / 12)),
      12,
    );
    expect(writer.offerAll(sent)).toBe(4);
    const got = byteRows(3, 12);
    expect(reader.drainInto(got)).toBe(3);
    expect(got.bytes).toEqual(sent.bytes.slice(0, 36));
    expect(writer.offerAll(sent.slice(4))).toBe(2);
    const rest: Uint8Array[] = [];
    while (reader.drain((view) => rest.push(view.slice())) > 0);
    expect(rest).toEqual([message(3), message(4), message(5)]);
  });

  test('of another size are refused, and the messages stay as messages do', () => {
    const { writer, reader } = make(4);
    expect(() => writer.offerAll(byteRows(2, 13))).toThrow(/expected 12 bytes, got 13/);
    writer.offer(message(1));
    expect(() => reader.drainInto(byteRows(2, 13))).toThrow(
      expect.objectContaining({ code: 'MILLRACE_OPTION', message: expect.stringMatching(/12/) }),
    );
  });
});

describe('byteRows', () => {
  test('lie in one buffer and stay there', () => {
    const rows = byteRows(3, 4);
    (rows[1] as Uint8Array).fill(7);
    expect([...rows.bytes]).toEqual([0, 0, 0, 0, 7, 7, 7, 7, 0, 0, 0, 0]);
    expect(rows.map((row) => row.length)).toEqual([4, 4, 4]);
    expect(rows.slice(1)).toHaveLength(2);
  });

  test('can not be replaced where views are checked', () => {
    checkViews(true);
    try {
      const rows = byteRows(3, 4) as Uint8Array[];
      expect(() => {
        rows[1] = new Uint8Array(4);
      }).toThrow(TypeError);
      expect(() => rows.push(new Uint8Array(4))).toThrow(TypeError);
    } finally {
      checkViews(false);
    }
  });

  test('need whole numbers', () => {
    const refused = expect.objectContaining({ code: 'MILLRACE_OPTION' });
    for (const size of [0, -1, 1.5, Number.NaN]) expect(() => byteRows(1, size)).toThrow(refused);
    for (const count of [-1, 0.5, Number.POSITIVE_INFINITY])
      expect(() => byteRows(count, 4)).toThrow(refused);
    expect(() => byteRows(new Uint8Array(10), 4)).toThrow(refused);
    expect(byteRows(new Uint8Array(8), 4)).toHaveLength(2);
  });
});
