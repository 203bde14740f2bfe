import fc from 'fast-check';
import {
  bytes,
  clone,
  json,
  MessageTooLargeError,
  mpmc,
  msgpack,
  spsc,
  struct,
  u32,
  utf8,
} from 'millrace/ring';
import { describe, expect, test } from 'vitest';

/** Characters of one to four bytes, and such as are no characters. */
const UNITS = ['a', '\0', 'é', '€', '𝄞', '\ud800', '\udc00', 'a\ud800', '\udc00é'];

/** Around powers of two, where codecs change their ways. */
const sizes = fc
  .tuple(fc.integer({ min: 0, max: 17 }), fc.integer({ min: -9, max: 9 }))
  .map(([power, off]) => Math.max(0, 2 ** power + off));

const texts = fc
  .tuple(sizes, fc.constantFrom(...UNITS), fc.constantFrom(...UNITS), fc.nat())
  .map(([size, unit, stranger, at]) => {
    const text = unit.repeat(Math.ceil(size / unit.length)).slice(0, size);
    const middle = at % (size + 1);
    return text.slice(0, middle) + stranger + text.slice(middle);
  });

const same = (text: string) => text;
const wellFormed = (text: string) => text.toWellFormed();
const collapsed = (text: string) => text.toWellFormed().replaceAll(/\ufffd+/g, '\ufffd');
const raws = sizes.map((size) => Uint8Array.from({ length: size }, (_, i) => i * 7));
const CODEC = struct({ id: u32, text: utf8(), raw: bytes, more: utf8() });
const SIZES = { capacity: 64, slotSize: 16_384, maxMessageSize: 2 ** 20 };

describe('values of any length', () => {
  test.each([
    ['spsc', spsc],
    ['mpmc', mpmc],
  ] as const)('come out of a ring %s as they went in, lone surrogates replaced', (_topology, create) => {
    const { writer, reader } = create(CODEC, SIZES);
    fc.assert(
      fc.property(texts, raws, texts, (text, raw, more) => {
        expect(writer.offer({ id: text.length, text, raw, more })).toBe(true);
        const read = reader.poll();
        expect(read?.text === text.toWellFormed() && read.more === more.toWellFormed()).toBe(true);
        expect(Buffer.compare(read?.raw ?? new Uint8Array(1), raw)).toBe(0);
        expect(read?.id).toBe(text.length);
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    ['utf8', utf8(), wellFormed, same],
    ['json', json<string>(), same, same],
    // msgpackr makes one replacement character of a lone surrogate, or three, by the length of the text.
    ['msgpack', msgpack<string>(), collapsed, collapsed],
    ['clone', clone<string>(), same, same],
  ] as const)(
    'by themselves, as %s, or are too large and leave nothing behind',
    (_name, codec, expected, shown) => {
      const { writer, reader } = spsc(codec, { ...SIZES, maxMessageSize: 70_000 });
      fc.assert(
        fc.property(texts, (text) => {
          try {
            writer.offer(text);
          } catch (error) {
            expect(error).toBeInstanceOf(MessageTooLargeError);
            expect(Buffer.byteLength(text)).toBeGreaterThan(11_000);
            expect(reader.poll()).toBeUndefined();
            return;
          }
          expect(shown(reader.poll() ?? 'nothing') === expected(text)).toBe(true);
        }),
        { numRuns: 150 },
      );
    },
  );
});
