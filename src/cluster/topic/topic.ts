import {
  BadHandleError,
  type BroadcastRing,
  broadcast,
  type Codec,
  type CodecSpec,
  codecFromSpec,
  OptionError,
  openBroadcast,
  type RingHandle,
  specsEqual,
  type TimeoutOption,
  type WaitOptions,
} from '../../ring/index.ts';
import type { HandlerModule } from '../../workers/index.ts';
import { sendReply } from '../call/inbox.ts';
import { DeliveryWindow } from '../delivery/delivery-window.ts';
import { TopicError } from '../errors.ts';
import type { ConsumeOptions } from '../group/consume-options.ts';
import { type BatchConsumer, Consumer } from '../group/consumer.ts';
import { Group, type Source, windowSlots } from '../group/group.ts';
import { groupWords } from '../group/group-memory.ts';
import { GROUP_TABLE_BYTES, GROUPS, GroupTable } from '../group/group-table.ts';
import { tellSend } from '../telemetry.ts';
import { type BrowseOptions, browse } from './browse.ts';
import type { Message, MessageCopy } from './message.ts';
import { metricsOf, type TopicMetrics } from './metrics.ts';
import { partitionFor } from './partitioner.ts';
import { type Position, seek } from './position.ts';
import { type Headers, type OutgoingRecord, type RecordView, recordCodec } from './record.ts';
import { capacityFor, oldestTime } from './retention.ts';
import type { SendOptions, SendResult, TopicHandle, TopicHost, TopicOptions } from './topic-options.ts';

const PARTITIONS_MAX = 1024;

/** A partition: a log in shared memory that any thread appends to and every group reads with a cursor of its own. */
export type Partition<T, V> = BroadcastRing<OutgoingRecord<T>, RecordView<T, V>>;

/**
 * A named stream of messages in partitions. Any thread may send; consumer groups read, each of them
 * everything. A message stays in its partition until every group has read it, and until there is a group at
 * all.
 */
