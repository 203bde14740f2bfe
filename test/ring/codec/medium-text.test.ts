import { type Codec, spsc, utf8 } from 'millrace/ring';
import { describe, expect, test } from 'vitest';

/** Texts of 9 to 16 bytes, which are remembered by their content. */
const LENGTHS = [8, 9, 10, 11, 12, 13, 14, 15, 16, 17];

/** Reads every text twice, made anew and remembered. */
function through(texts: readonly string[], fixed: boolean): string[] {
  const codec: Codec<string> = fixed ? utf8(20) : utf8();
  const { writer, reader } = spsc(codec, { capacity: texts.length * 2 });
  for (const text of [...texts, ...texts]) expect(writer.offer(text)).toBe(true);
  return texts.concat(texts).map(() => reader.poll() as string);
}

describe.each([true, false])('texts of medium length (of fixed size: %s)', (fixed) => {
  const check = (texts: readonly string[]) => expect(through(texts, fixed)).toEqual(texts.concat(texts));

  test('are read as they were written', () => {
    check(LENGTHS.map((length) => 'abcdefghijklmnopq'.slice(0, length)));
    check(LENGTHS.map((length) => '\x7f'.repeat(length)));
  });

  test('that differ in one character are told apart, wherever it stands', () => {
    for (const length of LENGTHS) {
      const base = 'x'.repeat(length);
      check([base, ...Array.from({ length }, (_, i) => `${base.slice(0, i)}y${base.slice(i + 1)}`)]);
    }
  });

  test('are told apart when there are more of them than are remembered', () => {
    check(Array.from({ length: 5000 }, (_, i) => `customer-${i}`));
  });

  test('may hold more than ASCII, at any place', () => {
    for (const length of [9, 12, 16])
      check(Array.from({ length: length - 1 }, (_, i) => `${'a'.repeat(i)}é${'b'.repeat(length - 2 - i)}`));
  });
});

test('texts that end in NUL are told from shorter ones', () => {
  const texts = [
    'abcdefghi',
    'abcdefghi\0',
    'abcdefghi\0\0',
    '\0'.repeat(9),
    '\0'.repeat(16),
    '\0'.repeat(10),
  ];
  expect(through(texts, false)).toEqual(texts.concat(texts));
});
