import {
  BadHandleError,
  type BroadcastRing,
  broadcast,
  type Codec,
  type CodecSpec,
  codecFromSpec,
  OptionError,
  type Overflow,
  openBroadcast,
  type RingHandle,
  specsEqual,
  type TimeoutOption,
  type WaitOptions,
} from '../../ring/index.ts';
import type { HandlerModule } from '../../workers/index.ts';
import { TopicError } from '../errors.ts';
import { type ConsumeOptions, Consumer } from '../group/consumer.ts';
import { GROUP_TABLE_BYTES, GroupTable } from '../group/group-table.ts';
import type { Message } from './message.ts';
import { partitionFor } from './partitioner.ts';
import { type Headers, type OutgoingRecord, type RecordView, recordCodec } from './record.ts';

export interface TopicOptions {
  /** Default 1. A key always goes to the same one; order is kept within it. */
  readonly partitions?: number;
  /** Slots a partition holds. Default 1024. A message of the codec's typical size takes one. */
  readonly capacity?: number;
  /** Bytes of a slot. Default: what a message of the codec's typical size needs. */
  readonly slotSize?: number;
  /** Bytes of the largest message, with its key and headers. Default 1 MiB, or the whole partition if that is less. */
  readonly maxMessageSize?: number;
  /** What a full partition does to its producers: `block` (default), `strict` or `drop-newest`. */
  readonly overflow?: Exclude<Overflow, 'drop-oldest'>;
}

export interface SendOptions {
  /** Messages with the same key go to the same partition, in order. */
  readonly key?: string;
  /** The partition to write to, instead of the one that follows from the key. */
  readonly partition?: number;
  readonly headers?: Headers;
  /** Milliseconds since 1970. Default: now. */
  readonly timestamp?: number;
}

/** Where a message went. */
export interface SendResult {
  readonly partition: number;
  readonly offset: number;
}

/** Plain structured-cloneable data that stands for a topic in another thread. */
export interface TopicHandle {
  readonly name: string;
  readonly codec: CodecSpec;
  readonly partitions: readonly RingHandle[];
  readonly groups: SharedArrayBuffer;
}

const PARTITIONS_MAX = 1024;

/** A partition: a log in shared memory that any thread appends to and every group reads with a cursor of its own. */
export type Partition<T, V> = BroadcastRing<OutgoingRecord<T>, RecordView<T, V>>;

/**
 * A named stream of messages in partitions. Any thread may send; consumer groups read, each of them
 * everything. A message stays in its partition until every group has read it, and until there is a group at
 * all.
 */