export class Topic<T, V = T> implements Source<T, V> {
  readonly name: string;
  readonly handle: TopicHandle;
  readonly #partitions: readonly Partition<T, V>[];
  readonly #groups: GroupTable;
  readonly #host: TopicHost;
  readonly #record: OutgoingRecord<T> = {
    value: undefined as T,
    key: undefined,
    headers: undefined,
    timestamp: 0,
  };
  #replies: Topic<unknown> | undefined;
  #nextPartition = 0;

  private constructor(handle: TopicHandle, partitions: readonly Partition<T, V>[], host: TopicHost) {
    this.name = handle.name;
    this.handle = handle;
    this.#partitions = partitions;
    this.#groups = new GroupTable(handle.groups);
    this.#host = host;
  }

  /** @internal use `bus.topic()` */
  static create<T, V>(name: string, codec: Codec<T, V>, options: TopicOptions, host: TopicHost): Topic<T, V> {
    const { partitions: count = 1, retention = 'interest', capacity, replies, ...rest } = options;
    if (!Number.isInteger(count) || count < 1 || count > PARTITIONS_MAX) {
      throw new OptionError(
        'partitions',
        `partitions must be a whole number from 1 to ${PARTITIONS_MAX}, got ${count}.`,
      );
    }
    const records = recordCodec(codec);
    const slots = capacityFor(retention, capacity, rest.slotSize ?? records.typicalSize);
    const ringOptions = slots === undefined ? rest : { ...rest, capacity: slots };
    const partitions = Array.from(
      { length: count },
      () => broadcast(records, ringOptions) as Partition<T, V>,
    );
    if (typeof retention === 'object') for (const partition of partitions) partition.keepRead();
    const handle: TopicHandle = {
      name,
      codec: codec.spec,
      partitions: partitions.map((partition) => partition.handle),
      groups: new SharedArrayBuffer(GROUP_TABLE_BYTES),
      retention,
      ...(replies === undefined ? {} : { replies: replyTopic(name, replies, host).handle }),
      windows: new SharedArrayBuffer(count * GROUPS * DeliveryWindow.bytes(windowSlots(count))),
      coordination: new SharedArrayBuffer(GROUPS * groupWords(count) * 4),
    };
    return new Topic(handle, partitions, host);
  }

  /** @internal use `openBus().topic()` */
  static open<T, V>(handle: TopicHandle, codec: Codec<T, V> | undefined, host: TopicHost): Topic<T, V> {
    const own = codec ?? (codecFromSpec(handle.codec) as Codec<T, V>);
    checkCodec(handle, own.spec);
    const partitions = handle.partitions.map((partition) => openPartition(partition, own));
    return new Topic(handle, partitions, host);
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
    const taken = this.#at(partition).writer.offer(this.#fill(this.#record, value, options));
    if (taken) tellSend(this.name, partition);
    return taken;
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
    tellSend(this.name, partition);
    return { partition, offset };
  }

  /** `send`, blocking this thread while the partition is full; `false` when the time ran out. */
  sendSync(value: T, options: SendOptions & TimeoutOption = {}): boolean {
    const partition = this.#partitionOf(options);
    const taken = this.#at(partition).writer.putSync(this.#fill(this.#record, value, options), options);
    if (taken) tellSend(this.name, partition);
    return taken;
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
   * module, on a pool of `threads` worker threads, each of them a member; without a handler, as batches for `for await`.
   */
  consume(options: ConsumeOptions, handler: URL | ((message: Message<T, V>) => unknown)): Consumer<T, V>;
  consume(options: ConsumeOptions): BatchConsumer<T, V>;
  consume(options: ConsumeOptions, handler?: URL | ((message: Message<T, V>) => unknown)): Consumer<T, V> {
    const group = this.#join(options);
    const deadLetter = this.#deadLetter(options.deadLetter);
    const consumer = this.#start(group, options, deadLetter, handler);
    this.#host.watch(consumer);
    return consumer;
  }

  #start(
    group: Group<T, V>,
    options: ConsumeOptions,
    deadLetter: Topic<T, V> | undefined,
    handler?: URL | ((message: Message<T, V>) => unknown),
  ): Consumer<T, V> {
    if (handler === undefined) return Consumer.batches(group, options);
    if (handler instanceof URL)
      return Consumer.onThreads(group, this.handle, options, handler, (threadId) => this.repair(threadId));
    return Consumer.here(group, options, { default: handler } as HandlerModule<Message<T, V>>, deadLetter);
  }

  /** The topic for dead letters carries the same codec, and is made if there is none. */
  #deadLetter(name: string | undefined): Topic<T, V> | undefined {
    if (name === undefined) return undefined;
    return this.#host.topic(name, codecFromSpec(this.handle.codec) as Codec<T, V>);
  }

  #join({ group: name, from = 'earliest' }: ConsumeOptions): Group<T, V> {
    if (this.handle.retention === 'workqueue') this.#checkAlone(name);
    const number = this.#groups.join(name);
    for (const partition of this.#partitions) {
      if (partition.ensureSubscription(number)) begin(partition, number, this.#position(from));
    }
    return new Group<T, V>(this, name, number);
  }

  #checkAlone(name: string): void {
    const other = this.#groups.entries().find((group) => group.name !== name);
    if (other === undefined) return;
    throw new TopicError(
      `Topic '${this.name}' is a work queue of group '${other.name}': only that group may read it, not '${name}'.`,
    );
  }

  #position(from: Position): Position {
    const time = from === 'earliest' ? oldestTime(this.handle.retention, Date.now()) : 0;
    return time > 0 ? { time } : from;
  }

  /** Copies of the messages that are kept now, oldest first in each partition, without a group: nothing counts as read. */
  *browse({ partition, from = 'earliest' }: BrowseOptions = {}): Generator<MessageCopy<T>> {
    const partitions = partition === undefined ? [...this.#partitions.keys()] : [this.#checked(partition)];
    for (const number of partitions) {
      const reader = this.#at(number).subscribe({ from: 'oldest', least: GROUPS });
      yield* browse(this.name, number, reader, this.#position(from));
    }
  }

  /**
   * After a thread's `exit` event: finishes or gives up what it left half-done, and hands its partitions on. The most threads
   * that have died one after the other with one message in hand.
   */
  repair(threadId: number): number {
    for (const partition of this.#partitions) partition.repair(threadId);
    this.replies?.repair(threadId);
    let deaths = 0;
    for (const group of this.#allGroups()) deaths = Math.max(deaths, group.repair(threadId));
    return deaths;
  }

  /** @internal the partitions, for consumers */
  get logs(): readonly Partition<T, V>[] {
    return this.#partitions;
  }

  /** @internal the shared words of the groups */
  get coordination(): SharedArrayBuffer {
    return this.handle.coordination;
  }

  /** @internal the states of messages in flight */
  get windows(): SharedArrayBuffer {
    return this.handle.windows;
  }

  /** @internal the topic that carries replies, if this one takes requests */
  get replies(): Topic<unknown> | undefined {
    const { replies } = this.handle;
    if (replies !== undefined) this.#replies ??= Topic.open<unknown, unknown>(replies, undefined, this.#host);
    return this.#replies;
  }

  /** @internal answers the request with these headers */
  reply(to: Headers | undefined, value: unknown): void {
    sendReply(this.name, this.replies, to, value);
  }

  /** Whether the topic has been ended. */
  get closed(): boolean {
    return this.#at(0).closed;
  }

  /** Messages that a group has not read yet, over all partitions, as slots; an estimate while producers are at work. */
  lag(groupName: string): number {
    const group = this.#groups.find(groupName);
    if (group === undefined) throw new TopicError(`Topic '${this.name}' has no group '${groupName}'.`);
    return this.#partitions.reduce((lag, partition) => lag + partition.lagOf(group), 0);
  }

  #allGroups(): Group<T, V>[] {
    return this.#groups.entries().map(({ name, number }) => new Group<T, V>(this, name, number));
  }

  /** Counters of the partitions and groups, as they are now; exact once everybody has paused. */
  metrics(): TopicMetrics {
    return metricsOf(this.#partitions, this.#allGroups());
  }

  /** Whether every group has acknowledged everything. */
  get idle(): boolean {
    return this.#allGroups().every(({ lag }) => lag === 0);
  }

  /** Messages written to each partition. */
  written(): number[] {
    return this.#partitions.map((partition) => partition.stats().written);
  }

  /** Ends the topic: producers are refused, groups read what is left and then end. */
  close(): void {
    for (const partition of this.#partitions) partition.close();
    this.replies?.close();
  }
}

/** A partition for each thread that calls; what a caller does not read in time is lost to it, and holds up nobody. */
function replyTopic(name: string, codec: Codec<unknown, unknown>, host: TopicHost): Topic<unknown> {
  return Topic.create(
    `${name}.replies`,
    codec,
    { partitions: 16, capacity: 256, overflow: 'drop-newest' },
    host,
  );
}

/** Where a group that is new begins to read. If another thread of the group reads already, it stays where that one is. */
function begin<T, V>(partition: Partition<T, V>, subscription: number, from: Position): void {
  if (from === 'earliest') return;
  const reader = partition.attach(subscription);
  seek(reader, from);
  reader.detach();
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
