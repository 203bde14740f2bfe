import type { VariableBinding, VariableCodec } from './codec/codec.ts';
import { setBytes } from './codec/set-bytes.ts';
import { MessageTooLargeError } from './errors.ts';
import { Memory } from './memory.ts';
import { powerOfTwoFrom } from './sequence.ts';

const SMALLEST_BYTES = 1024;

/**
 * Private memory in which a message is encoded before anything is claimed in the ring: where its exact length
 * must be known first, or where other threads would wait on the claim.
 */
export class Scratch<T, V> {
  readonly #codec: VariableCodec<T, V>;
  readonly #maxBytes: number;
  #memory: Memory = new Memory(new ArrayBuffer(0));
  #binding: VariableBinding<T, V> | undefined;

  constructor(codec: VariableCodec<T, V>, maxBytes: number) {
    this.#codec = codec;
    this.#maxBytes = maxBytes;
  }

  get memory(): Memory {
    return this.#memory;
  }

  /**
   * Encodes at the offset `at`, a multiple of 8, behind which nothing is kept, and returns the length in
   * bytes. Throws `MessageTooLargeError` over the ring's maximum.
   */
  encode(prepared: unknown, bound: number, at: number = 0): number {
    const room = Math.min(bound, this.#maxBytes);
    const binding = this.#bound(at + room);
    try {
      return binding.write(prepared, at, at + room);
    } catch (error) {
      if (bound > this.#maxBytes) throw tooLarge(this.#maxBytes, error);
      throw error;
    }
  }

  #bound(bytes: number): VariableBinding<T, V> {
    if (this.#binding === undefined || this.#memory.u8.length < bytes) {
      const memory = new Memory(new ArrayBuffer(powerOfTwoFrom(Math.max(bytes, SMALLEST_BYTES))));
      memory.u8.set(this.#memory.u8);
      this.#memory = memory;
      this.#binding = this.#codec.bind(this.#memory);
    }
    return this.#binding;
  }
}

function tooLarge(maxBytes: number, cause: unknown): MessageTooLargeError {
  const error = new MessageTooLargeError(
    `The message needs more than the ring's maximum of ${maxBytes} bytes; create the ring with a larger maxMessageSize.`,
  );
  error.cause = cause;
  return error;
}

/** Up to this many bytes a loop over words is faster than a view and a call. */
const WORD_LOOP_BYTES = 256;

/** Copies `length` bytes from one buffer to another; both offsets are multiples of 4, and up to 3 bytes more may be copied. */
export function copyBytes(from: Memory, fromByte: number, to: Memory, toByte: number, length: number): void {
  if (length > WORD_LOOP_BYTES) {
    setBytes(to.u8, from.u8.subarray(fromByte, fromByte + length), toByte);
    return;
  }
  const source = from.i32;
  const target = to.i32;
  const words = (length + 3) >> 2;
  const first = fromByte >> 2;
  const at = toByte >> 2;
  for (let i = 0; i < words; i++) target[at + i] = source[first + i] as number;
}
