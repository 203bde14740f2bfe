import type { Memory } from '../memory.ts';
import type { Slot } from '../slots.ts';

/**
 * How a value becomes bytes in a ring and a value again.
 *
 * A codec is a description; `bind` ties it to one buffer and gives the object that does the work there.
 * A ring binds its codec once to its own memory and once to a private scratch memory, and then calls the
 * binding for every message: no views, no closures and no intermediate buffers are made per message.
 *
 * `T` is what writers pass and `poll` returns. `V` is what `drain` and batches show: a value that may live in
 * the ring's memory (a *view*), valid until the callback returns or the next batch begins. For most codecs
 * they are the same type. `S` is what `fill` hands over to be written into.
 */
export type Codec<T, V = T, S = Slot<T>> = FixedCodec<T, V, S> | VariableCodec<T, V>;

/** The type a codec's writers pass and its readers get: `CodecValue<typeof Tick>`. */
export type CodecValue<C> = C extends Codec<infer T, infer _V> ? T : never;

/** The type a codec shows in `drain` and batches: `CodecView<typeof Tick>`. */
export type CodecView<C> = C extends Codec<infer _T, infer V> ? V : never;

/** What `fill` hands over for a codec's messages: `CodecSlot<typeof Tick>`. */
export type CodecSlot<C> = 0 extends 1 & C // Any codec: its slots are anything.
  ? // biome-ignore lint/suspicious/noExplicitAny: the type that was asked about is any.
    any
  : C extends FixedCodec<infer _T, infer _V, infer S>
    ? S
    : Slot<CodecValue<C>>;

/**
 * What travels in a handle, so that another thread can rebuild the codec: plain structured-cloneable data.
 * `name` says which codec; everything else is its parameters. Two codecs are compatible when their specs are
 * deeply equal.
 */
export interface CodecSpec {
  readonly name: string;
  readonly [parameter: string]: unknown;
}

/** A codec whose every message has the same number of bytes. */
export interface FixedCodec<T, V = T, S = Slot<T>> {
  readonly kind: 'fixed';
  readonly spec: CodecSpec;
  /** Bytes of one message, at least 1. */
  readonly size: number;
  /** Bytes; a power of two up to 8. Every offset passed to the binding is a multiple of it. */
  readonly alignment: number;
  bind(memory: Memory): FixedBinding<T, V, S>;
}

export interface FixedBinding<T, V = T, S = Slot<T>> {
  /** Writes `value` to the `size` bytes from `at`, and to nothing else, or throws `EncodeError`. */
  write(value: T, at: number): void;
  /**
   * Writes `count` values, from number `from` on, one directly behind the other. Optional: what a batch of small
   * values gains by it, others need not have.
   */
  writeAll?(values: ArrayLike<T>, from: number, count: number, at: number): void;
  /** Reads `count` values that stand one directly behind the other into `target`, from number `to` on. */
  readAll?(target: T[] | ArrayLike<T>, to: number, count: number, at: number): void;
  /** A value of its own that no longer depends on the memory; throws `DecodeError` for bytes that mean nothing. */
  read(at: number): T;
  /** The cheapest form to look at; may be the same object at every call, moved to `at`. */
  view(at: number): V;
  /** The bytes from `at` to be written part by part; may be the same object at every call. Optional: `write` does it too. */
  slot?(at: number): S;
}

/** A codec whose messages have lengths of their own. Messages start at multiples of 8 bytes. */
export interface VariableCodec<T, V = T, P = unknown> {
  readonly kind: 'variable';
  readonly spec: CodecSpec;
  /** Bytes; the slot size a ring takes for this codec when its options name none. */
  readonly typicalSize: number;
  /**
   * Runs whatever user code the value brings along (`toJSON`, getters) and returns what `bound` and `write`
   * work on. Throws `EncodeError` when the value can't be encoded.
   */
  prepare(value: T): P;
  /** Bytes that `write` will need at most. Cheap; need not be exact. */
  bound(prepared: P): number;
  bind(memory: Memory): VariableBinding<T, V, P>;
}

export interface VariableBinding<T, V = T, P = unknown> {
  /**
   * Writes to the bytes from `at` and returns how many they were. Never touches a byte at or past `limit`;
   * throws `EncodeError` when the message would need one.
   */
  write(prepared: P, at: number, limit: number): number;
  /** A value of its own; throws `DecodeError` for bytes that mean nothing. Reads only `length` bytes from `at`. */
  read(at: number, length: number): T;
  /** The cheapest form to look at, valid as long as the message stays in the ring. */
  view(at: number, length: number): V;
}
