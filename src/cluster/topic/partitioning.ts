import { OptionError } from '../../ring/index.ts';
import { TopicError } from '../errors.ts';
import { partitionFor } from './partitioner.ts';
import type { Headers } from './record.ts';

/** What decides about a message's partition. */
export interface PartitionedMessage<T> {
  readonly value: T;
  readonly key: string | undefined;
  readonly headers: Headers | undefined;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
}

/** A partition from 0 to `partitions - 1`. A pure function, the same in all threads. */
export type CustomPartitioner<T> = (message: PartitionedMessage<T>, partitions: number) => number;

/**
 * Which partition a message goes to, unless its sender names one.
 *
 * - `roundRobin` (the default): that of its key, as in Kafka; without a key, one partition after the other.
 * - `sticky`: that of its key; without a key the same one for 64 messages, and then the next.
 * - `{ bucketMs }`: that of its timestamp: messages of one span of so many milliseconds go to the same one.
 * - a function. It does not travel to other threads: each thread that sends passes it when it opens the topic, as it does with a
 *   codec of its own.
 */
export type Partitioner<T> = 'roundRobin' | 'sticky' | { readonly bucketMs: number } | CustomPartitioner<T>;

/** What a topic's handle says of its partitioner. */
export type PartitionerSpec = 'roundRobin' | 'sticky' | 'custom' | { readonly bucketMs: number };

const STICKY_MESSAGES = 64;

export function partitionerSpec(partitioner: Partitioner<never>): PartitionerSpec {
  if (typeof partitioner === 'function') return 'custom';
  if (partitioner === 'roundRobin' || partitioner === 'sticky') return partitioner;
  const { bucketMs } = (partitioner ?? {}) as { bucketMs?: number };
  if (typeof bucketMs === 'number' && bucketMs > 0) return { bucketMs };
  throw new OptionError(
    'partitioner',
    "partitioner is 'roundRobin', 'sticky', { bucketMs } with milliseconds above 0, or a function.",
  );
}

/** Throws unless a thread that opens the topic passes what its creator has. */
export function checkPartitioner(name: string, spec: PartitionerSpec, own: Partitioner<never>): void {
  const given = partitionerSpec(own);
  if (JSON.stringify(given) === JSON.stringify(spec)) return;
  throw new TopicError(
    `Topic '${name}' has the partitioner ${JSON.stringify(spec)}, not ${JSON.stringify(given)}; open it with the same one.`,
  );
}

/** Chooses partitions for the messages that one thread sends. */
export function choose<T>(
  name: string,
  partitions: number,
  spec: PartitionerSpec,
  custom?: CustomPartitioner<T>,
): (message: PartitionedMessage<T>) => number {
  if (spec === 'custom') return customChoice(name, partitions, custom);
  if (typeof spec === 'object') return ({ timestamp }) => bucketOf(timestamp, spec.bucketMs, partitions);
  const run = spec === 'sticky' ? STICKY_MESSAGES : 1;
  let count = 0;
  return ({ key }) =>
    key === undefined ? Math.floor(++count / run) % partitions : partitionFor(key, partitions);
}

/** Times before 1970 have buckets, too. */
function bucketOf(timestamp: number, bucketMs: number, partitions: number): number {
  const bucket = Math.floor(timestamp / bucketMs) % partitions;
  return bucket < 0 ? bucket + partitions : bucket;
}

function customChoice<T>(
  name: string,
  partitions: number,
  custom: CustomPartitioner<T> | undefined,
): (message: PartitionedMessage<T>) => number {
  if (custom === undefined) {
    return () => {
      throw new TopicError(
        `Topic '${name}' was created with a partitioner of its own, which does not travel between threads: pass it here, ` +
          `bus.topic('${name}', codec, { partitioner }), or name a partition.`,
      );
    };
  }
  return (message) => {
    const partition = custom(message, partitions);
    if (Number.isInteger(partition) && partition >= 0 && partition < partitions) return partition;
    throw new OptionError(
      'partitioner',
      `The partitioner of topic '${name}' answered ${partition}, not a partition from 0 to ${partitions - 1}.`,
    );
  };
}
