import { UnsupportedError } from '../errors.ts';
import { nodeModule } from '../globals.ts';

/**
 * The two classes this layer takes from the runtime beyond the language itself. Node, Deno, Bun and browsers
 * all have them as globals; the ring's type libraries deliberately know neither Node nor the DOM.
 */
interface TextEncoderLike {
  encodeInto(text: string, into: Uint8Array): { readonly read: number; readonly written: number };
}

interface TextDecoderLike {
  decode(bytes: Uint8Array): string;
}

interface TextGlobals {
  readonly TextEncoder?: new () => TextEncoderLike;
  readonly TextDecoder?: new (
    label: string,
    options: { readonly fatal: boolean; readonly ignoreBOM: boolean },
  ) => TextDecoderLike;
}

const globals = globalThis as unknown as TextGlobals;

/**
 * Throws when it is used where there is none: audio worklets have neither class, and may well have rings of numbers. Short
 * ASCII text needs neither.
 */
export const encoder: TextEncoderLike = globals.TextEncoder
  ? new globals.TextEncoder()
  : { encodeInto: () => refuse('TextEncoder') };

/** Throws for bytes that are no UTF-8, and keeps a byte order mark, which is a character like any other here. */
export const decoder: TextDecoderLike = globals.TextDecoder
  ? new globals.TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  : { decode: () => refuse('TextDecoder') };

interface BufferMethods {
  /** Writes as much of `text` as fits into `room` bytes from `at`, whole characters only; how many bytes that was. */
  utf8Write(this: Uint8Array, text: string, at: number, room: number): number;
  /** Bytes that are not UTF-8 become U+FFFD. */
  utf8Slice(this: Uint8Array, from: number, until: number): string;
}

const buffer = nodeModule<{ Buffer: { prototype: Partial<BufferMethods> } }>('node:buffer')?.Buffer.prototype;

/**
 * The same by methods of Node's buffers, which work on every `Uint8Array`: without a view of the bytes for each text, and in two
 * thirds of the time. `undefined` elsewhere.
 */
export const bufferMethods: BufferMethods | undefined =
  buffer?.utf8Write && buffer.utf8Slice ? (buffer as BufferMethods) : undefined;

function refuse(name: string): never {
  throw new UnsupportedError(`This runtime has no ${name}, which this text needs.`);
}
