import { expect, test } from 'vitest';
import { encodedHigh, encodedLow, encodedSizes, placeOf } from '../../../src/ring/codec/short-text.ts';

const placesOf = (texts: readonly string[]) => new Set(texts.map(placeOf)).size;

test('codes that differ in one character are remembered beside each other', () => {
  const metals = ['XAU', 'XAG', 'XPT', 'XPD'].flatMap((metal) =>
    ['USD.A', 'USD.B', 'EUR.A', 'EUR.B'].map((rest) => `${metal}${rest}`),
  );
  expect(placesOf(metals)).toBe(metals.length);
  const users = Array.from({ length: 64 }, (_, i) => `user${i}`);
  expect(placesOf(users)).toBe(users.length);
});

test('a text that takes the place of another one is encoded anew', () => {
  const texts = Array.from({ length: 2000 }, (_, i) => `t${i}`);
  const bytesOf = (text: string) => {
    const place = placeOf(text);
    const words = new Int32Array([encodedLow[place] as number, encodedHigh[place] as number]);
    return new TextDecoder().decode(new Uint8Array(words.buffer).slice(0, encodedSizes[place]));
  };
  for (let round = 0; round < 2; round++) expect(texts.map(bytesOf)).toEqual(texts);
});
