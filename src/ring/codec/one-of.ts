import { OptionError } from '../errors.ts';
import type { FixedCodec } from './codec.ts';
import { describe } from './field-error.ts';
import { ScalarCodec } from './scalar.ts';

const VALUES_MAX = 65_536;

/** Up to here comparing in a row beats a look-up: V8 compares string constants by their address. */
const COMPARED_MAX = 8;

/**
 * One of the given strings, stored as its position in the list: 1 byte, or 2 bytes for more than 256 values.
 *
 *   const Side = oneOf('B', 'S');      // FixedCodec<'B' | 'S'>
 *
 * The list is part of what the two ends of a ring have to agree on, its order too. Any other value throws
 * `EncodeError`; a position outside the list, read from the ring, throws `DecodeError`.
 */
export function oneOf<const T extends string>(...values: readonly T[]): FixedCodec<T> {
  const indexes = indexValues(values);
  const list = [...values];
  return new ScalarCodec<T>(
    { name: 'oneOf', values: [...values] },
    {
      words: list.length > 256 ? 'u16' : 'u8',
      expected: listing(list),
      encode: (value) => indexes.get(value),
      decode: (word) => list[word as number],
      source: {
        constants: { list, indexes },
        word: (value, constant) =>
          list.length > COMPARED_MAX ? `${constant('indexes')}.get(${value})` : comparisons(list, value),
        refuses: (_value, word) => `${word} === undefined`,
        value: (word, constant) => `${constant('list')}[${word}]`,
        partial: true,
      },
    },
  );
}

function indexValues(values: readonly unknown[]): Map<unknown, number> {
  if (values.length < 1 || values.length > VALUES_MAX) {
    throw new OptionError('values', `oneOf takes 1 to ${VALUES_MAX} strings, got ${values.length}.`);
  }
  const indexes = new Map<unknown, number>();
  for (const value of values) {
    if (typeof value !== 'string') {
      throw new OptionError('values', `oneOf takes strings, got ${describe(value)}.`);
    }
    if (indexes.has(value)) {
      throw new OptionError('values', `oneOf takes each string once, got ${describe(value)} twice.`);
    }
    indexes.set(value, indexes.size);
  }
  return indexes;
}

function comparisons(list: readonly string[], value: string): string {
  const cases = list.map((text, index) => `${value} === ${JSON.stringify(text)} ? ${index} : `);
  return `${cases.join('')}undefined`;
}

const LISTED_MAX = 8;

function listing(list: readonly string[]): string {
  const listed = list.slice(0, LISTED_MAX).map(describe).join(', ');
  if (list.length === 1) return listed;
  return list.length > LISTED_MAX ? `one of ${listed}, … (${list.length} in all)` : `one of ${listed}`;
}
