import { DecodeError, type Memory, type VariableBinding } from '../../ring/index.ts';
import {
  EXPIRES,
  HEADER_BYTES,
  type Headers,
  KEY_BYTES,
  type OutgoingRecord,
  roundUp,
  type ShownRecord,
  TIMESTAMP,
  VALUE,
  VALUE_BYTES,
} from './record.ts';

/** The value's codec bound to a memory, fixed and variable sizes alike. */
export interface ValueBinding<T, V> {
  /** Bytes that every value takes, for codecs of fixed size. */
  readonly size?: number;
  write(prepared: unknown, at: number, limit: number): number;
  read(at: number, length: number): T;
  view(at: number, length: number): V;
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

/** Where the last part of a record ends, from its beginning. */
function endOf(value: number, key: number, headers: number): number {
  const keyAt = VALUE + roundUp(value);
  if (headers > 0) return keyAt + roundUp(key) + headers;
  return key > 0 ? keyAt + key : VALUE + value;
}
