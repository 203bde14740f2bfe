import {
  type Codec,
  type CodecSpec,
  DecodeError,
  EncodeError,
  type FixedBinding,
  json,
  type Memory,
  utf8,
  type VariableBinding,
  type VariableCodec,
} from '../../ring/index.ts';

/**
 * How a message lies in a partition: what a topic knows of it, then the value, the key and the headers.
 *
 *   byte 0           8          12           16            20        24
 *   ├────────────────┼──────────┼────────────┼─────────────┼─────────┼───────┬─────┬─────────┐
 *   │ timestamp f64  │ keyBytes │ valueBytes │ headerBytes │ expires │ value │ key │ headers │
 *   └────────────────┴──────────┴────────────┴─────────────┴─────────┴───────┴─────┴─────────┘
 *
 * Value, key and headers begin at multiples of 8. Value first: a struct then stands at a fixed place. The key
 * is UTF-8, the headers are JSON; NONE as their length says that there are none. `expires` is a time in milliseconds, of which
 * the low 32 bits are kept and compared by difference; 0 for never.
 */
const TIMESTAMP = 0;
const KEY_BYTES = 8;
const VALUE_BYTES = 12;
const HEADER_BYTES = 16;
const EXPIRES = 20;
const VALUE = 24;
const NONE = -1;

export type Headers = Readonly<Record<string, string | number | boolean>>;

/** The header that carries a message's id. */
export const MESSAGE_ID = 'message-id';

/** What a producer hands to a partition. */
export interface OutgoingRecord<T> {
  value: T;
  key: string | undefined;
  headers: Headers | undefined;
  timestamp: number;
  /** Milliseconds since 1970 from which on it is not to be delivered; 0 for never. */
  expires?: number;
}

const keyCodec = utf8();
const headersCodec = json<Headers>();

/** The codec of a partition's records, from the codec of their values. */
export function recordCodec<T, V>(value: Codec<T, V>): RecordCodec<T, V> {
  return new RecordCodec(value);
}

/** What `prepare` leaves for `bound` and `write`, which follow at once: there is one for each codec object. */
interface Prepared {
  record: OutgoingRecord<unknown>;
  value: unknown;
  key: unknown;
  headers: unknown;
}

export class RecordCodec<T, V> implements VariableCodec<OutgoingRecord<T>, RecordView<T, V>, Prepared> {
  readonly kind = 'variable';
  readonly spec: CodecSpec;
  readonly typicalSize: number;
  readonly #value: Codec<T, V>;
  readonly #prepared: Prepared = {
    record: { value: undefined, key: undefined, headers: undefined, timestamp: 0 },
    value: undefined,
    key: undefined,
    headers: undefined,
  };

  constructor(value: Codec<T, V>) {
    this.spec = { name: 'millrace.record', value: value.spec };
    this.#value = value;
    this.typicalSize = VALUE + roundUp(value.kind === 'fixed' ? value.size : value.typicalSize) + 8;
  }

  prepare(record: OutgoingRecord<T>): Prepared {
    // User code may run in these three, and even send a message of its own: nothing is kept before they are done.
    const value = this.#value.kind === 'fixed' ? record.value : this.#value.prepare(record.value);
    const key = record.key === undefined ? undefined : keyCodec.prepare(record.key);
    const headers = record.headers === undefined ? undefined : headersCodec.prepare(record.headers);
    const prepared = this.#prepared;
    prepared.record = record;
    prepared.value = value;
    prepared.key = key;
    prepared.headers = headers;
    return prepared;
  }

  bound({ value, key, headers }: Prepared): number {
    const values = this.#value.kind === 'fixed' ? this.#value.size : this.#value.bound(value);
    const keys = key === undefined ? 0 : keyCodec.bound(key);
    const rest = headers === undefined ? 0 : headersCodec.bound(headers);
    return VALUE + roundUp(values) + roundUp(keys) + rest;
  }

  bind(memory: Memory): VariableBinding<OutgoingRecord<T>, RecordView<T, V>, Prepared> {
    return new RecordBinding(memory, this.#value);
  }
}

