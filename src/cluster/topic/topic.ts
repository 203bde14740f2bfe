import {
  BadHandleError,
  type BroadcastRing,
  type Codec,
  type CodecSpec,
  codecFromSpec,
  openBroadcast,
  type RingHandle,
  specsEqual,
  type TimeoutOption,
  tokenOf,
  UnsupportedError,
  type WaitOptions,
} from '../../ring/index.ts';
import type { HandlerModule } from '../../workers/index.ts';
import { sendReply } from '../call/inbox.ts';
import type { Clock } from '../clock.ts';
import { DelayStore } from '../delivery/delay-store.ts';
import { ProducerTable } from '../delivery/producer-table.ts';
import { TopicError } from '../errors.ts';
import type { ConsumeOptions } from '../group/consume-options.ts';
import { type BatchConsumer, Consumer } from '../group/consumer.ts';
import { Group, type Source } from '../group/group.ts';
import { GROUPS } from '../group/group-memory.ts';
import type { LatencySource } from '../group/latency.ts';
import { tellRepair } from '../telemetry.ts';
import { type BrowseOptions, browse } from './browse.ts';
import { DelayedMessages, type Scheduled, type When } from './delayed.ts';
import { fineTime } from './fine-time.ts';
import type { Message, MessageCopy } from './message.ts';
import { metricsOf, type TopicMetrics } from './metrics.ts';
import { NameTable } from './name-table.ts';
import { type CustomPartitioner, checkPartitioner, type Partitioner } from './partitioning.ts';
import { type Position, seek } from './position.ts';
import { Producer } from './producer.ts';
import { type Headers, type OutgoingRecord, type RecordView, recordCodec } from './record.ts';
import { REDRIVE_GROUP, type RedriveOptions, redrive } from './redrive.ts';
import { oldestTime } from './retention.ts';
import { checkedPartition, newRecord, Sender } from './sender.ts';
import { createTopicMemory } from './topic-memory.ts';
import type { SendOptions, SendResult, TopicHandle, TopicHost, TopicOptions } from './topic-options.ts';

/** Letters that a dead-letter topic keeps which was not created before. */
const DEAD_LETTERS = 1024;

/** A partition: a log in shared memory that any thread appends to and every group reads with a cursor of its own. */
export type Partition<T, V> = BroadcastRing<OutgoingRecord<T>, RecordView<T, V>>;

/**
 * A named stream of messages in partitions. Any thread may send; consumer groups read, each of them
 * everything. A message stays in its partition until every group has read it, and until there is a group at
 * all. `R` is what requests on it are answered with: see `bus.call`.
 */
export class Topic<T, V = T, R = unknown> implements Source<T, V> {
  readonly name: string;
  readonly handle: TopicHandle;
  /** For types alone, never there: what requests are answered with. */
  declare readonly replyType?: R;
  readonly #partitions: readonly Partition<T, V>[];
  readonly #groups: NameTable;
  readonly #host: TopicHost;
  readonly #sender: Sender<T, V>;
  readonly #delayed: DelayedMessages<T, V>;
  /** @internal how long messages take, if that is measured */
  readonly latency: LatencySource | undefined;
  #replies: Topic<unknown> | undefined;

