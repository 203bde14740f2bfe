import type { Memory } from '../memory.ts';
import type { FixedBinding, FixedCodec, VariableBinding, VariableCodec } from './codec.ts';
import { describe, encodeError } from './field-error.ts';
import { checkSize, naturalAlignment } from './layout-size.ts';
import {
  ENDS_IN_NUL,
  encodedHigh,
  encodedLow,
  encodedSizes,
  placeOf,
  TOO_LONG,
  textOf,
} from './short-text.ts';
import { TextMemory } from './text-memory.ts';

/**
 * Text as UTF-8.
 *
 * - `utf8()` takes text of any length; a message is as long as its text.
 * - `utf8(n)` takes exactly `n` bytes and text of up to `n` bytes (not characters: `é` takes two, `€` three).
 *   Shorter text is padded with NUL, so text that ends in NUL is refused; NUL elsewhere is kept. Up to `n =
 *   8`, text that repeats costs a few nanoseconds and no allocation.
 *
 * Text that does not fit, and values that are no strings, throw `EncodeError`. A lone surrogate has no UTF-8
 * and arrives as U+FFFD. Bytes that are not UTF-8 throw `DecodeError`.
 */
export function utf8(): VariableCodec<string>;
export function utf8(n: number): FixedCodec<string>;
export function utf8(n?: number): FixedCodec<string> | VariableCodec<string> {
  if (n === undefined) return VARIABLE;
  checkSize('n', n);
  return new FixedText(n);
}

/** Throws `EncodeError` unless `value` is a string. */
function checkText(value: unknown): asserts value is string {
  if (typeof value !== 'string') throw encodeError('', `expected a string, got ${describe(value)}`);
}

const TYPICAL_BYTES = 64;

/** The most bytes of UTF-8 that one UTF-16 unit can take. */
const BYTES_PER_UNIT_MAX = 3;

class VariableText implements VariableCodec<string, string, string> {
  readonly kind = 'variable';
  readonly spec: { readonly name: 'utf8' } = { name: 'utf8' };
  readonly typicalSize: number = TYPICAL_BYTES;

  prepare(value: string): string {
    checkText(value);
    return value;
  }

  bound(prepared: string): number {
    return prepared.length * BYTES_PER_UNIT_MAX;
  }

  bind(memory: Memory): VariableBinding<string, string, string> {
    return new VariableTextBinding(memory);
  }
}

const VARIABLE: VariableCodec<string> = /* @__PURE__ */ new VariableText() as VariableCodec<string>;

class VariableTextBinding implements VariableBinding<string, string, string> {
  readonly #text: TextMemory;

  constructor(memory: Memory) {
    this.#text = new TextMemory(memory);
  }

  write(prepared: string, at: number, limit: number): number {
    const written = this.#text.write(prepared, at, limit);
    if (written < 0)
      throw encodeError('', `${describe(prepared)} needs more than ${limit - at} bytes of UTF-8`);
    return written;
  }

  read(at: number, length: number): string {
    return this.#text.read(at, length);
  }

  view(at: number, length: number): string {
    return this.#text.read(at, length);
  }
}

class FixedText implements FixedCodec<string> {
  readonly kind = 'fixed';
  readonly spec: { readonly name: 'utf8'; readonly size: number };
  readonly size: number;
  readonly alignment: number;

  constructor(size: number) {
    this.spec = { name: 'utf8', size };
    this.size = size;
    this.alignment = naturalAlignment(size, 4);
  }

  bind(memory: Memory): FixedBinding<string> {
    if (this.size === 8) return new EightByteText(memory);
    return this.size < 8 ? new ShortText(memory, this.size) : new LongText(memory, this.size);
  }
}

function tooLong(value: string, size: number): Error {
  return encodeError('', `expected a string of at most ${size} bytes in UTF-8, got ${describe(value)}`);
}

function endsInNul(value: string): Error {
  return encodeError('', `expected a string that does not end in NUL, got ${describe(value)}`);
}

/** The place of `value` in the tables of `short-text.ts`; throws `EncodeError` when it does not fit `size` bytes. */
function checkedPlaceOf(value: unknown, size: number): number {
  checkText(value);
  const place = placeOf(value);
  if (place >= 0 && (encodedSizes[place] as number) <= size) return place;
  throw place === ENDS_IN_NUL ? endsInNul(value) : tooLong(value, size);
}

/** The most common size, as two words without a loop. */
class EightByteText implements FixedBinding<string> {
  readonly #i32: Int32Array;

  constructor(memory: Memory) {
    this.#i32 = memory.i32;
  }

  write(value: string, at: number): void {
    const place = typeof value === 'string' ? placeOf(value) : TOO_LONG;
    if (place < 0) checkedPlaceOf(value, 8);
    const word = at >>> 2;
    this.#i32[word] = encodedLow[place] as number;
    this.#i32[word + 1] = encodedHigh[place] as number;
  }

  read(at: number): string {
    const word = at >>> 2;
    return textOf(this.#i32[word] as number, this.#i32[word + 1] as number);
  }

  view(at: number): string {
    return this.read(at);
  }
}

class ShortText implements FixedBinding<string> {
  readonly #u8: Uint8Array;
  readonly #size: number;

  constructor(memory: Memory, size: number) {
    this.#u8 = memory.u8;
    this.#size = size;
  }

  write(value: string, at: number): void {
    const place = checkedPlaceOf(value, this.#size);
    let word = encodedLow[place] as number;
    for (let i = 0; i < this.#size; i++) {
      if (i === 4) word = encodedHigh[place] as number;
      this.#u8[at + i] = word;
      word >>>= 8;
    }
  }

  read(at: number): string {
    const u8 = this.#u8;
    const size = this.#size;
    let low = 0;
    let high = 0;
    for (let i = 0; i < size && i < 4; i++) low |= (u8[at + i] as number) << (8 * i);
    for (let i = 4; i < size; i++) high |= (u8[at + i] as number) << (8 * (i - 4));
    return textOf(low, high);
  }

  view(at: number): string {
    return this.read(at);
  }
}

/** Bytes; up to here a loop clears the rest of a text before `fill` has begun. */
const CLEAR_LOOP_MAX = 32;

class LongText implements FixedBinding<string> {
  readonly #u8: Uint8Array;
  readonly #text: TextMemory;
  readonly #size: number;

  constructor(memory: Memory, size: number) {
    this.#u8 = memory.u8;
    this.#text = new TextMemory(memory);
    this.#size = size;
  }

  write(value: string, at: number): void {
    checkText(value);
    const end = at + this.#size;
    const written = this.#text.write(value, at, end);
    if (written < 0) throw tooLong(value, this.#size);
    if (written > 0 && this.#u8[at + written - 1] === 0) throw endsInNul(value);
    const u8 = this.#u8;
    if (this.#size > CLEAR_LOOP_MAX) u8.fill(0, at + written, end);
    else for (let i = at + written; i < end; i++) u8[i] = 0;
  }

  read(at: number): string {
    let end = at + this.#size;
    while (end > at && this.#u8[end - 1] === 0) end--;
    return this.#text.read(at, end - at);
  }

  view(at: number): string {
    return this.read(at);
  }
}
