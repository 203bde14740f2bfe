import {
  BadHandleError,
  type BroadcastRing,
  type Codec,
  openBroadcast,
  type RingHandle,
} from '../../ring/index.ts';
import type { OutgoingRecord } from './record.ts';
import { recordCodec } from './record-codec.ts';
import type { RecordView } from './record-view.ts';

/** A partition: a log in shared memory that any thread appends to and every group reads with a cursor of its own. */
export type Partition<T, V> = BroadcastRing<OutgoingRecord<T>, RecordView<T, V>>;

export function openPartition<T, V>(handle: RingHandle, codec: Codec<T, V>): Partition<T, V> {
  if (handle === undefined)
    throw new BadHandleError('The topic has no partitions; pass on `topic.handle` as it is.');
  return openBroadcast(handle, recordCodec(codec)) as Partition<T, V>;
}
