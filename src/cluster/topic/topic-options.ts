import type { Codec, CodecSpec, Overflow, RingHandle } from '../../ring/index.ts';
import type { AnyConsumer } from '../group/consumer.ts';
import type { Headers } from './record.ts';
import type { Retention } from './retention.ts';
import type { Topic } from './topic.ts';

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
  /** How long messages are kept. Default `interest`: until every group has read them. */
  readonly retention?: Retention;
  /** What requests on this topic are answered with: see `bus.call`. */
  // biome-ignore lint/suspicious/noExplicitAny: a codec of any type.
  readonly replies?: Codec<any, any>;
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
  readonly coordination: SharedArrayBuffer;
  readonly windows: SharedArrayBuffer;
  readonly retention: Retention;
  /** The topic that carries replies. */
  readonly replies?: TopicHandle;
}

/** What a topic needs of the bus it is on. */
export interface TopicHost {
  /** A consumer was started. */
  watch(consumer: AnyConsumer): void;
  // biome-ignore lint/suspicious/noExplicitAny: a topic of any type; the codec says which.
  topic(name: string, codec?: Codec<any, any>): Topic<any, any>;
}
