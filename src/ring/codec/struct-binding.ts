import type { Memory } from '../memory.ts';
import type { FixedBinding, VariableBinding } from './codec.ts';
import {
  decodeError,
  decodeErrorWithin,
  describe,
  encodeError,
  encodeErrorWithin,
  fieldStep,
} from './field-error.ts';
import { badWord, refusal, type Scalar, type ScalarCodec } from './scalar.ts';
import { type StructField, type StructLayout, TAIL_ALIGNMENT, type TailField } from './struct-layout.ts';

/**
 * The fixed part of a struct in one memory, and its tails as far as reading goes. There are two of them with
 * the same behaviour, one generated and one interpreted.
 */
export interface StructBinding {
  /**
   * Reads each property once, in the order of declaration, before it writes anything; then writes the fixed
   * part to `at`, and puts what the codecs of the tails prepared into `tails`.
   */
  write(value: unknown, at: number, tails: unknown[]): void;
  /** `length` is looked at only where there are tails. */
  read(at: number, length: number): unknown;
  view(at: number, length: number): unknown;
  /** For structs without tails: a flyweight with a setter for each field; optional fields are absent until they are set. */
  slot(at: number): unknown;
}

export type StructBindingClass = new (memory: Memory) => StructBinding;

/** What both kinds of binding do the same way, and mostly when something is wrong. */
export class StructSupport {
  readonly #layout: StructLayout;
  readonly #steps: readonly string[];

  constructor(layout: StructLayout) {
    this.#layout = layout;
    this.#steps = layout.fields.map(({ name }) => fieldStep(name));
  }

  /** The binding of the field `index`. */
  bind(index: number, memory: Memory): FixedBinding<unknown> | VariableBinding<unknown> {
    return this.#field(index).codec.bind(memory);
  }

  /** The error for a value that is no object. */
  noObject(value: unknown): Error {
    return encodeError('', `expected an object, got ${describe(value)}`);
  }

  /** The error for a value that the scalar field `index` refuses. */
  refused(index: number, value: unknown): Error {
    return encodeError(this.#step(index), refusal(this.#scalar(index), value));
  }

  /** Throws the error for a word of the scalar field `index` that stands for nothing. */
  bad(index: number, word: unknown): never {
    throw decodeError(this.#step(index), this.#offset(index), badWord(this.#scalar(index), word));
  }

  /** What was thrown while the field `index` was written, with the field's name in its path. */
  inWriting(index: number, error: unknown): unknown {
    return encodeErrorWithin(error, this.#step(index));
  }

  /** What was thrown while the field `index` was read. */
  inReading(index: number, error: unknown): unknown {
    return decodeErrorWithin(error, this.#step(index), this.#offset(index));
  }

  /** What the codec of the tail field `index` makes of `value`. */
  prepare(index: number, value: unknown): unknown {
    try {
      return (this.#field(index) as TailField).codec.prepare(value);
    } catch (error) {
      throw this.inWriting(index, error);
    }
  }

  readTail(
    index: number,
    binding: VariableBinding<unknown>,
    u32: Uint32Array,
    at: number,
    length: number,
  ): unknown {
    const { begin, size } = this.#locate(index, u32, at, length);
    try {
      return binding.read(at + begin, size);
    } catch (error) {
      throw decodeErrorWithin(error, this.#step(index), begin);
    }
  }

  viewTail(
    index: number,
    binding: VariableBinding<unknown>,
    u32: Uint32Array,
    at: number,
    length: number,
  ): unknown {
    const { begin, size } = this.#locate(index, u32, at, length);
    try {
      return binding.view(at + begin, size);
    } catch (error) {
      throw decodeErrorWithin(error, this.#step(index), begin);
    }
  }

  /** Where the tail lies in the message; throws `DecodeError` unless that is inside of it. */
  #locate(index: number, u32: Uint32Array, at: number, length: number): { begin: number; size: number } {
    const offset = this.#offset(index);
    const begin = u32[(at + offset) / 4] as number;
    const size = u32[(at + offset) / 4 + 1] as number;
    if (begin >= this.#layout.size && begin % TAIL_ALIGNMENT === 0 && begin + size <= length) {
      return { begin, size };
    }
    throw decodeError(
      this.#step(index),
      offset,
      `${size} bytes from byte ${begin} do not lie in a message of ${length} bytes`,
    );
  }

  #step(index: number): string {
    return this.#steps[index] as string;
  }

  #offset(index: number): number {
    return this.#field(index).offset;
  }

  #scalar(index: number): Scalar<unknown> {
    return (this.#field(index).codec as ScalarCodec<unknown>).scalar;
  }

  #field(index: number): StructField {
    return this.#layout.fields[index] as StructField;
  }
}
