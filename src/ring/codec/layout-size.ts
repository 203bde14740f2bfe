import { OptionError } from '../errors.ts';
import type { Codec, FixedCodec, VariableCodec } from './codec.ts';

/**
 * Bytes; the most a message of fixed size may have. Far above what a ring's slot should be, and low enough
 * that every sum of sizes and offsets stays an exact integer.
 */
export const FIXED_SIZE_MAX: number = 2 ** 30;

/** The smallest multiple of `alignment`, a power of two, that is not below `offset`. */
export function alignUp(offset: number, alignment: number): number {
  return Math.ceil(offset / alignment) * alignment;
}

/** The alignment up to `most` of `size` bytes that shall lie in rows without gaps: the power of two that divides it. */
export function naturalAlignment(size: number, most: number): number {
  let alignment = most;
  while (size % alignment !== 0) alignment /= 2;
  return alignment;
}

/** Throws `OptionError` unless `size` is a whole number of bytes that a fixed codec may have. */
export function checkSize(option: string, size: number): void {
  if (Number.isInteger(size) && size >= 1 && size <= FIXED_SIZE_MAX) return;
  throw new OptionError(
    option,
    `${option} must be a whole number from 1 to ${FIXED_SIZE_MAX}, got ${String(size)}.`,
  );
}

/** Throws `OptionError` unless `value` is a codec whose numbers make sense; `option` says whose it was. */
export function checkCodec(option: string, value: unknown): asserts value is Codec<unknown, unknown> {
  const codec = value as Partial<FixedCodec<unknown>> | Partial<VariableCodec<unknown>> | null | undefined;
  if ((typeof codec !== 'object' && typeof codec !== 'function') || codec === null || !isCodec(codec)) {
    throw new OptionError(option, `${option} must be a codec, such as u32, f64, utf8(8) or struct({ … }).`);
  }
  if (codec.kind !== 'fixed') return;
  checkSize(`${option}.size`, codec.size as number);
  if (![1, 2, 4, 8].includes(codec.alignment as number)) {
    throw new OptionError(
      `${option}.alignment`,
      `${option}.alignment must be 1, 2, 4 or 8, got ${String(codec.alignment)}.`,
    );
  }
}

function isCodec(codec: {
  readonly kind?: unknown;
  readonly spec?: unknown;
  readonly bind?: unknown;
}): boolean {
  const spec = codec.spec as { readonly name?: unknown } | null | undefined;
  return (
    (codec.kind === 'fixed' || codec.kind === 'variable') &&
    typeof codec.bind === 'function' &&
    typeof spec === 'object' &&
    typeof spec?.name === 'string'
  );
}
