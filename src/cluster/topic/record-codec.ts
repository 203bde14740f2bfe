import {
  type Codec,
  type CodecSpec,
  EncodeError,
  type FixedBinding,
  json,
  type Memory,
  utf8,
  type VariableBinding,
  type VariableCodec,
} from '../../ring/index.ts';
import {
  EXPIRES,
  HEADER_BYTES,
  type Headers,
  KEY_BYTES,
  NONE,
  type OutgoingRecord,
  roundUp,
  TIMESTAMP,
  VALUE,
  VALUE_BYTES,
} from './record.ts';
import { RecordView, type ValueBinding } from './record-view.ts';

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

/** Never 0. */
const expiryWord = (ms: number): number => Math.ceil(ms) | 0 || 1;
