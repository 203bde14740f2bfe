import { decodeError } from './field-error.ts';
import { decoder, encoder } from './text-globals.ts';

/**
 * Texts of up to 8 bytes of UTF-8 as two words, padded with NUL, and back.
 *
 * Symbols, currencies and codes repeat, so both directions remember what they saw, in tables where each text
 * has one place. A table is keyed by content alone: a hit compares the whole text, or both words whole. It
 * never asks where in the ring they came from, so another thread's reuse of that place can't make it lie. The
 * tables belong to the thread, are shared by all rings, and never grow.
 */

const ENCODED_PLACES = 256;
const DECODED_PLACES = 1024;

const encodedTexts: string[] = new Array<string>(ENCODED_PLACES).fill('');

/** The first four bytes of the text at each place. */
export const encodedLow: Int32Array = new Int32Array(ENCODED_PLACES);

/** The last four. */
export const encodedHigh: Int32Array = new Int32Array(ENCODED_PLACES);

/** How many of the eight bytes the text takes. */
export const encodedSizes: Uint8Array = new Uint8Array(ENCODED_PLACES);

/** Answers of `placeOf` for texts that have no place. */
export const TOO_LONG: number = -1;
export const ENDS_IN_NUL: number = -2;

/** The place in the tables where `text` stands encoded, until the next call; negative when it can't be. */
export function placeOf(text: string): number {
  const length = text.length;
  if (length === 0) return encodedTexts[0] === '' ? 0 : encode(text, 0);
  const place = hashOf(text, length) & (ENCODED_PLACES - 1);
  return encodedTexts[place] === text ? place : encode(text, place);
}

/**
 * Five characters, which are all of a short text and the most of a longer one, so that texts which differ in one have places of their own.
 * The factors are odd; of those tried they let fewest texts meet in sets of pairs of currencies, tickers, airports and numbered names.
 */
function hashOf(text: string, length: number): number {
  return (
    text.charCodeAt(0) * 17 +
    text.charCodeAt(length >> 2) * 21 +
    text.charCodeAt(length >> 1) * 97 +
    text.charCodeAt((length * 3) >> 2) * 79 +
    text.charCodeAt(length - 1) * 95 +
    length
  );
}

function encode(text: string, place: number): number {
  const length = text.length;
  if (length > 8) return TOO_LONG;
  if (text.endsWith('\0')) return ENDS_IN_NUL;
  let low = 0;
  let high = 0;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return encodeBeyondAscii(text, place);
    if (i < 4) low |= code << (8 * i);
    else high |= code << (8 * (i - 4));
  }
  return remember(place, text, low, high, length);
}

const bytes: Uint8Array = new Uint8Array(8);

function encodeBeyondAscii(text: string, place: number): number {
  const { read, written } = encoder.encodeInto(text, bytes);
  if (read < text.length) return TOO_LONG;
  bytes.fill(0, written);
  return remember(place, text, wordAt(0), wordAt(4), written);
}

function wordAt(index: number): number {
  let word = 0;
  for (let i = 3; i >= 0; i--) word = (word << 8) | (bytes[index + i] as number);
  return word;
}

function remember(place: number, text: string, low: number, high: number, size: number): number {
  encodedTexts[place] = text;
  encodedLow[place] = low;
  encodedHigh[place] = high;
  encodedSizes[place] = size;
  return place;
}

/** At first every place holds the empty text, whose words 0 and 0 lead to place 0 and never to another. */
const decodedTexts: string[] = new Array<string>(DECODED_PLACES).fill('');
const decodedLow: Int32Array = new Int32Array(DECODED_PLACES);
const decodedHigh: Int32Array = new Int32Array(DECODED_PLACES);

/** The text whose eight bytes are `low` and `high`, two int32. Throws `DecodeError` when they are not UTF-8. */
export function textOf(low: number, high: number): string {
  const place = Math.imul(low ^ Math.imul(high, 31), 0x9e3779b1) >>> 22;
  if (decodedLow[place] === low && decodedHigh[place] === high) return decodedTexts[place] as string;
  const text = decode(low, high);
  decodedLow[place] = low;
  decodedHigh[place] = high;
  decodedTexts[place] = text;
  return text;
}

/** The bits that no byte of ASCII has. */
export const BEYOND_ASCII = 0x80808080;

function decode(low: number, high: number): string {
  const length = high === 0 ? bytesUsed(low) : 4 + bytesUsed(high);
  if (((low | high) & BEYOND_ASCII) !== 0) return decodeBeyondAscii(low, high, length);
  const padded = String.fromCharCode(
    low & 255,
    (low >>> 8) & 255,
    (low >>> 16) & 255,
    low >>> 24,
    high & 255,
    (high >>> 8) & 255,
    (high >>> 16) & 255,
    high >>> 24,
  );
  return padded.slice(0, length);
}

/** Bytes up to the last that is not 0. */
function bytesUsed(word: number): number {
  return 4 - (Math.clz32(word) >>> 3);
}

function decodeBeyondAscii(low: number, high: number, length: number): string {
  for (let i = 0; i < 4; i++) {
    bytes[i] = low >>> (8 * i);
    bytes[i + 4] = high >>> (8 * i);
  }
  try {
    return decoder.decode(bytes.subarray(0, length));
  } catch (error) {
    throw decodeError('', 0, `the ${length} bytes are not UTF-8`, error);
  }
}
