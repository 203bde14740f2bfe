import type { BroadcastReader } from '../../ring/index.ts';
import { Message, type MessageCopy, withoutDelivery } from './message.ts';
import { type Position, seek } from './position.ts';
import type { OutgoingRecord } from './record.ts';
import type { RecordView } from './record-view.ts';

export interface BrowseOptions {
  /** Which partition. Default: all, one after the other. */
  readonly partition?: number;
  /** Where to begin. Default `earliest`: with the oldest message that is kept. */
  readonly from?: Position;
}

/** Copies of the messages that a partition keeps now, without a group: nothing counts as read. */
export function* browse<T, V>(
  topic: string,
  partition: number,
  reader: BroadcastReader<OutgoingRecord<T>, RecordView<T, V>>,
  from: Position,
): Generator<MessageCopy<T>> {
  const message = new Message<T, V>(topic, partition, withoutDelivery(reader));
  try {
    seek(reader, from);
    for (let batch = reader.batch(1); batch !== undefined; batch = reader.batch(1)) {
      let copy: MessageCopy<T> | undefined;
      for (const record of batch) copy = message.show(record).copy();
      batch.release();
      yield copy as MessageCopy<T>;
    }
  } finally {
    reader.unsubscribe();
  }
}
