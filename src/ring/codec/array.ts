import { OptionError } from '../errors.ts';
import type { Memory } from '../memory.ts';
import { ArrayView } from './array-view.ts';
import type { CodecSpec, FixedBinding, FixedCodec } from './codec.ts';
import {
  decodeError,
  decodeErrorWithin,
  describe,
  encodeError,
  encodeErrorWithin,
  indexStep,
} from './field-error.ts';
import { generate } from './generate.ts';
import { alignUp, checkCodec, checkSize } from './layout-size.ts';
import { badWord, element, refusal, type Scalar, ScalarCodec } from './scalar.ts';

/**
 * Exactly `length` values of one codec of fixed size, one after the other: `array(f64, 3)`, `array(Leg, 2)`.
 *
 * Writers pass an array of exactly that length; at run time typed arrays and views of arrays are taken too.
 * `poll` and `take` give an array, `drain` and batches an `ArrayView`. Everything else throws `EncodeError`.
 * Lists without a fixed length belong in `json()` or `bytes`.
 */
export function array<T, V>(
  codec: FixedCodec<T, V>,
  length: number,
): FixedCodec<readonly T[], ArrayView<T, V>> {
  checkCodec('codec', codec);
  if (codec.kind !== 'fixed') {
    throw new OptionError(
      'codec',
      'array takes a codec of fixed size; for lists of texts or objects use json().',
    );
  }
  return new ArrayCodec(codec, length);
}

class ArrayCodec<T, V> implements FixedCodec<readonly T[], ArrayView<T, V>> {
  readonly kind = 'fixed';
  readonly spec: CodecSpec;
  readonly size: number;
  readonly alignment: number;
  readonly #shape: ArrayShape<T, V>;
  #binding: ArrayBindingClass<T, V> | undefined;

  constructor(codec: FixedCodec<T, V>, length: number) {
    const stride = alignUp(codec.size, codec.alignment);
    checkSize('length', length);
    checkSize('size', length * stride);
    this.spec = { name: 'array', of: codec.spec, length };
    this.size = length * stride;
    this.alignment = codec.alignment;
    this.#shape = { codec, length, stride };
  }

  bind(memory: Memory): FixedBinding<readonly T[], ArrayView<T, V>> {
    this.#binding ??= bindingClass(this.#shape);
    return new this.#binding(memory, this.#shape.codec.bind(memory));
  }
}

/** How the elements lie: `stride` bytes from one to the next, which is their size rounded up to their alignment. */
interface ArrayShape<T, V> {
  readonly codec: FixedCodec<T, V>;
  readonly length: number;
  readonly stride: number;
}

type ArrayBindingClass<T, V> = new (
  memory: Memory,
  elements: FixedBinding<T, V>,
) => FixedBinding<readonly T[], ArrayView<T, V>>;

function bindingClass<T, V>(shape: ArrayShape<T, V>): ArrayBindingClass<T, V> {
  const interpreted = interpretedBinding(shape);
  if (!(shape.codec instanceof ScalarCodec)) return interpreted;
  return generatedBinding(shape, shape.codec.scalar, interpreted) ?? interpreted;
}

/** Calls the elements' own binding for each. */
function interpretedBinding<T, V>({ length, stride }: ArrayShape<T, V>): ArrayBindingClass<T, V> {
  return class InterpretedArray implements FixedBinding<readonly T[], ArrayView<T, V>> {
    readonly #elements: FixedBinding<T, V>;
    readonly #view: ArrayView<T, V>;

    constructor(_memory: Memory, elements: FixedBinding<T, V>) {
      this.#elements = elements;
      this.#view = new ArrayView(this, elements, length, stride);
    }

    write(value: readonly T[], at: number): void {
      const values = checkedArray<T>(value, length);
      for (let i = 0; i < length; i++) {
        try {
          this.#elements.write(values[i] as T, at + i * stride);
        } catch (error) {
          throw encodeErrorWithin(error, indexStep(i));
        }
      }
    }

    read(at: number): readonly T[] {
      const values: T[] = [];
      for (let i = 0; i < length; i++) {
        try {
          values.push(this.#elements.read(at + i * stride));
        } catch (error) {
          throw decodeErrorWithin(error, indexStep(i), i * stride);
        }
      }
      return values;
    }

    view(at: number): ArrayView<T, V> {
      return ArrayView.move(this.#view, at);
    }
  };
}

/** Loops without calls, for elements that take one word each. */
function generatedBinding<T, V>(
  { length, stride }: ArrayShape<T, V>,
  scalar: Scalar<unknown>,
  Base: ArrayBindingClass<T, V>,
): ArrayBindingClass<T, V> | undefined {
  const { words, source } = scalar;
  const same = (name: string): string => name;
  const place = element(words, `at + i * ${stride}`);
  const value = source.value(place, same);
  const body = `
return class GeneratedArray extends Base {
  constructor(memory, elements) {
    super(memory, elements);
    this.words = memory.${words};
  }
  write(value, at) {
    const values = checkedArray(value, ${length});
    const ${words} = this.words;
    for (let i = 0; i < ${length}; i++) {
      const value = values[i];
      const word = ${source.word('value', same)};
      if (${source.refuses('value', 'word')}) throw refuse(i, value);
      ${place} = word;
    }
  }
  read(at) {
    const ${words} = this.words;
    const values = [];
    for (let i = 0; i < ${length}; i++) values.push(${source.partial ? `${value} ?? bad(i, ${place})` : value});
    return values;
  }
};`;
  const refuse = (index: number, refused: unknown): Error =>
    encodeError(indexStep(index), refusal(scalar, refused));
  const bad = (index: number, word: unknown): never => {
    throw decodeError(indexStep(index), index * stride, badWord(scalar, word));
  };
  return generate(['Base', 'checkedArray', 'refuse', 'bad', ...Object.keys(source.constants)], body, [
    Base,
    checkedArray,
    refuse,
    bad,
    ...Object.values(source.constants),
  ]);
}

/** `value` as an array of `length` elements; throws `EncodeError` when it is none. */
function checkedArray<T>(value: unknown, length: number): ArrayLike<T> {
  const values = value instanceof ArrayView ? value.copy() : value;
  if (!Array.isArray(values) && !isTypedArray(values)) {
    throw encodeError('', `expected an array of ${length}, got ${describe(value)}`);
  }
  if (values.length !== length) {
    throw encodeError('', `expected an array of ${length}, got one of ${values.length}`);
  }
  return values as ArrayLike<T>;
}

function isTypedArray(value: unknown): value is ArrayLike<unknown> {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}
