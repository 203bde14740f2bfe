import type { EncodeError } from '../errors.ts';
import { Memory } from '../memory.ts';
import type { CodecSpec, VariableBinding, VariableCodec } from './codec.ts';
import { decodeError, encodeError } from './field-error.ts';
import { alignUp } from './layout-size.ts';
import { type StructBinding, type StructBindingClass, StructSupport } from './struct-binding.ts';
import { type StructLayout, TAIL_ALIGNMENT, type TailField } from './struct-layout.ts';

/** A struct with fields of variable size, ready to be copied: all its own code and checks have run. */
interface PreparedStruct {
  /** The fixed part, as int32; the words that say where the tails lie are still missing. */
  readonly words: Int32Array;
  /** What the tails' codecs prepared. */
  readonly tails: unknown[];
}

/**
 * A struct some of whose fields have no fixed size.
 *
 * `prepare` writes the fixed part to private memory and lets the tails' codecs prepare theirs, so that
 * getters, `toJSON` and everything that can be wrong with a value happen before a place in the ring is
 * claimed. All that can fail later is that the message is too long.
 */
export class VariableStruct implements VariableCodec<unknown, unknown, PreparedStruct> {
  readonly kind = 'variable';
  readonly spec: CodecSpec;
  readonly typicalSize: number;
  readonly #layout: StructLayout;
  readonly #classOf: () => StructBindingClass;
  /** Absent while in use: a getter may send on a ring of this codec, and must not find half a message here. */
  #desk: Desk | undefined;

  constructor(spec: CodecSpec, layout: StructLayout, classOf: () => StructBindingClass) {
    this.spec = spec;
    this.#layout = layout;
    this.#classOf = classOf;
    this.typicalSize = layout.tails.reduce(
      (size, { codec }) => size + alignUp(codec.typicalSize, TAIL_ALIGNMENT),
      layout.size,
    );
  }

  prepare(value: unknown): PreparedStruct {
    const desk = this.#desk ?? this.#createDesk();
    this.#desk = undefined;
    try {
      const tails: unknown[] = [];
      desk.binding.write(value, 0, tails);
      return { words: copyWords(desk.words), tails };
    } finally {
      this.#desk = desk;
    }
  }

  #createDesk(): Desk {
    const memory = new Memory(new ArrayBuffer(this.#layout.size));
    return { words: memory.i32, binding: this.#bindFixedPart(memory) };
  }

  #bindFixedPart(memory: Memory): StructBinding {
    return new (this.#classOf())(memory);
  }

  bound(prepared: PreparedStruct): number {
    let bytes = this.#layout.size;
    for (const { codec, tail } of this.#layout.tails) {
      bytes = alignUp(bytes, TAIL_ALIGNMENT) + codec.bound(prepared.tails[tail]);
    }
    return bytes;
  }

  bind(memory: Memory): VariableBinding<unknown, unknown, PreparedStruct> {
    return new VariableStructBinding(this.#layout, memory, this.#bindFixedPart(memory));
  }
}

/** Private memory in which fixed parts are made. */
interface Desk {
  readonly words: Int32Array;
  readonly binding: StructBinding;
}

function copyWords(words: Int32Array): Int32Array {
  const copy = new Int32Array(words.length);
  for (let i = 0; i < copy.length; i++) copy[i] = words[i] as number;
  return copy;
}

function tooLong(room: number): EncodeError {
  return encodeError('', `the struct needs more than ${room} bytes`);
}

class VariableStructBinding implements VariableBinding<unknown, unknown, PreparedStruct> {
  readonly #layout: StructLayout;
  readonly #fixedPart: StructBinding;
  readonly #tails: readonly VariableBinding<unknown>[];
  readonly #support: StructSupport;
  readonly #i32: Int32Array;
  readonly #u32: Uint32Array;

  constructor(layout: StructLayout, memory: Memory, fixedPart: StructBinding) {
    this.#layout = layout;
    this.#fixedPart = fixedPart;
    this.#tails = layout.tails.map(({ codec }) => codec.bind(memory));
    this.#support = new StructSupport(layout);
    this.#i32 = memory.i32;
    this.#u32 = memory.u32;
  }

  write(prepared: PreparedStruct, at: number, limit: number): number {
    let end = at + this.#layout.size;
    if (end > limit) throw tooLong(limit - at);
    const { words } = prepared;
    for (let i = 0; i < words.length; i++) this.#i32[at / 4 + i] = words[i] as number;
    for (const field of this.#layout.tails) {
      const begin = alignUp(end, TAIL_ALIGNMENT);
      // An empty tail would write nothing there, and not notice; the padding before it counts all the same.
      if (begin > limit) throw this.#support.inWriting(field.index, tooLong(limit - at));
      const size = this.#writeTail(field, prepared.tails[field.tail], begin, limit);
      this.#u32[(at + field.offset) / 4] = begin - at;
      this.#u32[(at + field.offset) / 4 + 1] = size;
      end = begin + size;
    }
    return end - at;
  }

  #writeTail(field: TailField, prepared: unknown, begin: number, limit: number): number {
    try {
      return (this.#tails[field.tail] as VariableBinding<unknown>).write(prepared, begin, limit);
    } catch (error) {
      throw this.#support.inWriting(field.index, error);
    }
  }

  read(at: number, length: number): unknown {
    this.#checkLength(length);
    return this.#fixedPart.read(at, length);
  }

  view(at: number, length: number): unknown {
    this.#checkLength(length);
    return this.#fixedPart.view(at, length);
  }

  #checkLength(length: number): void {
    if (length >= this.#layout.size) return;
    throw decodeError(
      '',
      0,
      `${length} bytes are less than the ${this.#layout.size} of the struct's fixed part`,
    );
  }
}
