import { BadHandleError, OptionError } from '../errors.ts';
import { array } from './array.ts';
import { bool } from './bool.ts';
import { bytes } from './bytes.ts';
import { clone } from './clone.ts';
import type { Codec } from './codec.ts';
import { describe } from './field-error.ts';
import { json } from './json.ts';
import { msgpack } from './msgpack.ts';
import { f32, f64, i8, i16, i32, i64, u8, u16, u32, u64 } from './number.ts';
import { oneOf } from './one-of.ts';
import { optional } from './optional.ts';
import { structOf } from './struct.ts';
import type { FieldEntry } from './struct-layout.ts';
import { utf8 } from './text.ts';

export { specsEqual } from './spec.ts';

type AnyCodec = Codec<unknown, unknown>;

/** How many codecs inside each other a spec may describe. */
const DEPTH_MAX = 32;

/** How many codecs in all. Parts of a spec may be shared, so a small handle could describe a huge codec. */
const CODECS_MAX = 10_000;

/** One codec that is rebuilt from its spec. */
interface Recipe {
  /** The parameters it knows, besides `name`. */
  readonly parameters: readonly string[];
  build(spec: SpecReader): AnyCodec;
}

function constant(codec: AnyCodec): readonly [string, Recipe] {
  return [codec.spec.name, { parameters: [], build: () => codec }];
}

/** All codecs that travel in a handle, by name. A new one is a new line here. */
const RECIPES: ReadonlyMap<string, Recipe> = new Map<string, Recipe>([
  ...[u8, i8, u16, i16, u32, i32, f32, f64, u64, i64, bool, json(), msgpack()].map(constant),
  ['clone', { parameters: [], build: () => clone() }],
  [
    'utf8',
    { parameters: ['size'], build: (spec) => (spec.has('size') ? utf8(spec.number('size')) : utf8()) },
  ],
  [
    'bytes',
    { parameters: ['size'], build: (spec) => (spec.has('size') ? bytes(spec.number('size')) : bytes) },
  ],
  ['oneOf', { parameters: ['values'], build: (spec) => oneOf(...(spec.list('values') as string[])) }],
  ['optional', { parameters: ['of'], build: (spec) => wrap(spec.codec('of')) }],
  [
    'array',
    { parameters: ['of', 'length'], build: (spec) => repeat(spec.codec('of'), spec.number('length')) },
  ],
  ['struct', { parameters: ['fields'], build: (spec) => structOf(spec.fields('fields')) }],
]);

function wrap(codec: AnyCodec): AnyCodec {
  return codec.kind === 'fixed' ? optional(codec) : optional(codec);
}

function repeat(codec: AnyCodec, length: number): AnyCodec {
  return array(codec as Extract<AnyCodec, { kind: 'fixed' }>, length);
}

/**
 * The codec that a spec from a handle describes.
 *
 * Handles come from elsewhere, so nothing in one is taken on trust: whatever is malformed, too deep or too
 * large throws `BadHandleError`, as does a codec this version can't rebuild.
 */
export function codecFromSpec(spec: unknown): AnyCodec {
  const rebuilding = new Rebuilding();
  const rebuilt = rebuilding.codec(spec, 'codec', 0);
  return rebuilding.size <= REMEMBERED_SIZE_MAX ? remembered(rebuilt) : rebuilt;
}

/**
 * Codecs rebuilt in this thread, by their specs. A thread that opens many rings of one struct gets one codec for all:
 * with a class of views for each ring, a loop over their messages would be megamorphic, at a third of the speed.
 */
const known = new Map<string, AnyCodec>();
const REMEMBERED_MAX = 256;
/** Parts of the largest spec that is remembered. */
const REMEMBERED_SIZE_MAX = 1000;

/** The codec with the same spec that was rebuilt first. */
function remembered(rebuilt: AnyCodec): AnyCodec {
  const key = JSON.stringify(rebuilt.spec);
  const first = known.get(key) ?? rebuilt;
  if (known.size < REMEMBERED_MAX) known.set(key, first);
  return first;
}

