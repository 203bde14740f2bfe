import { broadcast, bytes, type Codec, type RingOptions, spsc, u8 } from 'millrace/ring';
import { describe, expect, test } from 'vitest';
import type { Any } from '../contract/subject.ts';

const ends = {
  spsc: (codec: Codec<Any>, options: RingOptions) => spsc(codec, options),
  'broadcast of one writer': (codec: Codec<Any>, options: RingOptions) => {
    const ring = broadcast(codec, { ...options, writers: 1 });
    return { writer: ring.writer, reader: ring.subscribe() };
  },
};

/** The only writer of a ring writes into free slots before it needs them: never into others. */
describe.each(Object.entries(ends))('a writer that fetches free slots: %s', (_, make) => {
  const message = (i: number, size: number): Uint8Array => new Uint8Array(size).fill(i + 1);
  const isMessage = (got: Uint8Array | undefined, i: number, size: number): boolean =>
    got !== undefined && Buffer.compare(got, message(i, size)) === 0;

  test.each([1, 3, 8, 64, 65, 1024, 2000, 20_000, 50_000])(
    'leaves unread messages of %i bytes as they are',
    (size) => {
      for (const capacity of [1, 2, 5, 40]) {
        const { writer, reader } = make(bytes(size), { capacity });
        let written = 0;
        let read = 0;
        for (let step = 0; step < 300; step++) {
          const few = (step * 7) % (capacity + 2);
          for (let i = 0; i < few && writer.offer(message(written % 250, size)); i++) written++;
          const some = (step * 5) % (capacity + 1);
          for (let i = 0; i < some && read < written; i++, read++) {
            if (!isMessage(reader.poll(), read % 250, size)) throw new Error(`message ${read} is damaged`);
          }
        }
        for (; read < written; read++) expect(isMessage(reader.poll(), read % 250, size)).toBe(true);
        expect(reader.poll()).toBeUndefined();
      }
    },
  );

  test('knows what batches and claims have taken', () => {
    const { writer, reader } = make(bytes(64), { capacity: 8 });
    for (let round = 0; round < 20; round++) {
      expect(writer.offer(message(1, 64))).toBe(true);
      expect(writer.offerAll([message(2, 64), message(3, 64)])).toBe(2);
      const claim = writer.claim(64);
      claim?.bytes.fill(5);
      claim?.publish();
      expect(writer.offer(message(5, 64))).toBe(true);
      const seen: number[] = [];
      reader.drain((view) => seen.push(view[0] as number, view[63] as number));
      expect(seen).toEqual([2, 2, 3, 3, 4, 4, 5, 5, 6, 6]);
    }
  });

  test('leaves an open claim alone when the write is refused', () => {
    const { writer, reader } = make(bytes(64), { capacity: 4 });
    const claim = writer.claim(64);
    claim?.bytes.fill(9);
    expect(() => writer.offer(message(1, 64))).toThrow(
      expect.objectContaining({ code: 'MILLRACE_NESTED_WRITE' }),
    );
    claim?.publish();
    expect(reader.poll()).toEqual(new Uint8Array(64).fill(9));
  });

  test('takes slots that are smaller than a word', () => {
    const { writer, reader } = make(u8 as Codec<Any>, { capacity: 7 });
    for (let i = 0; i < 100; i++) {
      for (let j = 0; j < 7; j++) expect(writer.offer(i + j)).toBe(true);
      expect(writer.offer(0)).toBe(false);
      for (let j = 0; j < 7; j++) expect(reader.poll()).toBe(i + j);
    }
  });
});
