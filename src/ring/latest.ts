import { compareExchange, load, store } from './atomics.ts';
import type { Codec, CodecSpec, CodecValue, FixedCodec, VariableCodec } from './codec/codec.ts';
import { codecFromSpec, specsEqual } from './codec/registry.ts';
import { showSpec } from './codec/spec.ts';
import { BadHandleError, CorruptRingError, OptionError, RoleTakenError } from './errors.ts';
import { threadToken, tokenOf } from './lot.ts';
import { Memory } from './memory.ts';
import { Scratch } from './scratch.ts';
import { distance } from './sequence.ts';

/**
 * One value that one thread sets and any number of threads look at: a configuration, a price, a position.
 * Nobody ever waits, and a reader sees the newest value or one that was the newest while it looked.
 *
 *   word 0                       32        64       96
 *   ├────────────────────────────┼─────────┼────────┼──────────┬──────────┬─ ─ ─┬──────────┐
 *   │ magic version bytes kind   │ version │ writer │ buffer 0 │ buffer 1 │     │ buffer 7 │
 *   └────────────────────────────┴─────────┴────────┴──────────┴──────────┴─ ─ ─┴──────────┘
 *                                                    length, then the encoded value
 *
 * - Callers: one thread sets, any thread gets.
 * - Progress: `set` is wait-free. `get` is lock-free: it looks again only when seven values were set meanwhile.
 * - Order:
 *   1. The value of version n is written to buffer n mod 8 before the version word says n.
 *   2. A reader that found version n copies that buffer and looks at the version word again. The buffer is written
 *      again for version n + 8, which begins after the word has said n + 7; if the word says at most n + 6, what was
 *      copied is version n.
 *   3. Both sides go through atomics, word by word, because they may be at the same buffer at the same time.
 * - Death: a value that its writer did not finish is not seen; `repair` frees the role.
 *
 * It is a sequence lock (Lameter, 2003) with eight buffers in the place of one, so that a writer that stops half-way,
 * or writes all the time, holds up nobody.
 */
export interface Latest<T> {
  /** Replaces the value. Throws `RoleTakenError` in a second thread, `EncodeError`, or `MessageTooLargeError`. */
  set(value: T): void;
  /** The newest value, a copy of its own; `undefined` before the first `set`. */
  get(): T | undefined;
  /** How often the value was set, as an int32 that wraps: tells whether there is anything new to get. */
  readonly version: number;
  /** What `openLatest` takes in another thread. */
  readonly handle: LatestHandle;
  /** Frees the writer's role that a thread held when it ended; `threadId` as it was before. */
  repair(threadId: number): void;
}

export interface LatestOptions {
  /** Bytes of the largest value, for codecs of variable size. Default 1024. */
  readonly maxMessageSize?: number;
}

/** Plain structured-cloneable data. */
export interface LatestHandle {
  readonly millrace: 'latest';
  readonly buffer: SharedArrayBuffer;
  readonly codec: CodecSpec;
}

const MAGIC = 0x4d_4c_41_54; // 'MLAT'
const LAYOUT_VERSION = 1;
const VERSION = 32;
const WRITER = 64;
const BUFFERS_AT = 96;
const BUFFERS = 8;

// biome-ignore lint/suspicious/noExplicitAny: a codec of any type; its types are inferred from it.
type AnyCodec = Codec<any, any>;

/** A cell for one value. */
export function latest<C extends AnyCodec>(codec: C, options: LatestOptions = {}): Latest<CodecValue<C>> {
  const { maxMessageSize = 1024 } = options;
  const bytes = codec.kind === 'fixed' ? codec.size : maxMessageSize;
  if (!Number.isInteger(bytes) || bytes < 1 || bytes > 2 ** 24) {
    throw new OptionError('maxMessageSize', `maxMessageSize must be from 1 byte to 16 MiB, got ${bytes}.`);
  }
  const words = new Int32Array(new SharedArrayBuffer(sizeOf(bytes)));
  words.set([MAGIC, LAYOUT_VERSION, bytes, codec.kind === 'fixed' ? 0 : 1]);
  return new LatestCell(codec, words, bytes);
}

