import { RoleTakenError } from '../../ring/index.ts';
import { type DeadLetterInfo, deadLetterOf, withoutDeadLetter } from '../delivery/dead-letter.ts';
import { TopicError } from '../errors.ts';
import { Message, type MessageCopy, withoutDelivery } from './message.ts';
import type { Partition } from './partition.ts';
import type { Topic } from './topic.ts';

export interface RedriveOptions<T> {
  /** Which letters are sent back. Default: all. */
  readonly filter?: (letter: MessageCopy<T>, past: DeadLetterInfo) => boolean;
  /** The most letters that are sent back. */
  readonly limit?: number;
}

/** The group by which dead letters are taken out of their topic. */
export const REDRIVE_GROUP = 'redrive';

/**
 * Sends the letters that a partition of a dead-letter topic has now back to where they came from, oldest first; how many. Those that the
 * filter does not want go behind the others: a topic is read in order, and what has been read does not come again. When its thread
 * ends on the way, one letter may have been sent back that is still there.
 */
export async function redrive<T, V>(
  topic: Topic<T, V>,
  partition: number,
  group: number,
  origin: (name: string) => Topic<T, V>,
  { filter = () => true, limit = Number.POSITIVE_INFINITY }: RedriveOptions<T>,
): Promise<number> {
  const reader = attach(topic, partition, group);
  const message = new Message<T, V>(topic.name, partition, withoutDelivery(reader));
  const end = (reader.sequence + reader.lag) | 0;
  let sent = 0;
  try {
    while (sent < limit && ((reader.sequence - end) | 0) < 0) {
      const batch = reader.batch(1);
      if (batch === undefined) break;
      for (const record of batch) {
        const letter = message.show(record).copy();
        const past = deadLetterOf(letter.headers);
        if (past !== undefined && filter(letter, past)) {
          await sendBack(origin(past.topic), letter, past);
          sent++;
        } else await keepLetter(topic, letter);
      }
      batch.release();
    }
  } finally {
    reader.detach();
  }
  return sent;
}

function attach<T, V>(topic: Topic<T, V>, partition: number, group: number) {
  try {
    return (topic.logs[partition] as Partition<T, V>).attach(group);
  } catch (error) {
    if (!(error instanceof RoleTakenError)) throw error;
    throw new TopicError(`Dead letters of topic '${topic.name}' are being sent back already.`, {
      cause: error,
    });
  }
}

async function sendBack<T, V>(to: Topic<T, V>, letter: MessageCopy<T>, past: DeadLetterInfo): Promise<void> {
  const headers = withoutDeadLetter(letter.headers);
  await to.send(letter.value, {
    partition: past.partition,
    ...(letter.key === undefined ? {} : { key: letter.key }),
    ...(headers === undefined ? {} : { headers }),
  });
}

async function keepLetter<T, V>(topic: Topic<T, V>, letter: MessageCopy<T>): Promise<void> {
  const { key, headers, timestamp, partition } = letter;
  await topic.send(letter.value, {
    partition,
    timestamp,
    ...(key === undefined ? {} : { key }),
    ...(headers === undefined ? {} : { headers }),
  });
}
