import type { BroadcastReader } from '../../ring/index.ts';
import type { OutgoingRecord } from './record.ts';
import type { RecordView } from './record-view.ts';

/** A place in a partition: the first message at or after an offset, or the first one no older than a time (ms since 1970). */
export type Position = 'earliest' | 'latest' | { readonly offset: number } | { readonly time: number };

/** Whether a message is at a position or behind it, or recent enough. */
export function isReached(position: Position, offset: number, timestamp: number): boolean {
  if (typeof position === 'string') return position === 'earliest';
  return 'offset' in position ? offset >= position.offset : timestamp >= position.time;
}

/** Goes to a position, as far as the partition keeps it; the offset where the reader is then. */
export function seek<T, V>(
  reader: BroadcastReader<OutgoingRecord<T>, RecordView<T, V>>,
  position: Position,
): number {
  if (position === 'earliest') return reader.seekTo(0);
  if (position === 'latest') {
    reader.seekToEnd();
    return reader.offsetOf(reader.sequence);
  }
  return 'offset' in position ? reader.seekTo(position.offset) : seekToTime(reader, position.time);
}

/** Times need not ascend, since producers may set them: it stops at the first message that is recent enough. */
function seekToTime<T, V>(
  reader: BroadcastReader<OutgoingRecord<T>, RecordView<T, V>>,
  time: number,
): number {
  reader.seekTo(0);
  for (;;) {
    const batch = reader.batch();
    if (batch === undefined) return reader.offsetOf(reader.sequence);
    for (const record of batch) {
      if (record.timestamp < time) continue;
      const found = reader.lastSequence;
      reader.hold();
      reader.commitTo(found);
      reader.rereadFrom(found);
      return reader.offsetOf(found);
    }
    batch.release();
  }
}
