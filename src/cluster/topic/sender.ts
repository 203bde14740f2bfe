import { OptionError, type TimeoutOption, type WaitOptions } from '../../ring/index.ts';
import type { Clock } from '../clock.ts';
import { DedupTable } from '../delivery/dedup-table.ts';
import { tellSend } from '../telemetry.ts';
import { OutgoingBatch } from './outgoing-batch.ts';
import type { Partition } from './partition.ts';
import { type CustomPartitioner, choose, type PartitionedMessage } from './partitioning.ts';
import { type Headers, MESSAGE_ID, type OutgoingRecord } from './record.ts';
import { SentIds } from './sent-ids.ts';
import type { OutgoingMessage, SendOptions, SendResult, TopicHandle } from './topic-options.ts';

/** Twenty days: times to live are compared in an int32 of milliseconds. */
const TTL_MAX = 20 * 24 * 3_600_000;

/** The sending half of a topic, for one thread: fills records, chooses partitions, writes. */
export class Sender<T, V> {
  readonly #name: string;
  readonly #partitions: readonly Partition<T, V>[];
  readonly #clock: Clock;
  readonly #stamp: () => number;
  readonly #ttl: number | undefined;
  #choose: (message: PartitionedMessage<T>) => number;
  readonly #ids: SentIds<T, V>;

  /** @param stamp the time for messages whose sender gives none */
  constructor(
    { name, dedup, partitioner, ttl }: TopicHandle,
    partitions: readonly Partition<T, V>[],
    clock: Clock,
    stamp: () => number = clock.now,
  ) {
    this.#name = name;
    this.#partitions = partitions;
    this.#clock = clock;
    this.#stamp = stamp;
    this.#ttl = ttl;
    this.#choose = choose(name, partitions.length, partitioner);
    const table = new DedupTable(dedup.buffer, 0, dedup.options);
    this.#ids = new SentIds(table, partitions, clock);
  }

  /** The partitioner of a topic that has one of its own. */
  use(custom: CustomPartitioner<T>): void {
    this.#choose = choose(this.#name, this.#partitions.length, 'custom', custom);
  }

  offer(value: T, options: SendOptions): boolean {
    const record = this.record(value, options);
    return this.#offer(record, this.partitionOf(record, options.partition), options.id);
  }

  #offer(record: OutgoingRecord<T>, partition: number, id: string | undefined): boolean {
    const taken =
      id === undefined ? this.#at(partition).writer.offer(record) : this.#ids.offer(id, partition, record);
    if (taken) tellSend(this.#name, partition);
    return taken;
  }

  sendSync(value: T, options: SendOptions & TimeoutOption): boolean {
    const record = this.record(value, options);
    const partition = this.partitionOf(record, options.partition);
    const { id } = options;
    const taken =
      id === undefined
        ? this.#at(partition).writer.putSync(record, options)
        : this.#ids.sendSync(id, partition, record, options);
    if (taken) tellSend(this.#name, partition);
    return taken;
  }

  async send(value: T, options: SendOptions & WaitOptions): Promise<SendResult> {
    const record = this.record(value, options);
    const partition = this.partitionOf(record, options.partition);
    const { acks, id } = options;
    if (acks === 0) {
      this.#offer(record, partition, id);
      return { partition, offset: -1, duplicate: false };
    }
    const result =
      id === undefined
        ? { partition, offset: await this.#write(partition, record, options), duplicate: false }
        : await this.#ids.send(id, partition, record, options);
    if (!result.duplicate) this.told(partition);
    return result;
  }

  /** The offset of the message; −1 when the overflow policy has dropped it. */
  async #write(partition: number, record: OutgoingRecord<T>, options: WaitOptions): Promise<number> {
    const ring = this.#at(partition);
    let offset = -1;
    const attempt = () => {
      const before = ring.lastSequence;
      if (!ring.writer.offer(record)) return false;
      if (ring.lastSequence !== before) offset = ring.lastOffset;
      return true;
    };
    await ring.writer.putBy(attempt, options);
    return offset;
  }

  told(partition: number): void {
    tellSend(this.#name, partition);
  }

  /** See `Topic.sendAll`. */
  async sendAll(messages: readonly OutgoingMessage<T>[], options: WaitOptions): Promise<void> {
    if (!messages.some(hasId)) return this.#batchOf(messages).write(options);
    for (const message of messages) await this.send(message.value, { ...message, ...options });
  }

  /** See `Topic.sendAllSync`. */
  sendAllSync(messages: readonly OutgoingMessage<T>[], { timeout }: TimeoutOption): number {
    if (!messages.some(hasId)) return this.#batchOf(messages).writeSync(timeout);
    const end = performance.now() + (timeout ?? Number.POSITIVE_INFINITY);
    const late = messages.findIndex((message) => {
      const left = Math.max(0, end - performance.now());
      return !this.sendSync(message.value, { ...message, timeout: left });
    });
    return late < 0 ? messages.length : late;
  }

  /** Messages of one call are of one time. */
  #batchOf(messages: readonly OutgoingMessage<T>[]): OutgoingBatch<T, V> {
    const batch = new OutgoingBatch<T, V>(this.#partitions, this.#told);
    const now = this.#stamp();
    for (const message of messages) {
      const record = this.record(message.value, message, now);
      batch.add(record, this.partitionOf(record, message.partition));
    }
    return batch;
  }

  readonly #told = (partition: number, messages: number): void => tellSend(this.#name, partition, messages);

  /** A new one for each message: encoding it may run code of the user's, which may send as well. */
  record(value: T, options: SendOptions, now?: number): OutgoingRecord<T> {
    const { key, headers, id, ttl = this.#ttl } = options;
    return {
      value,
      key,
      headers: id === undefined ? headers : withId(headers, id),
      timestamp: options.timestamp ?? now ?? this.#stamp(),
      expires: ttl === undefined ? 0 : this.#expiryOf(ttl),
    };
  }

  #expiryOf(ttl: number): number {
    return this.#clock.now() + checkedTtl(ttl);
  }

  /** The partition for a record, or the one its sender wants. */
  partitionOf(record: OutgoingRecord<T>, wanted: number | undefined): number {
    if (wanted === undefined) return this.#choose(record);
    return checkedPartition(this.#name, this.#partitions.length, wanted);
  }

  #at(partition: number): Partition<T, V> {
    return this.#partitions[partition] as Partition<T, V>;
  }

  /** After the end of a seat's thread, and before the partitions are repaired. */
  repair(seat: number): void {
    this.#ids.repair(seat);
  }
}

const withId = (headers: Headers | undefined, id: string): Headers => ({ ...headers, [MESSAGE_ID]: id });

const hasId = ({ id }: SendOptions): boolean => id !== undefined;

/** Throws `OptionError` for milliseconds that are no time to live. */
export function checkedTtl(ms: number): number {
  if (ms > 0 && ms <= TTL_MAX) return ms;
  throw new OptionError('ttl', `ttl must be above 0 and at most ${TTL_MAX} ms, got ${ms}.`);
}

/** Throws `OptionError` for a number that is no partition's. */
export function checkedPartition(name: string, partitions: number, partition: number): number {
  if (Number.isInteger(partition) && partition >= 0 && partition < partitions) return partition;
  throw new OptionError(
    'partition',
    `Topic '${name}' has partitions 0 to ${partitions - 1}, got ${partition}.`,
  );
}
