import type { Memory } from '../memory.ts';
import type { CodecSpec, FixedBinding, FixedCodec, VariableBinding, VariableCodec } from './codec.ts';
import { encodeError } from './field-error.ts';
import { alignUp, checkCodec } from './layout-size.ts';

/** Marks a codec whose value may be `undefined`, so that a struct can leave its property out. */
export interface OptionalMark {
  readonly optional: true;
}

export type OptionalFixedCodec<T, V = T> = FixedCodec<T | undefined, V | undefined> & OptionalMark;
export type OptionalVariableCodec<T, V = T> = VariableCodec<T | undefined, V | undefined> & OptionalMark;

/**
 * A value that may be missing: `undefined` stands for nothing, and everything else is `codec`'s.
 *
 * In a struct it costs one bit, and the property may be left out when writing; when reading it is always
 * there, as `undefined` if nothing was written, so that all values of a struct have one shape. `null` is not
 * nothing.
 */
export function optional<T, V>(codec: FixedCodec<T, V>): OptionalFixedCodec<T, V>;
export function optional<T, V>(codec: VariableCodec<T, V>): OptionalVariableCodec<T, V>;
export function optional(
  codec: FixedCodec<unknown> | VariableCodec<unknown>,
): OptionalFixedCodec<unknown> | OptionalVariableCodec<unknown> {
  checkCodec('codec', codec);
  return codec.kind === 'fixed' ? new OptionalFixed(codec) : new OptionalVariable(codec);
}

/** The codec inside `optional(codec)` of a fixed size, for whoever keeps the presence bit elsewhere. */
export function insideOptional(codec: FixedCodec<unknown>): FixedCodec<unknown> | undefined {
  const { optional, inside } = codec as Partial<OptionalFixed>;
  return optional === true ? inside : undefined;
}

/** The value, and after it one byte that tells whether it is there. */
class OptionalFixed implements FixedCodec<unknown>, OptionalMark {
  readonly kind = 'fixed';
  readonly optional = true;
  readonly inside: FixedCodec<unknown>;
  readonly spec: CodecSpec;
  readonly size: number;
  readonly alignment: number;

  constructor(inside: FixedCodec<unknown>) {
    this.inside = inside;
    this.spec = { name: 'optional', of: inside.spec };
    this.size = alignUp(inside.size + 1, inside.alignment);
    this.alignment = inside.alignment;
  }

  bind(memory: Memory): FixedBinding<unknown> {
    return new OptionalFixedBinding(this.inside, memory);
  }
}

class OptionalFixedBinding implements FixedBinding<unknown> {
  readonly #inside: FixedBinding<unknown>;
  readonly #u8: Uint8Array;
  readonly #size: number;

  constructor(inside: FixedCodec<unknown>, memory: Memory) {
    this.#inside = inside.bind(memory);
    this.#u8 = memory.u8;
    this.#size = inside.size;
  }

  write(value: unknown, at: number): void {
    if (value !== undefined) this.#inside.write(value, at);
    this.#u8[at + this.#size] = value === undefined ? 0 : 1;
  }

  read(at: number): unknown {
    return this.#u8[at + this.#size] === 0 ? undefined : this.#inside.read(at);
  }

  view(at: number): unknown {
    return this.#u8[at + this.#size] === 0 ? undefined : this.#inside.view(at);
  }
}

/** An empty message for nothing; else the message of the value, and one byte after it, so that it is not empty. */
class OptionalVariable implements VariableCodec<unknown>, OptionalMark {
  readonly kind = 'variable';
  readonly optional = true;
  readonly spec: CodecSpec;
  readonly typicalSize: number;
  readonly #inside: VariableCodec<unknown>;

  constructor(inside: VariableCodec<unknown>) {
    this.spec = { name: 'optional', of: inside.spec };
    this.typicalSize = inside.typicalSize + 1;
    this.#inside = inside;
  }

  prepare(value: unknown): unknown {
    return value === undefined ? undefined : new Present(this.#inside.prepare(value));
  }

  bound(prepared: unknown): number {
    return prepared instanceof Present ? this.#inside.bound(prepared.value) + 1 : 0;
  }

  bind(memory: Memory): VariableBinding<unknown> {
    return new OptionalVariableBinding(this.#inside.bind(memory), memory);
  }
}

/** Keeps what a codec prepared apart from nothing, because a codec may prepare `undefined`. */
class Present {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

class OptionalVariableBinding implements VariableBinding<unknown> {
  readonly #inside: VariableBinding<unknown>;
  readonly #u8: Uint8Array;

  constructor(inside: VariableBinding<unknown>, memory: Memory) {
    this.#inside = inside;
    this.#u8 = memory.u8;
  }

  write(prepared: unknown, at: number, limit: number): number {
    if (!(prepared instanceof Present)) return 0;
    if (at >= limit) throw encodeError('', 'no byte is left to say that there is a value');
    const length = this.#inside.write(prepared.value, at, limit - 1);
    this.#u8[at + length] = 1;
    return length + 1;
  }

  read(at: number, length: number): unknown {
    return length === 0 ? undefined : this.#inside.read(at, length - 1);
  }

  view(at: number, length: number): unknown {
    return length === 0 ? undefined : this.#inside.view(at, length - 1);
  }
}
