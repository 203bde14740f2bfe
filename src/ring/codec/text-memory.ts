import type { Memory } from '../memory.ts';
import { decodeError } from './field-error.ts';
import { MEDIUM_LEAST, MEDIUM_MOST, mediumTextAt } from './medium-text.ts';
import { bufferMethods, decoder, encoder } from './text-globals.ts';

/** Characters; up to here a loop over ASCII beats the fixed price of calling the encoder (75 ns on Node 20). */
const WRITE_LOOP_MAX = 24;

/** Bytes of private memory through which text goes where the encoder refuses shared memory. */
const DETOUR_BYTES = 4096;

let detour: Uint8Array | undefined;

const write = bufferMethods?.utf8Write;
const slice = bufferMethods?.utf8Slice;

/**
 * Bytes; up to here a loop that takes eight characters at a time beats the call of the decoder (95 ns). It puts a text together from
 * pieces, which are copied into one when it is first compared, so where there is a quicker call, which makes one string, the loop is
 * for the shortest.
 */
const READ_LOOP_MAX = slice === undefined ? 40 : MEDIUM_MOST;

/** Bytes that the largest character takes. */
const LARGEST = 4;

/** What stands for bytes that are not UTF-8, and for itself. */
const REPLACEMENT = '\uFFFD';

/**
 * Text in one memory, as UTF-8.
 *
 * A lone surrogate, which is half a character and has no UTF-8, is written as U+FFFD, as `TextEncoder` does.
 * Some browsers refuse to encode into shared memory or decode from it; there the text takes a detour through
 * private memory.
 */
export class TextMemory {
  readonly #u8: Uint8Array;
  readonly #direct: boolean;

  /** @param direct whether the runtime's encoder and decoder may work on this memory; found out when not given */
  constructor(memory: Memory, direct: boolean = allowsDirect(memory.u8)) {
    this.#u8 = memory.u8;
    this.#direct = direct;
  }

  /** Writes to the bytes from `at` and returns how many they were; -1 when they would reach past `limit`. */
  write(text: string, at: number, limit: number): number {
    const length = text.length;
    if (at + length > limit) return -1;
    if (length > WRITE_LOOP_MAX) return this.#encode(text, at, limit);
    const u8 = this.#u8;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return this.#encode(text, at, limit);
      u8[at + i] = code;
    }
    return length;
  }

  /** Throws `DecodeError` when the bytes are not UTF-8. */
  read(at: number, length: number): string {
    if (length > READ_LOOP_MAX) return this.#decode(at, length);
    const u8 = this.#u8;
    if (length >= MEDIUM_LEAST && length <= MEDIUM_MOST) {
      return mediumTextAt(u8, at, length) ?? this.#decode(at, length);
    }
    const end = at + length;
    let text = '';
    let from = at;
    for (; from + 8 <= end; from += 8) {
      const a = u8[from] as number;
      const b = u8[from + 1] as number;
      const c = u8[from + 2] as number;
      const d = u8[from + 3] as number;
      const e = u8[from + 4] as number;
      const f = u8[from + 5] as number;
      const g = u8[from + 6] as number;
      const h = u8[from + 7] as number;
      if ((a | b | c | d | e | f | g | h) > 127) return this.#decode(at, length);
      text += String.fromCharCode(a, b, c, d, e, f, g, h);
    }
    for (; from < end; from++) {
      const code = u8[from] as number;
      if (code > 127) return this.#decode(at, length);
      text += String.fromCharCode(code);
    }
    return text;
  }

  #encode(text: string, at: number, limit: number): number {
    if (!this.#direct) return this.#encodeByDetour(text, at, limit);
    if (write !== undefined) {
      const bytes = write.call(this.#u8, text, at, limit - at);
      if (limit - at - bytes >= LARGEST) return bytes; // Nothing was left out for want of room.
    }
    const { read, written } = encoder.encodeInto(text, this.#u8.subarray(at, limit));
    return read === text.length ? written : -1;
  }

  #encodeByDetour(text: string, at: number, limit: number): number {
    detour ??= new Uint8Array(DETOUR_BYTES);
    let end = at;
    for (let from = 0; from < text.length; ) {
      const { read, written } = encoder.encodeInto(text.slice(from), detour);
      if (end + written > limit) return -1;
      this.#u8.set(detour.subarray(0, written), end);
      end += written;
      from += read;
    }
    return end - at;
  }

  #decode(at: number, length: number): string {
    const end = at + length;
    if (this.#direct && slice !== undefined) {
      const text = slice.call(this.#u8, at, end);
      if (!text.includes(REPLACEMENT)) return text;
    }
    try {
      return decoder.decode(this.#direct ? this.#u8.subarray(at, end) : this.#u8.slice(at, end));
    } catch (error) {
      throw decodeError('', 0, `the ${length} bytes are not UTF-8`, error);
    }
  }
}

function allowsDirect(u8: Uint8Array): boolean {
  try {
    const nothing = u8.subarray(0, 0);
    encoder.encodeInto('', nothing);
    decoder.decode(nothing);
    return true;
  } catch {
    return false;
  }
}