/** The cell behind a handle that came from another thread. Throws `BadHandleError` for anything else. */
export function openLatest<C extends AnyCodec>(handle: LatestHandle, codec: C): Latest<CodecValue<C>>;
export function openLatest<T>(handle: LatestHandle): Latest<T>;
export function openLatest(handle: LatestHandle, codec?: AnyCodec): Latest<unknown> {
  if (handle?.millrace !== 'latest' || !(handle.buffer instanceof SharedArrayBuffer)) {
    throw new BadHandleError('This is not the handle of a latest() cell: pass on `cell.handle` as it is.');
  }
  const own = codec ?? codecFromSpec(handle.codec);
  if (codec !== undefined && !specsEqual(codec.spec, handle.codec)) {
    throw new BadHandleError(`The cell holds ${showSpec(handle.codec)}, not ${showSpec(codec.spec)}.`);
  }
  const words = new Int32Array(handle.buffer, 0, handle.buffer.byteLength >> 2);
  const bytes = words[2] as number;
  const fits = own.kind === 'fixed' ? bytes === own.size && words[3] === 0 : words[3] === 1;
  if (
    words[0] !== MAGIC ||
    words[1] !== LAYOUT_VERSION ||
    !fits ||
    handle.buffer.byteLength !== sizeOf(bytes)
  ) {
    throw new BadHandleError('The cell in the handle is cut short, or of another version or codec.');
  }
  return new LatestCell(own, words, bytes);
}

/** Words of a buffer: its length word, and the value, to a multiple of 8 bytes. */
const stride = (bytes: number): number => 2 + 2 * Math.ceil(bytes / 8);

const sizeOf = (bytes: number): number => (BUFFERS_AT + BUFFERS * stride(bytes)) * 4;

class LatestCell<T> implements Latest<T> {
  readonly #codec: AnyCodec;
  readonly #words: Int32Array;
  readonly #bytes: number;
  readonly #encode: (value: T) => number;
  readonly #decode: (length: number) => T;
  /** Where values are encoded, and copied to before they are decoded. */
  #source: Int32Array = new Int32Array(0);
  readonly #copy: Memory;
  #writes = false;

  constructor(codec: AnyCodec, words: Int32Array, bytes: number) {
    this.#codec = codec;
    this.#words = words;
    this.#bytes = bytes;
    this.#copy = new Memory(new ArrayBuffer(Math.ceil(bytes / 8) * 8));
    this.#encode = codec.kind === 'fixed' ? this.#fixedEncoder(codec) : this.#variableEncoder(codec);
    this.#decode = this.#decoder();
  }

  #fixedEncoder(codec: FixedCodec<T, unknown>): (value: T) => number {
    const memory = new Memory(new ArrayBuffer(this.#copy.u8.length));
    const binding = codec.bind(memory);
    this.#source = memory.i32;
    return (value) => {
      binding.write(value, 0);
      return codec.size;
    };
  }

  #variableEncoder(codec: VariableCodec<T, unknown>): (value: T) => number {
    const scratch = new Scratch(codec, this.#bytes);
    return (value) => {
      const prepared = codec.prepare(value);
      const length = scratch.encode(prepared, codec.bound(prepared));
      this.#source = scratch.memory.i32;
      return length;
    };
  }

  #decoder(): (length: number) => T {
    if (this.#codec.kind === 'fixed') {
      const binding = this.#codec.bind(this.#copy);
      return () => binding.read(0);
    }
    const binding = this.#codec.bind(this.#copy);
    return (length) => binding.read(0, length);
  }

  get version(): number {
    return load(this.#words, VERSION);
  }

  get handle(): LatestHandle {
    return { millrace: 'latest', buffer: this.#words.buffer as SharedArrayBuffer, codec: this.#codec.spec };
  }

  set(value: T): void {
    if (!this.#writes) this.#takeRole();
    const length = this.#encode(value); // User code runs here, before anything is written.
    const next = (load(this.#words, VERSION) + 1) | 0;
    const at = this.#bufferOf(next);
    store(this.#words, at, length); // 1. and 3.
    for (let i = 0; i < (length + 3) >> 2; i++) store(this.#words, at + 2 + i, this.#source[i] as number);
    store(this.#words, VERSION, next === 0 ? 8 : next); // 0 means that nothing was set.
  }

  #bufferOf(version: number): number {
    return BUFFERS_AT + (version & (BUFFERS - 1)) * stride(this.#bytes);
  }

  #takeRole(): void {
    const holder = compareExchange(this.#words, WRITER, 0, threadToken);
    if (holder !== 0 && holder !== threadToken) {
      throw new RoleTakenError('Another thread sets this cell; a latest() cell has one writer.');
    }
    this.#writes = true;
  }

  get(): T | undefined {
    for (;;) {
      const version = load(this.#words, VERSION);
      if (version === 0) return undefined;
      const length = this.#copyFrom(this.#bufferOf(version));
      if (distance(load(this.#words, VERSION), version) < BUFFERS - 1) return this.#decode(length); // 2.
    }
  }

  #copyFrom(at: number): number {
    const length = load(this.#words, at);
    if (length < 0 || length > this.#bytes) {
      throw new CorruptRingError(`A value claims ${length} bytes where at most ${this.#bytes} are possible.`);
    }
    for (let i = 0; i < (length + 3) >> 2; i++) this.#copy.i32[i] = load(this.#words, at + 2 + i);
    return length;
  }

  repair(threadId: number): void {
    compareExchange(this.#words, WRITER, tokenOf(threadId), 0);
  }
}
