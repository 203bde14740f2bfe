import { BEYOND_ASCII } from './short-text.ts';

/**
 * Texts of 9 to 16 bytes of ASCII, read as four words.
 *
 * Names and codes repeat, so a text that was read is remembered, as in `short-text.ts`: the table is keyed by content alone, a hit
 * compares length and words whole, and the table belongs to the thread and never grows. A text made anew is a string of its own: put
 * together from pieces, or a slice of a longer one, V8 would compare it by a call that takes longer than reading it.
 */

export const MEDIUM_LEAST = 9;
export const MEDIUM_MOST = 16;

const PLACES = 1024;
const WORDS = 4;
const texts: string[] = new Array<string>(PLACES).fill('');
const words: Int32Array = new Int32Array(PLACES * WORDS);
/** Room for the characters of a text of each length. */
const codesOf: number[][] = Array.from({ length: MEDIUM_MOST + 1 }, (_, length) =>
  new Array<number>(length).fill(0),
);

/** The text in these `length` bytes, 9 to 16 of them; `undefined` when there is more than ASCII in it. */
export function mediumTextAt(u8: Uint8Array, at: number, length: number): string | undefined {
  const a = wordAt(u8, at);
  const b = wordAt(u8, at + 4);
  const end = at + length;
  const c = restAt(u8, at + 8, Math.min(end, at + 12));
  const d = restAt(u8, at + 12, end);
  if (((a | b | c | d) & BEYOND_ASCII) !== 0) return undefined;
  const place = Math.imul(a ^ Math.imul(b, 31) ^ Math.imul(c, 961) ^ Math.imul(d, 29_791), 0x9e3779b1) >>> 22;
  const key = place * WORDS;
  const known = texts[place] as string;
  const isKnown =
    known.length === length &&
    words[key] === a &&
    words[key + 1] === b &&
    words[key + 2] === c &&
    words[key + 3] === d;
  return isKnown ? known : remember(place, textAt(u8, at, length), a, b, c, d);
}

function wordAt(u8: Uint8Array, at: number): number {
  return (
    (u8[at] as number) |
    ((u8[at + 1] as number) << 8) |
    ((u8[at + 2] as number) << 16) |
    ((u8[at + 3] as number) << 24)
  );
}

/** A word of which the bytes from `end` on are 0. */
function restAt(u8: Uint8Array, at: number, end: number): number {
  let word = 0;
  for (let i = end - 1; i >= at; i--) word = (word << 8) | (u8[i] as number);
  return word;
}

function remember(place: number, text: string, a: number, b: number, c: number, d: number): string {
  const key = place * WORDS;
  texts[place] = text;
  words[key] = a;
  words[key + 1] = b;
  words[key + 2] = c;
  words[key + 3] = d;
  return text;
}

function textAt(u8: Uint8Array, at: number, length: number): string {
  const codes = codesOf[length] as number[];
  for (let i = 0; i < length; i++) codes[i] = u8[at + i] as number;
  return String.fromCharCode(...codes);
}