/** The value's codec bound to a memory, fixed and variable sizes alike. */
interface ValueBinding<T, V> {
  /** Bytes that every value takes, for codecs of fixed size. */
  readonly size?: number;
  write(prepared: unknown, at: number, limit: number): number;
  read(at: number, length: number): T;
  view(at: number, length: number): V;
}

function bindValue<T, V>(codec: Codec<T, V>, memory: Memory): ValueBinding<T, V> {
  return codec.kind === 'variable' ? codec.bind(memory) : new FixedValue(codec.bind(memory), codec.size);
}

class FixedValue<T, V> implements ValueBinding<T, V> {
  readonly size: number;
  readonly #binding: FixedBinding<T, V>;

  constructor(binding: FixedBinding<T, V>, size: number) {
    this.#binding = binding;
    this.size = size;
  }

  write(value: unknown, at: number, limit: number): number {
    if (at + this.size > limit) throw new EncodeError('value', 'The message does not fit.');
    this.#binding.write(value as T, at);
    return this.size;
  }

  read(at: number): T {
    return this.#binding.read(at);
  }

  view(at: number): V {
    return this.#binding.view(at);
  }
}

class RecordBinding<T, V> implements VariableBinding<OutgoingRecord<T>, RecordView<T, V>, Prepared> {
  readonly #memory: Memory;
  readonly #value: ValueBinding<T, V>;
  readonly #key: VariableBinding<string>;
  readonly #headers: VariableBinding<Headers>;
  readonly #view: RecordView<T, V>;

  constructor(memory: Memory, value: Codec<T, V>) {
    this.#memory = memory;
    this.#value = bindValue(value, memory);
    this.#key = keyCodec.bind(memory);
    this.#headers = headersCodec.bind(memory);
    this.#view = new RecordView(memory, this.#value, this.#key, this.#headers);
  }

  write({ record, value, key, headers }: Prepared, at: number, limit: number): number {
    const { i32, f64 } = this.#memory;
    if (at + VALUE > limit) throw new EncodeError('', 'The message does not fit.');
    const valueBytes = this.#value.write(value, at + VALUE, limit);
    let end = at + VALUE + roundUp(valueBytes);
    const keyBytes = key === undefined ? NONE : this.#key.write(key, end, limit);
    if (keyBytes > 0) end += roundUp(keyBytes);
    const headerBytes = headers === undefined ? NONE : this.#headers.write(headers, end, limit);
    if (headerBytes > 0) end += headerBytes;
    f64[(at + TIMESTAMP) >> 3] = record.timestamp;
    i32[(at + KEY_BYTES) >> 2] = keyBytes;
    i32[(at + VALUE_BYTES) >> 2] = valueBytes;
    i32[(at + HEADER_BYTES) >> 2] = headerBytes;
    i32[(at + EXPIRES) >> 2] = record.expires ? expiryWord(record.expires) : 0;
    return Math.min(end, limit) - at;
  }

  read(at: number, length: number): OutgoingRecord<T> {
    return this.view(at, length).toRecord();
  }

  view(at: number, length: number): RecordView<T, V> {
    this.#view.moveTo(at, length);
    return this.#view;
  }
}

/** A record as messages show it. */
export interface ShownRecord<T, V> {
  readonly value: V;
  readonly key: string | undefined;
  readonly headers: Headers | undefined;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** Whether its time to live is over. The clock is looked at for messages that have one. */
  isExpired(nowMs: () => number): boolean;
  toRecord(): OutgoingRecord<T>;
}

