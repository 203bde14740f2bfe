import type { BroadcastReader } from '../../ring/index.ts';
import type { Headers, OutgoingRecord, RecordView } from './record.ts';

/**
 * What a handler gets. One object for each partition of a consumer, moved from message to message: it is
 * valid until the handler has returned (or its promise has settled), and `copy()` keeps it.
 */
export class Message<T, V = T> {
  readonly topic: string;
  readonly partition: number;
  readonly #reader: BroadcastReader<OutgoingRecord<T>, RecordView<T, V>>;
  #record: RecordView<T, V> | undefined;

  constructor(
    topic: string,
    partition: number,
    reader: BroadcastReader<OutgoingRecord<T>, RecordView<T, V>>,
  ) {
    this.topic = topic;
    this.partition = partition;
    this.#reader = reader;
  }

  /** @internal moves to the record the reader has just stepped to */
  show(record: RecordView<T, V>): this {
    this.#record = record;
    return this;
  }

  get #shown(): RecordView<T, V> {
    return this.#record as RecordView<T, V>;
  }

  /** In place, where the codec can: see its `view`. */
  get value(): V {
    return this.#shown.value;
  }

  get key(): string | undefined {
    return this.#shown.key;
  }

  get headers(): Headers | undefined {
    return this.#shown.headers;
  }

  /** Milliseconds since 1970: the producer's, or when it was sent. */
  get timestamp(): number {
    return this.#shown.timestamp;
  }

  /** Grows within the partition and is never reused; records that need several slots leave gaps. */
  get offset(): number {
    return this.#reader.offset;
  }

  /** The same, as plain data that stays. */
  copy(): MessageCopy<T> {
    const { topic, partition, offset } = this;
    return { topic, partition, offset, ...this.#shown.toRecord() };
  }
}

/** A message that no longer depends on its partition. */
export interface MessageCopy<T> extends OutgoingRecord<T> {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}