/** One call of `codecFromSpec`: counts what it has built. */
class Rebuilding {
  #codecs = 0;
  /** Codecs and values of lists. */
  size = 0;

  codec(spec: unknown, path: string, depth: number): AnyCodec {
    this.#codecs++;
    this.size++;
    if (depth > DEPTH_MAX || this.#codecs > CODECS_MAX) {
      throw malformed(
        path,
        `describes more than ${DEPTH_MAX} codecs inside each other, or ${CODECS_MAX} in all`,
      );
    }
    const reader = new SpecReader(this, spec, path, depth);
    const recipe = RECIPES.get(reader.name);
    if (recipe === undefined) throw unknownCodec(path, reader.name);
    reader.checkParameters(recipe.parameters);
    try {
      return recipe.build(reader);
    } catch (error) {
      if (error instanceof OptionError)
        throw malformed(path, `is no ${reader.name}: ${error.message}`, error);
      throw error;
    }
  }
}

/** Reads one spec, and trusts none of it. */
class SpecReader {
  readonly name: string;
  readonly #rebuilding: Rebuilding;
  readonly #spec: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #depth: number;

  constructor(rebuilding: Rebuilding, spec: unknown, path: string, depth: number) {
    if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) {
      throw malformed(path, `must be an object, got ${describe(spec)}`);
    }
    this.#rebuilding = rebuilding;
    this.#spec = { ...spec };
    this.#path = path;
    this.#depth = depth;
    const { name } = this.#spec;
    if (typeof name !== 'string') throw malformed(path, `must have a name, got ${describe(name)}`);
    this.name = name;
  }

  checkParameters(known: readonly string[]): void {
    const stranger = Object.keys(this.#spec).find((key) => key !== 'name' && !known.includes(key));
    if (stranger === undefined) return;
    throw malformed(this.#path, `has a parameter that ${this.name} does not know: ${describe(stranger)}`);
  }

  has(parameter: string): boolean {
    return Object.hasOwn(this.#spec, parameter);
  }

  number(parameter: string): number {
    const value = this.#own(parameter);
    if (typeof value === 'number') return value;
    throw malformed(`${this.#path}.${parameter}`, `must be a number, got ${describe(value)}`);
  }

  list(parameter: string): readonly unknown[] {
    const value = this.#own(parameter);
    if (Array.isArray(value) && value.length <= LIST_MAX) {
      this.#rebuilding.size += value.length;
      return Array.from(value); // Without holes, over which some loops would go in silence.
    }
    throw malformed(
      `${this.#path}.${parameter}`,
      `must be a list of at most ${LIST_MAX}, got ${describe(value)}`,
    );
  }

  codec(parameter: string): AnyCodec {
    return this.#rebuilding.codec(this.#own(parameter), `${this.#path}.${parameter}`, this.#depth + 1);
  }

  fields(parameter: string): readonly FieldEntry[] {
    return this.list(parameter).map((entry, index) => {
      const path = `${this.#path}.${parameter}[${index}]`;
      if (!Array.isArray(entry) || entry.length !== 2 || typeof entry[0] !== 'string') {
        throw malformed(path, `must be a name and a codec, got ${describe(entry)}`);
      }
      return [entry[0], this.#rebuilding.codec(entry[1], path, this.#depth + 1)];
    });
  }

  #own(parameter: string): unknown {
    return this.has(parameter) ? this.#spec[parameter] : undefined;
  }
}

/** Entries; the most values that `oneOf` takes, which is more than a struct's fields. */
const LIST_MAX = 65_536;

function malformed(path: string, problem: string, cause?: unknown): BadHandleError {
  return new BadHandleError(
    `The handle is malformed: ${path} ${problem}. Pass on the ring's handle unchanged.`,
    cause === undefined ? undefined : { cause },
  );
}

function unknownCodec(path: string, name: string): BadHandleError {
  return new BadHandleError(
    `${path} is ${describe(name)}, a codec that can't be rebuilt from a handle here; pass the codec that the ring was ` +
      'created with as the second argument: open(handle, codec).',
  );
}