export class Topic<T, V = T> {
  readonly name: string;
  readonly handle: TopicHandle;
  readonly #partitions: readonly Partition<T, V>[];
  readonly #groups: GroupTable;
  readonly #onConsumer: (consumer: Consumer) => void;
  readonly #record: OutgoingRecord<T> = {
    value: undefined as T,
    key: undefined,
    headers: undefined,
    timestamp: 0,
  };
  #nextPartition = 0;

  private constructor(
    handle: TopicHandle,
    partitions: readonly Partition<T, V>[],
    onConsumer: (consumer: Consumer) => void,
  ) {
    this.name = handle.name;
    this.handle = handle;
    this.#partitions = partitions;
    this.#groups = new GroupTable(handle.groups);
    this.#onConsumer = onConsumer;
  }

  /** @internal use `bus.topic()` */
  static create<T, V>(
    name: string,
    codec: Codec<T, V>,
    options: TopicOptions,
    onConsumer: (consumer: Consumer) => void,
  ): Topic<T, V> {
    const { partitions: count = 1, ...ringOptions } = options;
    if (!Number.isInteger(count) || count < 1 || count > PARTITIONS_MAX) {
      throw new OptionError(
        'partitions',
        `partitions must be a whole number from 1 to ${PARTITIONS_MAX}, got ${count}.`,
      );
    }
    const partitions = Array.from(
      { length: count },
      () => broadcast(recordCodec(codec), ringOptions) as Partition<T, V>,
    );
    const handle: TopicHandle = {
      name,
      codec: codec.spec,
      partitions: partitions.map((partition) => partition.handle),
      groups: new SharedArrayBuffer(GROUP_TABLE_BYTES),
    };
    return new Topic(handle, partitions, onConsumer);
  }

  /** @internal use `openBus().topic()` */
  static open<T, V>(
    handle: TopicHandle,
    codec: Codec<T, V> | undefined,
    onConsumer: (consumer: Consumer) => void,
  ): Topic<T, V> {
    const own = codec ?? (codecFromSpec(handle.codec) as Codec<T, V>);
    checkCodec(handle, own.spec);
    const partitions = handle.partitions.map((partition) => openPartition(partition, own));
    return new Topic(handle, partitions, onConsumer);
  }

  /** @internal throws `TopicError` unless the topic's messages are of this codec */
  checkCodec(codec: Codec<unknown, unknown>): void {
    checkCodec(this.handle, codec.spec);
  }

  get partitions(): number {
    return this.#partitions.length;
  }

  /**
   * Sends one message without ever waiting; `false` when its partition is full. The value is encoded before
   * the call returns.
   */
  offer(value: T, options: SendOptions = {}): boolean {
    const partition = this.#partitionOf(options);
    return this.#at(partition).writer.offer(this.#fill(this.#record, value, options));
  }

  /**
   * Sends one message, waiting while its partition is full, with the event loop free. Resolves with where it
   * went. The value is encoded when there is room: do not change it before the promise settles.
   */
  async send(value: T, options: SendOptions & WaitOptions = {}): Promise<SendResult> {
    const partition = this.#partitionOf(options);
    const ring = this.#at(partition);
    const record = this.#fill({ ...this.#record }, value, options);
    const offset = await ring.writer.putAndTell(record, () => ring.lastOffset, options);
    return { partition, offset };
  }

  /** `send`, blocking this thread while the partition is full; `false` when the time ran out. */
  sendSync(value: T, options: SendOptions & TimeoutOption = {}): boolean {
    const partition = this.#partitionOf(options);
    return this.#at(partition).writer.putSync(this.#fill(this.#record, value, options), options);
  }

  #fill(record: OutgoingRecord<T>, value: T, options: SendOptions): OutgoingRecord<T> {
    record.value = value;
    record.key = options.key;
    record.headers = options.headers;
    record.timestamp = options.timestamp ?? Date.now();
    return record;
  }

  #at(partition: number): Partition<T, V> {
    return this.#partitions[partition] as Partition<T, V>;
  }

  #partitionOf({ key, partition }: SendOptions): number {
    if (partition !== undefined) return this.#checked(partition);
    if (key !== undefined) return partitionFor(key, this.#partitions.length);
    this.#nextPartition = (this.#nextPartition + 1) % this.#partitions.length;
    return this.#nextPartition;
  }

  #checked(partition: number): number {
    if (Number.isInteger(partition) && partition >= 0 && partition < this.#partitions.length)
      return partition;
    throw new OptionError(
      'partition',
      `Topic '${this.name}' has partitions 0 to ${this.#partitions.length - 1}, got ${partition}.`,
    );
  }

  /**
   * Reads the topic as a member of a group: with a function, in this thread; with the URL of a handler
   * module, on a pool of `threads` worker threads, among which the partitions are divided. A group begins
   * with the oldest message there is.
   */
  consume(options: ConsumeOptions, handler: URL | ((message: Message<T, V>) => unknown)): Consumer {
    const group = this.#groups.join(options.group);
    for (const partition of this.#partitions) partition.addSubscription(group);
    const consumer =
      handler instanceof URL
        ? Consumer.onThreads(this, this.handle, group, options, handler)
        : Consumer.here(this, group, options, { default: handler } as HandlerModule<Message<T, V>>);
    this.#onConsumer(consumer);
    return consumer;
  }

  /** @internal the partitions, for consumers */
  get logs(): readonly Partition<T, V>[] {
    return this.#partitions;
  }

  /** Messages that a group has not read yet, over all partitions, as slots; an estimate while producers are at work. */
  lag(groupName: string): number {
    const group = this.#groups.find(groupName);
    if (group === undefined) throw new TopicError(`Topic '${this.name}' has no group '${groupName}'.`);
    return this.#partitions.reduce((lag, partition) => lag + partition.lagOf(group), 0);
  }

  /** Messages written to each partition. */
  written(): number[] {
    return this.#partitions.map((partition) => partition.stats().written);
  }

  /** Ends the topic: producers are refused, groups read what is left and then end. */
  close(): void {
    for (const partition of this.#partitions) partition.close();
  }
}

function checkCodec(handle: TopicHandle, codec: CodecSpec): void {
  if (specsEqual(codec, handle.codec)) return;
  throw new TopicError(
    `Topic '${handle.name}' carries ${JSON.stringify(handle.codec)}, not ${JSON.stringify(codec)}; open it with the ` +
      'same codec.',
  );
}

function openPartition<T, V>(handle: RingHandle, codec: Codec<T, V>): Partition<T, V> {
  if (handle === undefined)
    throw new BadHandleError('The topic has no partitions; pass on `topic.handle` as it is.');
  return openBroadcast(handle, recordCodec(codec)) as Partition<T, V>;
}
