import {
  type Codec,
  type CodecSpec,
  codecFromSpec,
  specsEqual,
  type TimeoutOption,
  tokenOf,
  type WaitOptions,
} from '../../ring/index.ts';
import { sendReply } from '../call/inbox.ts';
import type { Clock } from '../clock.ts';
import { DelayStore } from '../delivery/delay-store.ts';
import { ProducerTable } from '../delivery/producer-table.ts';
import { TopicError } from '../errors.ts';
import type { ConsumeOptions } from '../group/consume-options.ts';
import type { BatchConsumer, Consumer } from '../group/consumer.ts';
import type { Source } from '../group/group.ts';
import type { LatencySource } from '../group/latency.ts';
import { tellRepair } from '../telemetry.ts';
import type { BrowseOptions } from './browse.ts';
import { DelayedMessages, isLater, type Scheduled, type When, whenOf } from './delayed.ts';
import { fineTime } from './fine-time.ts';
import type { Message, MessageCopy } from './message.ts';
import { metricsOf, type TopicMetrics } from './metrics.ts';
import { openPartition, type Partition } from './partition.ts';
import { type CustomPartitioner, checkPartitioner, type Partitioner } from './partitioning.ts';
import { openProducer, type Producer } from './producer.ts';
import { Receiver } from './receiver.ts';
import type { Headers, OutgoingRecord } from './record.ts';
import { recordCodec } from './record-codec.ts';
import type { RedriveOptions } from './redrive.ts';
import { Sender } from './sender.ts';
import { checkLayout, createTopicMemory } from './topic-memory.ts';
import type {
  OutgoingMessage,
  SendOptions,
  SendResult,
  TopicHandle,
  TopicHost,
  TopicOptions,
} from './topic-options.ts';

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
  readonly #host: TopicHost;
  readonly #sender: Sender<T, V>;
  readonly #receiver: Receiver<T, V>;
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
    this.#host = host;
    this.latency = latencySource(handle, host.clock);
    this.#sender = new Sender(handle, this.#partitions, host.clock, this.latency?.now);
    this.#receiver = new Receiver<T, V>(this as unknown as Topic<T, V>, host);
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
    checkLayout(handle);
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
    this.schedule(value, { ...options, ...whenOf(options) });
    return true;
  }

  /**
   * Sends one message, waiting while its partition is full, with the event loop free. Resolves with where it
   * went. The value is encoded when there is room: do not change it before the promise settles.
   */
  async send(value: T, options: SendOptions & WaitOptions = {}): Promise<SendResult> {
    if (!isLater(options)) return this.#sender.send(value, options);
    this.schedule(value, { ...options, ...whenOf(options) });
    return { partition: options.partition ?? -1, offset: -1, duplicate: false };
  }

  /** `send`, blocking this thread while the partition is full; `false` when the time ran out. */
  sendSync(value: T, options: SendOptions & TimeoutOption = {}): boolean {
    return isLater(options) ? this.offer(value, options) : this.#sender.sendSync(value, options);
  }

  /**
   * Sends many messages, in their order within each partition, waiting while partitions are full, with the event loop free. A message
   * costs a fraction of one that is sent by itself: the clock is read once for all of them, and those of a partition are published
   * together. When it rejects, some of them may have been sent.
   */
  sendAll(messages: readonly OutgoingMessage<T>[], options: WaitOptions = {}): Promise<void> {
    return this.#sender.sendAll(messages, options);
  }

  /** `sendAll`, blocking this thread while partitions are full; how many were sent: fewer only when the time ran out. */
  sendAllSync(messages: readonly OutgoingMessage<T>[], options: TimeoutOption = {}): number {
    return this.#sender.sendAllSync(messages, options);
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
    return openProducer(name, this as unknown as Topic<T, unknown>, this.#seat);
  }

  /** @internal the time by which messages are sent and delivered */
  get clock(): Clock {
    return this.#host.clock;
  }

  /** @internal for producers */
  prepare(value: T, options: SendOptions): { record: OutgoingRecord<T>; partition: number } {
    const record = this.#sender.record(value, options);
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
    const consumer =
      this.#host.simulation?.consume(this, options, handler) ?? this.#receiver.consume(options, handler);
    this.#host.watch(consumer);
    return consumer;
  }

  /**
   * Of a dead-letter topic: sends the letters that are there now back to the partitions they came from, oldest first; how many. They
   * are taken out by a group of its own, `redrive`. Letters that the filter does not want stay, behind those that came meanwhile.
   */
  redrive(options: RedriveOptions<T> = {}): Promise<number> {
    return this.#receiver.redrive(options);
  }

  /**
   * Copies of the messages that are kept now, oldest first in each partition, without a group: nothing counts as read. While a loop over a
   * partition is under way, its messages stay, so producers that need the room wait for the end of the loop (`break` ends it, too).
   */
  browse(options: BrowseOptions = {}): Generator<MessageCopy<T>> {
    return this.#receiver.browse(options);
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
    for (const group of this.#receiver.groups()) deaths = Math.max(deaths, group.repair(threadId));
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
    const group = this.#receiver.numberOf(groupName);
    return this.#partitions.reduce((lag, partition) => lag + partition.lagOf(group), 0);
  }

  /** Counters of the partitions and groups, as they are now; exact once everybody has paused. Two of them make rates: `ratesBetween`. */
  metrics(): TopicMetrics {
    return metricsOf(this.#partitions, this.#receiver.groups(), this.clock.elapsed());
  }

  /** Whether every group has acknowledged everything. */
  get idle(): boolean {
    return this.#receiver.groups().every(({ lag }) => lag === 0);
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

/** A partition for each thread that calls; what a caller does not read in time is lost to it, and holds up nobody. */
function replyTopic(name: string, codec: Codec<unknown, unknown>, host: TopicHost): Topic<unknown> {
  return Topic.create(
    `${name}.replies`,
    codec,
    { partitions: 16, capacity: 256, overflow: 'drop-newest' },
    host,
  );
}

function checkCodec(handle: TopicHandle, codec: CodecSpec): void {
  if (specsEqual(codec, handle.codec)) return;
  throw new TopicError(
    `Topic '${handle.name}' carries ${JSON.stringify(handle.codec)}, not ${JSON.stringify(codec)}; open it with the ` +
      'same codec.',
  );
}
