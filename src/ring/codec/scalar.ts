import type { Memory } from '../memory.ts';
import type { CodecSpec, FixedBinding, FixedCodec } from './codec.ts';
import { decodeError, describe, encodeError } from './field-error.ts';
import { generate } from './generate.ts';

/** The views of a `Memory` whose elements can hold one value. */
export type WordsName = 'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32' | 'f32' | 'f64' | 'i64' | 'u64';

type Word = number | bigint;

/**
 * A value that takes one element of one typed array, told twice: as functions, for the interpreted path, and
 * as source text, so that a struct can put it straight into the code it generates. Both must say the same.
 */
export interface Scalar<T> {
  readonly words: WordsName;
  /** What a value has to be, as an error message says it: `an integer from 0 to 255`. */
  readonly expected: string;
  /** The word that stands for `value`; `undefined` when none does. */
  encode(value: unknown): Word | undefined;
  /** The value that `word` stands for; `undefined` when it stands for none. */
  decode(word: Word): T | undefined;
  readonly source: ScalarSource;
}

/** The parameters are names of local variables or expressions without side effects. */
export interface ScalarSource {
  /** What the expressions need besides their parameters, by name. Scalars of one program have names of their own. */
  readonly constants: Readonly<Record<string, unknown>>;
  /** The expression for the word of `value`, evaluated before `refuses`. */
  word(value: string, constant: (name: string) => string): string;
  /** The expression that is true when `value`, whose word is in `word`, can't be encoded. */
  refuses(value: string, word: string): string;
  /** The expression for the value of `word`; it may be `undefined` only when `partial`. */
  value(word: string, constant: (name: string) => string): string;
  /** Whether there are words that stand for no value. */
  readonly partial: boolean;
}

/** What is wrong with a value that a scalar refuses. */
export function refusal(scalar: Scalar<unknown>, value: unknown): string {
  return `expected ${scalar.expected}, got ${describe(value)}`;
}

/** What is wrong with a word that stands for no value. */
export function badWord(scalar: Scalar<unknown>, word: unknown): string {
  return `${String(word)} stands for nothing; expected the bytes of ${scalar.expected}`;
}

const BYTES: Readonly<Record<WordsName, number>> = {
  i8: 1,
  u8: 1,
  i16: 2,
  u16: 2,
  i32: 4,
  u32: 4,
  f32: 4,
  f64: 8,
  i64: 8,
  u64: 8,
};

/** The expression for the element of `words` at the byte offset `at`. */
export function element(words: WordsName, at: string): string {
  const shift = Math.log2(BYTES[words]);
  return shift === 0 ? `${words}[${at}]` : `${words}[(${at}) >>> ${shift}]`;
}

type BindingClass<T> = new (memory: Memory) => FixedBinding<T>;

/** The codec of a scalar. Structs and arrays recognise it, and generate its code in place of calling its binding. */
export class ScalarCodec<T> implements FixedCodec<T> {
  readonly kind = 'fixed';
  readonly spec: CodecSpec;
  readonly size: number;
  readonly alignment: number;
  readonly scalar: Scalar<T>;
  #binding: BindingClass<T> | undefined;

  constructor(spec: CodecSpec, scalar: Scalar<T>) {
    this.spec = spec;
    this.size = BYTES[scalar.words];
    this.alignment = this.size;
    this.scalar = scalar;
  }

  /** Whether a value is the element itself, so that a typed array of its kind can be copied as it is. */
  get #isItsWord(): boolean {
    return this.spec.name === this.scalar.words;
  }

  bind(memory: Memory): FixedBinding<T> {
    this.#binding ??=
      generatedBinding(this.scalar, this.#isItsWord) ?? interpretedBinding(this.scalar, this.size);
    return new this.#binding(memory);
  }
}

/**
 * A class of its own for each codec, so that its typed array accesses see one kind of array. One class for
 * all would turn megamorphic in a program that has rings of several kinds of numbers.
 */
function generatedBinding<T>(scalar: Scalar<T>, isItsWord: boolean): BindingClass<T> | undefined {
  const { words, source } = scalar;
  const same = (name: string): string => name;
  const place = element(words, 'at');
  const value = source.value(place, same);
  const result = source.partial ? `${value} ?? bad(${place})` : value;
  const body = `
return class ScalarBinding {
  constructor(memory) {
    this.words = memory.${words};
  }
  write(value, at) {
    const ${words} = this.words;
    const word = ${source.word('value', same)};
    if (${source.refuses('value', 'word')}) throw refuse(value);
    ${place} = word;
  }
  writeAll(values, from, count, at) {
    const ${words} = this.words;${isItsWord ? bulkWrite(words) : ''}
    for (let i = 0; i < count; i++, at += ${BYTES[words]}) {
      const value = values[from + i];
      const word = ${source.word('value', same)};
      if (${source.refuses('value', 'word')}) throw refuse(value);
      ${place} = word;
    }
  }
  ${source.partial ? '' : readAll(scalar, value, isItsWord)}
  read(at) {
    const ${words} = this.words;
    return ${result};
  }
  view(at) {
    const ${words} = this.words;
    return ${result};
  }
};`;
  const refuse = (refused: unknown): Error => encodeError('', refusal(scalar, refused));
  const bad = (word: unknown): never => {
    throw decodeError('', 0, badWord(scalar, word));
  };
  const names = Object.keys(source.constants);
  return generate(['refuse', 'bad', ...names], body, [refuse, bad, ...Object.values(source.constants)]);
}

/** Only where every word stands for a value: one that does not counts as read, alone. */
function readAll({ words }: Scalar<unknown>, value: string, isItsWord: boolean): string {
  return `readAll(target, to, count, at) {
    const ${words} = this.words;${isItsWord ? bulkRead(words) : ''}
    for (let i = 0; i < count; i++, at += ${BYTES[words]}) target[to + i] = ${value};
  }`;
}

/** Up to this many values a loop is faster than the two calls and the view that a bulk copy takes. */
const LOOP_MAX = 32;

function bulkWrite(words: WordsName): string {
  const first = `at >>> ${Math.log2(BYTES[words])}`;
  return `
    if (count > ${LOOP_MAX} && values instanceof ${words}.constructor) {
      ${words}.set(count === values.length ? values : values.subarray(from, from + count), ${first});
      return;
    }`;
}

function bulkRead(words: WordsName): string {
  const first = `at >>> ${Math.log2(BYTES[words])}`;
  return `
    if (count > ${LOOP_MAX} && target instanceof ${words}.constructor) {
      const first = ${first};
      target.set(${words}.subarray(first, first + count), to);
      return;
    }`;
}

function interpretedBinding<T>(scalar: Scalar<T>, size: number): BindingClass<T> {
  return class InterpretedScalar implements FixedBinding<T> {
    readonly #words: Record<number, Word>;

    constructor(memory: Memory) {
      this.#words = memory[scalar.words] as unknown as Record<number, Word>;
    }

    write(value: T, at: number): void {
      const word = scalar.encode(value);
      if (word === undefined) throw encodeError('', refusal(scalar, value));
      this.#words[at / size] = word;
    }

    read(at: number): T {
      const word = this.#words[at / size] as Word;
      const value = scalar.decode(word);
      if (value === undefined) throw decodeError('', 0, badWord(scalar, word));
      return value;
    }

    view(at: number): T {
      return this.read(at);
    }
  };
}
