import { type BroadcastRing, broadcast, type Codec, OptionError } from '../../ring/index.ts';
import type { Clock } from '../clock.ts';
import { DedupTable } from '../delivery/dedup-table.ts';
import { DelayStore } from '../delivery/delay-store.ts';
import { DeliveryWindow } from '../delivery/delivery-window.ts';
import { PRODUCERS, ProducerTable } from '../delivery/producer-table.ts';
import { TopicError } from '../errors.ts';
import { windowSlots } from '../group/group.ts';
import { GROUPS, groupWords } from '../group/group-memory.ts';
import { LATENCY_BYTES } from '../group/latency.ts';
import { fineEpoch } from './fine-time.ts';
import { NameTable } from './name-table.ts';
import { partitionerSpec } from './partitioning.ts';
import type { OutgoingRecord } from './record.ts';
import { recordCodec } from './record-codec.ts';
import type { RecordView } from './record-view.ts';
import { capacityFor } from './retention.ts';
import { checkedTtl } from './sender.ts';
import type { TopicHandle, TopicOptions } from './topic-options.ts';

const PARTITIONS_MAX = 1024;
/** Counted up whenever the shared memory of a topic, or its handle, comes to look different. Rings have a number of their own. */
const LAYOUT = 2;

/**
 * A new topic's shared memory. Much of it is for what few topics use; the system gives memory that was never written to no room of
 * its own.
 */
export function createTopicMemory<T, V>(
  name: string,
  codec: Codec<T, V>,
  { partitions: count = 1, retention = 'interest', capacity, ...options }: TopicOptions,
  clock: Clock,
): TopicHandle {
  const {
    partitioner = 'roundRobin',
    ttl,
    dedup = {},
    delayed = {},
    latency = false,
    replies: _,
    ...rest
  } = options;
  checkCount(count);
  const records = recordCodec(codec);
  const slots = capacityFor(retention, capacity, rest.slotSize ?? records.typicalSize);
  const ringOptions = slots === undefined ? rest : { ...rest, capacity: slots };
  const partitions = Array.from(
    { length: count },
    () => broadcast(records, ringOptions) as BroadcastRing<OutgoingRecord<T>, RecordView<T, V>>,
  );
  if (typeof retention === 'object') for (const partition of partitions) partition.keepRead();
  return {
    millrace: LAYOUT,
    name,
    codec: codec.spec,
    partitions: partitions.map(({ handle }) => handle),
    retention,
    laps: rest.overflow === 'drop-oldest',
    partitioner: partitionerSpec(partitioner),
    ...(ttl === undefined ? {} : { ttl: checkedTtl(ttl) }),
    ...(latency
      ? { latency: { buffer: new SharedArrayBuffer(LATENCY_BYTES), epochMs: fineEpoch(clock) } }
      : {}),
    groups: new SharedArrayBuffer(NameTable.bytes(GROUPS)),
    coordination: new SharedArrayBuffer(GROUPS * groupWords(count) * 4),
    windows: new SharedArrayBuffer(count * GROUPS * DeliveryWindow.bytes(windowSlots(count))),
    dedup: { buffer: new SharedArrayBuffer(DedupTable.bytes(dedup)), options: dedup },
    delayed: { buffer: new SharedArrayBuffer(DelayStore.bytes(delayed)), options: delayed },
    producers: {
      names: new SharedArrayBuffer(NameTable.bytes(PRODUCERS)),
      table: new SharedArrayBuffer(ProducerTable.bytes(count)),
    },
  };
}

function checkCount(partitions: number): void {
  if (Number.isInteger(partitions) && partitions >= 1 && partitions <= PARTITIONS_MAX) return;
  throw new OptionError(
    'partitions',
    `partitions must be a whole number from 1 to ${PARTITIONS_MAX}, got ${partitions}.`,
  );
}

/** Threads may have loaded millrace from different places. Throws `TopicError` for the topic of another layout. */
export function checkLayout({ name, millrace }: TopicHandle): void {
  if (millrace === LAYOUT) return;
  throw new TopicError(
    `Topic '${name}' has layout version ${millrace}, this library knows ${LAYOUT}; use the same version of millrace in every thread.`,
  );
}