/** A record that no longer depends on the partition's memory. */
export function keep<T, V>(view: RecordView<T, V>): ShownRecord<T, V> {
  const record = view.toRecord();
  const expires = view.expires;
  return {
    ...record,
    value: record.value as unknown as V, // A view has what a value has.
    isExpired: (nowMs) => hasExpired(expires, nowMs),
    toRecord: () => record,
  };
}

function hasExpired(expires: number, nowMs: () => number): boolean {
  return expires !== 0 && ((expires - (nowMs() | 0)) | 0) <= 0;
}

/**
 * A message where it lies in its partition. There is one for each reader, moved from message to message:
 * valid until the next; `copy()` keeps it. Its parts are decoded when they are asked for.
 */
export class RecordView<T, V> implements ShownRecord<T, V> {
  readonly #memory: Memory;
  readonly #value: ValueBinding<T, V>;
  readonly #key: VariableBinding<string>;
  readonly #headers: VariableBinding<Headers>;
  #at = 0;

  constructor(
    memory: Memory,
    value: ValueBinding<T, V>,
    key: VariableBinding<string>,
    headers: VariableBinding<Headers>,
  ) {
    this.#memory = memory;
    this.#value = value;
    this.#key = key;
    this.#headers = headers;
  }

  /** Lengths come from shared memory: they are checked before anything is read by them. */
  moveTo(at: number, length: number): void {
    this.#at = at;
    if (length < VALUE)
      throw new DecodeError('', 0, `A record needs ${VALUE} bytes at least, not ${length}.`);
    const value = this.#length(VALUE_BYTES);
    const key = Math.max(0, this.#length(KEY_BYTES));
    const headers = Math.max(0, this.#length(HEADER_BYTES));
    const isWhole = value >= 0 && value === (this.#value.size ?? value);
    if (isWhole && Math.max(value, key, headers) <= length && endOf(value, key, headers) <= length) return;
    throw new DecodeError(
      '',
      0,
      `A record of ${length} bytes claims ${value} of value, ${key} of key, ${headers} of headers.`,
    );
  }

  #length(part: number): number {
    return this.#memory.i32[(this.#at + part) >> 2] as number;
  }

  get value(): V {
    return this.#value.view(this.#at + VALUE, this.#length(VALUE_BYTES));
  }

  /** Milliseconds since 1970. */
  get timestamp(): number {
    return this.#memory.f64[(this.#at + TIMESTAMP) >> 3] as number;
  }

  get key(): string | undefined {
    const length = this.#length(KEY_BYTES);
    return length < 0 ? undefined : this.#key.read(this.#keyAt(), length);
  }

  get headers(): Headers | undefined {
    const length = this.#length(HEADER_BYTES);
    if (length < 0) return undefined;
    return this.#headers.read(this.#keyAt() + roundUp(Math.max(0, this.#length(KEY_BYTES))), length);
  }

  /** The low 32 bits of the time; 0 for never. */
  get expires(): number {
    return this.#memory.i32[(this.#at + EXPIRES) >> 2] as number;
  }

  isExpired(nowMs: () => number): boolean {
    return hasExpired(this.expires, nowMs);
  }

  #keyAt(): number {
    return this.#at + VALUE + roundUp(this.#length(VALUE_BYTES));
  }

  /** A value that no longer depends on the partition's memory. */
  copyValue(): T {
    return this.#value.read(this.#at + VALUE, this.#length(VALUE_BYTES));
  }

  toRecord(): OutgoingRecord<T> {
    return { value: this.copyValue(), key: this.key, headers: this.headers, timestamp: this.timestamp };
  }
}

/** Never 0. */
const expiryWord = (ms: number): number => Math.ceil(ms) | 0 || 1;

const roundUp = (bytes: number): number => (bytes + 7) & ~7;

/** Where the last part of a record ends, from its beginning. */
function endOf(value: number, key: number, headers: number): number {
  const keyAt = VALUE + roundUp(value);
  if (headers > 0) return keyAt + roundUp(key) + headers;
  return key > 0 ? keyAt + key : VALUE + value;
}
