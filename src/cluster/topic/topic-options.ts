import type { Codec, CodecSpec, Overflow, RingHandle } from '../../ring/index.ts';
import type { Clock } from '../clock.ts';
import type { DedupOptions } from '../delivery/dedup-table.ts';
import type { DelayOptions } from '../delivery/delay-store.ts';
import type { ConsumeOptions } from '../group/consume-options.ts';
import type { AnyConsumer, Consumer } from '../group/consumer.ts';
import type { Message } from './message.ts';
import type { Partitioner, PartitionerSpec } from './partitioning.ts';
import type { Headers } from './record.ts';
import type { Retention } from './retention.ts';
import type { Topic } from './topic.ts';

/** @typeParam R what requests are answered with */
// biome-ignore lint/suspicious/noExplicitAny: options of a topic of any type.
export interface TopicOptions<R = any> {
  /** Default 1. A key always goes to the same one; order is kept within it. */
  readonly partitions?: number;
  /** Slots a partition holds. Default 1024. A message of the codec's typical size takes one. */
  readonly capacity?: number;
  /** Bytes of a slot. Default: what a message of the codec's typical size needs. */
  readonly slotSize?: number;
  /** Bytes of the largest message, with its key and headers. Default 1 MiB, or the whole partition if that is less. */
  readonly maxMessageSize?: number;
  /**
   * What a full partition does to its producers: `block` (default), `strict`, `drop-newest` or `drop-oldest`, which goes on over what
   * groups have not read; a group is told how much it has missed.
   */
  readonly overflow?: Overflow;
  /** How long messages are kept. Default `interest`: until every group has read them. */
  readonly retention?: Retention;
  /** Which partition a message goes to: see `Partitioner`. Default: that of its key, or one after the other. */
  // biome-ignore lint/suspicious/noExplicitAny: of the codec's type; a topic of any type is asked for here.
  readonly partitioner?: Partitioner<any>;
  /** Milliseconds after which a message that was not handled is not delivered any more; `ttl` of a message goes before. */
  readonly ttl?: number;
  /** How many ids of messages are remembered, and how long: see `SendOptions.id`. Default 8192 ids, five minutes. */
  readonly dedup?: DedupOptions;
  /** How many messages can wait for their time, and how large: see `SendOptions.delay`. Default 1024 of 1 KiB. */
  readonly delayed?: DelayOptions;
  /**
   * Whether `topic.metrics()` tells how long messages take from when they are sent until they are handled, for each group. Default: no, as
   * it takes two looks at the clock for each message on both sides. Timestamps have fractions of a millisecond then.
   */
  readonly latency?: boolean;
  /** What requests on this topic are answered with: see `bus.call`. */
  // biome-ignore lint/suspicious/noExplicitAny: replies are copied, whatever their codec shows in place.
  readonly replies?: Codec<R, any>;
}

export interface SendOptions {
  /** Messages with the same key go to the same partition, in order. */
  readonly key?: string;
  /** The partition to write to, instead of the one that follows from the key. */
  readonly partition?: number;
  readonly headers?: Headers;
  /** Milliseconds since 1970. Default: now. */
  readonly timestamp?: number;
  /**
   * Names the message: another one with the same id is not written as long as the topic remembers it (`dedup`). The message shows it
   * as `id`.
   */
  readonly id?: string;
  /** Milliseconds after which it is not delivered any more: from when it is written, at most twenty days. */
  readonly ttl?: number;
  /** Milliseconds after which it is to be written. Its id is looked at then. */
  readonly delay?: number;
  /** When it is to be written, in milliseconds since 1970 or as a date. */
  readonly at?: number | Date;
  /**
   * How much `send` waits for. 1 (the default): that the message is in its partition. 0: nothing; where there is no room, it is lost, and
   * its sender is not told. `all` is as 1, since there is one copy.
   */
  readonly acks?: 0 | 1 | 'all';
}

/** One of many messages that are sent together: its value, and what `send` takes with it. */
export interface OutgoingMessage<T> extends Omit<SendOptions, 'delay' | 'at' | 'acks'> {
  readonly value: T;
}

/** Where a message went. */
export interface SendResult {
  readonly partition: number;
  /** −1 when there is none: the message waits for its time, or was dropped, or nobody waited for it (`acks: 0`). */
  readonly offset: number;
  /** Whether a message with this id was there already: it is the one whose place this is. */
  readonly duplicate: boolean;
}

/** Plain structured-cloneable data that stands for a topic in another thread. */
export interface TopicHandle {
  /** Which layout its memory has: see `checkLayout`. */
  readonly millrace: number;
  readonly name: string;
  readonly codec: CodecSpec;
  readonly partitions: readonly RingHandle[];
  readonly groups: SharedArrayBuffer;
  readonly coordination: SharedArrayBuffer;
  readonly windows: SharedArrayBuffer;
  readonly retention: Retention;
  readonly partitioner: PartitionerSpec;
  /** Whether producers go on over what groups have not read. */
  readonly laps: boolean;
  readonly ttl?: number;
  /** How long messages took, by group and member; and the time that makes the clock of all threads one since 1970. */
  readonly latency?: { readonly buffer: SharedArrayBuffer; readonly epochMs: number };
  readonly dedup: { readonly buffer: SharedArrayBuffer; readonly options: DedupOptions };
  readonly delayed: { readonly buffer: SharedArrayBuffer; readonly options: DelayOptions };
  /** The names of idempotent producers, and what they have sent. */
  readonly producers: { readonly names: SharedArrayBuffer; readonly table: SharedArrayBuffer };
  /** The topic that carries replies. */
  readonly replies?: TopicHandle;
}

/** What starts consumers in the place of a topic. */
export interface Simulated {
  consume<T, V>(
    topic: Topic<T, V>,
    options: ConsumeOptions,
    handler: URL | ((message: Message<T, V>) => unknown) | undefined,
  ): Consumer<T, V>;
}

/** What a topic needs of the bus it is on. */
export interface TopicHost {
  readonly clock: Clock;
  /** What starts consumers on threads that only seem to be. */
  readonly simulation?: Simulated | undefined;
  /** A consumer was started. */
  watch(consumer: AnyConsumer): void;
  // biome-ignore lint/suspicious/noExplicitAny: a topic of any type; the codec says which.
  topic(name: string, codec?: Codec<any, any>, options?: TopicOptions): Topic<any, any>;
}
