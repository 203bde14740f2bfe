import { OptionError } from '../errors.ts';
import type { Codec, FixedCodec, VariableCodec } from './codec.ts';
import { describe } from './field-error.ts';
import { alignUp, checkCodec, FIXED_SIZE_MAX } from './layout-size.ts';
import { insideOptional } from './optional.ts';

/**
 * Where the fields of a struct lie.
 *
 *   byte 0                              presenceAt      size
 *   ├──────────┬──────────┬───────┬─────┬───────────────┬─────────┬─────────┬───
 *   │ 8-byte   │ 4-byte   │ 2-byte│ 1-b.│ presence bits │ tail 0  │ tail 1  │ …
 *   │ fields   │ fields   │ fields│ f.  │ 1 per optional│ (at 8·n)│ (at 8·n)│
 *   └──────────┴──────────┴───────┴─────┴───────────────┴─────────┴─────────┴───
 *    the fixed part                                      only in structs of variable size
 *
 * Fields are sorted by alignment, the largest first and otherwise as declared, so that each lies at a
 * multiple of its own alignment with no gaps between. A field of variable size has two words in the fixed
 * part, sorted in with the 4-byte fields: where its bytes begin, counted from byte 0, and how many they are.
 * The bytes themselves, its tail, stand after the fixed part, in the order of declaration, each at the next
 * multiple of 8.
 *
 * Bytes that belong to no field, and those of absent optional fields, keep whatever was there before.
 */
export interface StructLayout {
  /** In the order of declaration. */
  readonly fields: readonly StructField[];
  /** Bytes of the fixed part, a multiple of `alignment`. */
  readonly size: number;
  readonly alignment: number;
  readonly presenceAt: number;
  readonly presenceBytes: number;
  /** The fields of variable size, in the order of declaration. */
  readonly tails: readonly TailField[];
}

export type StructField = PlainField | TailField;

interface FieldPlace {
  /** Position in the order of declaration. */
  readonly index: number;
  readonly name: string;
  /** Bytes from the beginning of the struct. */
  readonly offset: number;
}

export interface PlainField extends FieldPlace {
  readonly kind: 'plain';
  /** The codec of the value that is there; what is inside, for an optional field. */
  readonly codec: FixedCodec<unknown>;
  /** The number of the presence bit, or -1 for a field that is always there. */
  readonly presence: number;
}

export interface TailField extends FieldPlace {
  readonly kind: 'tail';
  readonly codec: VariableCodec<unknown>;
  /** Position among the tails. */
  readonly tail: number;
}

export type FieldEntry = readonly [name: string, codec: Codec<unknown, unknown>];

const FIELDS_MAX = 1024;
const NAME_LENGTH_MAX = 256;

/** Names that a view or a slot needs for itself, or that JavaScript treats in ways of its own. */
const RESERVED: ReadonlySet<string> = new Set(['copy', 'toJSON', 'set', 'constructor', '__proto__']);

const PAIR_BYTES = 8;
const PAIR_ALIGNMENT = 4;

/** Tails begin at multiples of this, as every message of variable size does. */
export const TAIL_ALIGNMENT = 8;

/** Throws `OptionError` when the fields make no struct. */
export function layOut(entries: readonly FieldEntry[]): StructLayout {
  checkEntries(entries);
  const fields = describeFields(entries);
  const tails = fields.filter((field) => field.kind === 'tail');
  const presenceAt = place(fields);
  const presenceBytes = Math.ceil(fields.filter((field) => presenceOf(field) >= 0).length / 8);
  const alignment = tails.length > 0 ? TAIL_ALIGNMENT : Math.max(...fields.map(alignmentOf));
  const size = alignUp(presenceAt + presenceBytes, alignment);
  if (size > FIXED_SIZE_MAX) {
    throw new OptionError('fields', `The struct's ${size} bytes are more than ${FIXED_SIZE_MAX}.`);
  }
  return { fields, size, alignment, presenceAt, presenceBytes, tails };
}

function checkEntries(entries: readonly FieldEntry[]): void {
  if (entries.length < 1 || entries.length > FIELDS_MAX) {
    throw new OptionError('fields', `A struct has 1 to ${FIELDS_MAX} fields, got ${entries.length}.`);
  }
  const names = new Set<string>();
  for (const [name, codec] of entries) {
    checkName(name);
    if (names.has(name)) throw new OptionError(name, `The struct has two fields named ${describe(name)}.`);
    names.add(name);
    checkCodec(name, codec);
  }
}

function checkName(name: unknown): void {
  if (typeof name !== 'string' || name === '' || name.length > NAME_LENGTH_MAX) {
    throw new OptionError(
      'fields',
      `A field's name is a string of 1 to ${NAME_LENGTH_MAX} characters, got ${describe(name)}.`,
    );
  }
  if (RESERVED.has(name)) {
    throw new OptionError(
      name,
      `A field can't be named ${name}, which every view or slot has; choose another name.`,
    );
  }
}

type Unplaced<F> = { -readonly [K in keyof F]: F[K] };

/** The fields in the order of declaration, with their tails and presence bits numbered, and not yet placed. */
function describeFields(entries: readonly FieldEntry[]): Unplaced<StructField>[] {
  let tails = 0;
  let presences = 0;
  return entries.map(([name, codec], index) => {
    if (codec.kind === 'variable') return { kind: 'tail', index, name, codec, offset: 0, tail: tails++ };
    const inside = insideOptional(codec);
    if (inside === undefined) return { kind: 'plain', index, name, codec, offset: 0, presence: -1 };
    return { kind: 'plain', index, name, codec: inside, offset: 0, presence: presences++ };
  });
}

/** Gives every field its offset, and returns the offset after the last. */
function place(fields: readonly Unplaced<StructField>[]): number {
  let end = 0;
  for (const field of [...fields].sort((a, b) => alignmentOf(b) - alignmentOf(a))) {
    field.offset = alignUp(end, alignmentOf(field));
    end = field.offset + (field.kind === 'tail' ? PAIR_BYTES : field.codec.size);
  }
  return end;
}

function alignmentOf(field: StructField): number {
  return field.kind === 'tail' ? PAIR_ALIGNMENT : field.codec.alignment;
}

function presenceOf(field: StructField): number {
  return field.kind === 'tail' ? -1 : field.presence;
}
