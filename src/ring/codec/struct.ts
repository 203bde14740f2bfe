import { OptionError } from '../errors.ts';
import type { Memory } from '../memory.ts';
import type { Slot } from '../slots.ts';
import type {
  Codec,
  CodecSpec,
  CodecValue,
  CodecView,
  FixedBinding,
  FixedCodec,
  VariableCodec,
} from './codec.ts';
import { describe } from './field-error.ts';
import type { OptionalMark } from './optional.ts';
import { type StructBindingClass, StructSupport } from './struct-binding.ts';
import { generatedStruct } from './struct-generated.ts';
import { interpretedStruct } from './struct-interpreted.ts';
import { type FieldEntry, layOut, type StructLayout } from './struct-layout.ts';
import { VariableStruct } from './struct-variable.ts';
import type { ViewMethods } from './view.ts';

/** The fields of a struct: names and codecs. */
export type StructFields = Readonly<Record<string, Codec<unknown, unknown>>>;

type OptionalNames<F extends StructFields> = {
  [K in keyof F]: F[K] extends OptionalMark ? K : never;
}[keyof F];

type Simplify<T> = { [K in keyof T]: T[K] };

/** What writers of a struct pass and readers get: a plain object; only `optional` fields may be left out. */
export type StructValue<F extends StructFields> = Simplify<
  { [K in Exclude<keyof F, OptionalNames<F>>]: CodecValue<F[K]> } & {
    [K in OptionalNames<F>]?: CodecValue<F[K]>;
  }
>;

/** What `drain` and batches show of a struct: its fields, read from the ring's memory when they are asked for. */
export type StructView<F extends StructFields> = Simplify<{ readonly [K in keyof F]: CodecView<F[K]> }> &
  ViewMethods<StructValue<F>>;

/** What `fill` hands over of a struct of fixed size: its fields, written to the ring's memory when they are set. */
export type StructSlot<F extends StructFields> = Simplify<{ -readonly [K in keyof F]: CodecValue<F[K]> }> &
  Slot<StructValue<F>>;

/** A struct is of fixed size when all its fields are. */
export type StructCodec<F extends StructFields> = [
  Extract<F[keyof F], { readonly kind: 'variable' }>,
] extends [never]
  ? FixedCodec<StructValue<F>, StructView<F>, StructSlot<F>>
  : VariableCodec<StructValue<F>, StructView<F>>;

/**
 * Objects with the same fields every time, the fastest way to send one:
 *
 *   const Tick = struct({ id: u32, px: f64, side: oneOf('B', 'S'), sym: utf8(8) });
 *   type Tick = CodecValue<typeof Tick>;      // { id: number; px: number; side: 'B' | 'S'; sym: string }
 *
 * Fields may be of any codec, structs and arrays included. With fields of fixed size only, the struct is of
 * fixed size; each `utf8()`, `bytes`, `json()` or other codec of variable size adds 8 bytes and its own.
 * `struct-layout.ts` draws it.
 *
 * Writers pass any object with these properties, each of which is read once; others are ignored. A value that
 * does not fit throws `EncodeError` with the path of the field, such as `legs[2].px`. `poll` and `take` give
 * a plain object with the fields in the order of declaration. `drain` and batches show a view, one object
 * that moves from message to message: its fields are read from the ring when asked for, and `copy()` makes a
 * plain object of it. The fields of a nested struct are shown by a view as well. `fill` hands over a slot of a struct
 * of fixed size: setting a field writes it to the ring, a nested struct as a whole.
 *
 * A field's name may be any string but the empty one and those a view or a slot needs: `copy`, `toJSON`, `set`,
 * `constructor`, `__proto__`.
 *
 * The accessors are compiled from the fields with `new Function`. Where that is forbidden, as on pages with a
 * strict content security policy, the struct behaves the same and is about twenty times slower.
 */
export function struct<const F extends StructFields>(fields: F): StructCodec<F> {
  if (typeof fields !== 'object' || fields === null) {
    throw new OptionError('fields', `struct takes an object of names and codecs, got ${describe(fields)}.`);
  }
  return structOf(Object.entries(fields)) as StructCodec<F>;
}

/** The same from a list, whose order is the order of declaration. */
export function structOf(entries: readonly FieldEntry[]): Codec<unknown, unknown> {
  const layout = layOut(entries);
  const spec = { name: 'struct', fields: entries.map(([name, codec]) => [name, codec.spec] as const) };
  const classOf = once(() => bindingClass(layout));
  return layout.tails.length === 0
    ? new FixedStruct(spec, layout, classOf)
    : new VariableStruct(spec, layout, classOf);
}

function bindingClass(layout: StructLayout): StructBindingClass {
  const support = new StructSupport(layout);
  return generatedStruct(layout, support) ?? interpretedStruct(layout, support);
}

/** Compiling waits for the first binding, because many a schema is only declared or sent on. */
function once<T>(create: () => T): () => T {
  let created: T | undefined;
  return () => {
    created ??= create();
    return created;
  };
}

class FixedStruct implements FixedCodec<unknown> {
  readonly kind = 'fixed';
  readonly spec: CodecSpec;
  readonly size: number;
  readonly alignment: number;
  readonly #classOf: () => StructBindingClass;

  constructor(spec: CodecSpec, layout: StructLayout, classOf: () => StructBindingClass) {
    this.spec = spec;
    this.size = layout.size;
    this.alignment = layout.alignment;
    this.#classOf = classOf;
  }

  /** The struct's own binding, without a wrapper: without tails, it asks for no more than a fixed binding is given. */
  bind(memory: Memory): FixedBinding<unknown> {
    return new (this.#classOf())(memory) as FixedBinding<unknown>;
  }
}
