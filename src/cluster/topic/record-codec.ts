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

/** A record whose parts their codecs have prepared. A value of fixed size and a key are as they were, so most records are this already. */
interface Prepared {
  readonly value: unknown;
  readonly key: string | undefined;
  readonly headers: unknown;
  readonly timestamp: number;
  readonly expires?: number | undefined;
}

export class RecordCodec<T, V> implements VariableCodec<OutgoingRecord<T>, RecordView<T, V>, Prepared> {
  readonly kind = 'variable';
  readonly spec: CodecSpec;
  readonly typicalSize: number;
  readonly #value: Codec<T, V>;

  constructor(value: Codec<T, V>) {
    this.spec = { name: 'millrace.record', value: value.spec };
    this.#value = value;
    this.typicalSize = VALUE + roundUp(value.kind === 'fixed' ? value.size : value.typicalSize) + 8;
  }

  prepare(record: OutgoingRecord<T>): Prepared {
    const { value, key, headers, timestamp, expires } = record;
    if (key !== undefined) keyCodec.prepare(key);
    if (this.#value.kind === 'fixed' && headers === undefined) return record;
    return {
      value: this.#value.kind === 'fixed' ? value : this.#value.prepare(value),
      key,
      headers: headers === undefined ? undefined : headersCodec.prepare(headers),
      timestamp,
      expires,
    };
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

  write({ value, key, headers, timestamp, expires }: Prepared, at: number, limit: number): number {
    const { i32, f64 } = this.#memory;
    if (at + VALUE > limit) throw new EncodeError('', 'The message does not fit.');
    const valueBytes = this.#value.write(value, at + VALUE, limit);
    let end = at + VALUE + roundUp(valueBytes);
    const keyBytes = key === undefined ? NONE : this.#key.write(key, end, limit);
    if (keyBytes > 0) end += roundUp(keyBytes);
    const headerBytes = headers === undefined ? NONE : this.#headers.write(headers, end, limit);
    if (headerBytes > 0) end += headerBytes;
    f64[(at + TIMESTAMP) >> 3] = timestamp;
    i32[(at + KEY_BYTES) >> 2] = keyBytes;
    i32[(at + VALUE_BYTES) >> 2] = valueBytes;
    i32[(at + HEADER_BYTES) >> 2] = headerBytes;
    i32[(at + EXPIRES) >> 2] = expires ? expiryWord(expires) : 0;
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
