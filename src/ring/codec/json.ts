import type { Memory } from '../memory.ts';
import type { CodecSpec, VariableBinding, VariableCodec } from './codec.ts';
import { decodeError, describe, encodeError } from './field-error.ts';
import { TextMemory } from './text-memory.ts';

/**
 * Whatever JSON can hold, as JSON text: `json<Order>()`. The type is the writer's promise; readers do not
 * check it.
 *
 * Convenient and slow: turning an object of three fields into text and back takes about a microsecond, ten
 * times what a ring needs. `struct` is the fast way. As JSON has it, `undefined` and functions inside objects
 * vanish, a `Date` arrives as a string, and NaN as null. A value that is no JSON at all (`undefined`, a
 * function, a symbol), one that contains itself or a bigint, and one whose `toJSON` throws, throws
 * `EncodeError`.
 */
export function json<T = unknown>(): VariableCodec<T> {
  return CODEC as VariableCodec<T>;
}

/** Bytes of UTF-8 for one UTF-16 unit, at most. */
const BYTES_PER_UNIT_MAX = 3;

class JsonCodec implements VariableCodec<unknown, unknown, string> {
  readonly kind = 'variable';
  readonly spec: CodecSpec = { name: 'json' };
  readonly typicalSize: number = 256;

  prepare(value: unknown): string {
    const text = stringify(value);
    if (text === undefined)
      throw encodeError('', `expected a value that JSON can hold, got ${describe(value)}`);
    return text;
  }

  bound(prepared: string): number {
    return prepared.length * BYTES_PER_UNIT_MAX;
  }

  bind(memory: Memory): VariableBinding<unknown, unknown, string> {
    return new JsonBinding(memory);
  }
}

const CODEC: unknown = /* @__PURE__ */ new JsonCodec();

function stringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value) as string | undefined;
  } catch (error) {
    throw encodeError('', `the value can't be written as JSON: ${messageOf(error)}`, error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : describe(error);
}

class JsonBinding implements VariableBinding<unknown, unknown, string> {
  readonly #text: TextMemory;

  constructor(memory: Memory) {
    this.#text = new TextMemory(memory);
  }

  write(prepared: string, at: number, limit: number): number {
    const written = this.#text.write(prepared, at, limit);
    if (written < 0) throw encodeError('', `the JSON text needs more than ${limit - at} bytes`);
    return written;
  }

  read(at: number, length: number): unknown {
    const text = this.#text.read(at, length);
    try {
      return JSON.parse(text);
    } catch (error) {
      throw decodeError('', 0, `the ${length} bytes are not JSON`, error);
    }
  }

  view(at: number, length: number): unknown {
    return this.read(at, length);
  }
}