  private constructor(
    handle: TopicHandle,
    codec: Codec<T, V>,
    partitioner: Partitioner<T> | undefined,
    host: TopicHost,
  ) {
    this.name = handle.name;
    this.handle = handle;
    this.#partitions = handle.partitions.map((partition) => openPartition(partition, codec));
    this.#groups = new NameTable(handle.groups, 'group');
    this.#host = host;
    this.latency = latencySource(handle, host.clock);
    this.#sender = new Sender(handle, this.#partitions, host.clock, this.latency?.now);
    if (partitioner !== undefined) this.#use(partitioner);
    this.#delayed = new DelayedMessages(
      new DelayStore(handle.delayed.buffer, 0, handle.delayed.options),
      recordCodec(codec),
      host.clock,
      () => this.#seat,
      (value, options) => this.#sender.offer(value, options),
    );
  }

  /** @internal use `bus.topic()` */
  static create<T, V>(name: string, codec: Codec<T, V>, options: TopicOptions, host: TopicHost): Topic<T, V> {
    const memory = createTopicMemory(name, codec, options, host.clock);
    const { replies, partitioner } = options;
    const handle =
      replies === undefined ? memory : { ...memory, replies: replyTopic(name, replies, host).handle };
    return new Topic<T, V>(handle, codec, partitioner, host);
  }

  /** @internal makes this thread the one that sends delayed messages, unless there is one */
  drive(): void {
    this.#delayed.drive();
  }

  /** @internal use `openBus().topic()` */
  static open<T, V>(
    handle: TopicHandle,
    codec: Codec<T, V> | undefined,
    host: TopicHost,
    partitioner?: Partitioner<T>,
  ): Topic<T, V> {
    const own = codec ?? (codecFromSpec(handle.codec) as Codec<T, V>);
    checkCodec(handle, own.spec);
    return new Topic(handle, own, partitioner, host);
  }

  /** This thread's seat, which its writing end keeps until it is repaired. */
  get #seat(): number {
    void this.#at(0).writer;
    return this.#at(0).lot.seat.number;
  }

  /** @internal throws `TopicError` when it is asked for as what it is not */
  check(codec: Codec<unknown, unknown> | undefined, { partitioner }: TopicOptions): void {
    if (codec !== undefined) checkCodec(this.handle, codec.spec);
    if (partitioner !== undefined) this.#use(partitioner);
  }

  #use(partitioner: Partitioner<T>): void {
    checkPartitioner(this.name, this.handle.partitioner, partitioner);
    if (typeof partitioner === 'function') this.#sender.use(partitioner as CustomPartitioner<T>);
  }

  get partitions(): number {
    return this.#partitions.length;
  }

  /**
   * Sends one message without ever waiting; `false` when its partition is full. The value is encoded before
   * the call returns.
   */
  offer(value: T, options: SendOptions = {}): boolean {
    if (!isLater(options)) return this.#sender.offer(value, options);
    this.schedule(value, { ...options, ...timeOf(options) });
    return true;
  }

  /**
   * Sends one message, waiting while its partition is full, with the event loop free. Resolves with where it
   * went. The value is encoded when there is room: do not change it before the promise settles.
   */
  async send(value: T, options: SendOptions & WaitOptions = {}): Promise<SendResult> {
    if (!isLater(options)) return this.#sender.send(value, options);
    this.schedule(value, { ...options, ...timeOf(options) });
    return { partition: options.partition ?? -1, offset: -1, duplicate: false };
  }

  /** `send`, blocking this thread while the partition is full; `false` when the time ran out. */
  sendSync(value: T, options: SendOptions & TimeoutOption = {}): boolean {
    return isLater(options) ? this.offer(value, options) : this.#sender.sendSync(value, options);
  }

  /**
   * Sends a message later, `{ at }` or `{ delay }`, or again and again, `{ cron: '0 9 * * mon', timeZone }`; until then it can be taken
   * back. Never waits; throws `FullError` when as many messages wait as can. What waits is lost with the process.
   */
  schedule(value: T, options: When & Omit<SendOptions, 'delay' | 'at' | 'acks'>): Scheduled {
    const { partition, id, ttl, timestamp, key, headers, ...when } = options;
    const { record, partition: chosen } = this.prepare(value, options as SendOptions);
    const isCustom = this.handle.partitioner === 'custom';
    const wish = { partition: isCustom ? chosen : partition, id, ttl, timestamp };
    return this.#delayed.add(record, wish, when as When);
  }

  /** A sender that numbers its messages, so that each is written once, also over the end of its thread: see `Producer`. */
  producer(name: string): Producer<T> {
    const { names, table } = this.handle.producers;
    const number = new NameTable(names, 'producer').join(name);
    const session = new ProducerTable(table, this.partitions).open(number, this.#seat);
    if (session !== undefined) return new Producer<T>(name, session, this as unknown as Topic<T, unknown>);
    throw new TopicError(
      `The thread of producer '${name}' ended in the middle of a message: call bus.repair(threadId), or guard(worker, [bus]), first.`,
    );
  }

  /** @internal the time by which messages are sent and delivered */
  get clock(): Clock {
    return this.#host.clock;
  }

  /** @internal for producers */
  prepare(value: T, options: SendOptions): { record: OutgoingRecord<T>; partition: number } {
    const record = this.#sender.fill(newRecord<T>(), value, options);
    return { record, partition: this.#sender.partitionOf(record, options.partition) };
  }

  /** @internal for producers */
  told(partition: number): void {
    this.#sender.told(partition);
  }

  #at(partition: number): Partition<T, V> {
    return this.#partitions[partition] as Partition<T, V>;
  }

  /**
   * Reads the topic as a member of a group: with a function, in this thread; with the URL of a handler
   * module, on a pool of `threads` worker threads, each of them a member; without a handler, as batches for `for await`.
   */
  consume(options: ConsumeOptions, handler: URL | ((message: Message<T, V, R>) => unknown)): Consumer<T, V>;
  consume(options: ConsumeOptions): BatchConsumer<T, V, R>;
  consume(options: ConsumeOptions, handler?: URL | ((message: Message<T, V, R>) => unknown)): Consumer<T, V> {
    if (this.handle.laps) checkLapping(this.name, options);
    const consumer =
      this.#host.simulation?.consume(this, options, handler) ??
      this.#start(this.#join(options), options, this.#deadLetter(options.deadLetter), handler);
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

  /**
   * The topic for dead letters carries the same codec, and is made if there is none: it keeps its letters until it needs the room, so that
   * giving a message up does not wait for somebody who reads them.
   */
  #deadLetter(name: string | undefined): Topic<T, V> | undefined {
    if (name === undefined) return undefined;
    const retention = { messages: DEAD_LETTERS };
    return this.#host.topic(name, codecFromSpec(this.handle.codec) as Codec<T, V>, { retention });
  }

  /**
   * Of a dead-letter topic: sends the letters that are there now back to the partitions they came from, oldest first; how many. They
   * are taken out by a group of its own, `redrive`. Letters that the filter does not want stay, behind those that came meanwhile.
   */
  async redrive(options: RedriveOptions<T> = {}): Promise<number> {
    const group = this.#join({ group: REDRIVE_GROUP }).number;
    const origin = (name: string) => this.#host.topic(name) as Topic<T, V>;
    const { limit = Number.POSITIVE_INFINITY } = options;
    let sent = 0;
    for (const partition of this.#partitions.keys())
      sent += await redrive(this, partition, group, origin, { ...options, limit: limit - sent });
    return sent;
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
    const time = from === 'earliest' ? oldestTime(this.handle.retention, this.#host.clock.now()) : 0;
    return time > 0 ? { time } : from;
  }

  /** Copies of the messages that are kept now, oldest first in each partition, without a group: nothing counts as read. */
  *browse({ partition, from = 'earliest' }: BrowseOptions = {}): Generator<MessageCopy<T>> {
    const partitions =
      partition === undefined
        ? [...this.#partitions.keys()]
        : [checkedPartition(this.name, this.partitions, partition)];
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
    for (const seat of this.#at(0).lot.seatsOf(tokenOf(threadId))) this.#settle(seat);
    for (const partition of this.#partitions) partition.repair(threadId);
    this.replies?.repair(threadId);
    let deaths = 0;
    for (const group of this.#allGroups()) deaths = Math.max(deaths, group.repair(threadId));
    tellRepair(this.name, threadId);
    return deaths;
  }

  /** What a thread was sending is in the log or it is not: the partitions tell as long as they are not repaired. */
  #settle(seat: number): void {
    this.#sender.repair(seat);
    new ProducerTable(this.handle.producers.table, this.partitions).repair(
      seat,
      (partition, before) => this.#at(partition).publishedAfter(before, seat) !== undefined,
    );
    this.#delayed.repair(seat);
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
    this.#delayed.close();
    this.replies?.close();
  }
}

function latencySource({ latency }: TopicHandle, clock: Clock): LatencySource | undefined {
  if (latency === undefined) return undefined;
  return { rows: new Float64Array(latency.buffer), now: fineTime(clock, latency.epochMs) };
}

const isLater = ({ delay, at }: SendOptions): boolean => delay !== undefined || at !== undefined;

const timeOf = ({ delay, at }: SendOptions): When => (at === undefined ? { delay: delay as number } : { at });

/** Messages are shown from copies where producers may go on over them, so those of a partition are read by one member, in order. */
function checkLapping(name: string, { ordering = 'partition' }: ConsumeOptions): void {
  if (ordering === 'partition') return;
  throw new UnsupportedError(
    `Topic '${name}' drops its oldest messages, so it is read with ordering: 'partition', not '${ordering}'.`,
  );
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
  const reader = partition.attach(subscription, { holds: true });
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
