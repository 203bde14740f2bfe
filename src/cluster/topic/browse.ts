import type { BroadcastReader } from '../../ring/index.ts';
import { Message, type MessageCopy, withoutDelivery } from './message.ts';
import { isReached, type Position } from './position.ts';
import type { OutgoingRecord } from './record.ts';
import type { RecordView } from './record-view.ts';

export interface BrowseOptions {
  /** Which partition. Default: all, one after the other. */
  readonly partition?: number;
  /** Where to begin. Default `earliest`: with the oldest message that is kept. */
  readonly from?: Position;
}

/**
 * Copies of the messages that a partition keeps now, without a group: nothing counts as read. The reader's cursor stays where it
 * began, so that what no group has read yet is still there for the first one, whatever room producers look for meanwhile.
 */
export function* browse<T, V>(
  topic: string,
  partition: number,
  reader: BroadcastReader<OutgoingRecord<T>, RecordView<T, V>>,
  from: Position,
): Generator<MessageCopy<T>> {
  const message = new Message<T, V>(topic, partition, withoutDelivery(reader));
  let hasBegun = false;
  try {
    for (let batch = reader.batch(1); batch !== undefined; batch = reader.batch(1)) {
      let copy: MessageCopy<T> | undefined;
      for (const record of batch) {
        hasBegun ||= isReached(from, reader.offset, record.timestamp);
        if (hasBegun) copy = message.show(record).copy();
      }
      reader.hold();
      if (copy !== undefined) yield copy;
    }
  } finally {
    reader.unsubscribe();
  }
}
