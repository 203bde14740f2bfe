import { type Codec, codecFromSpec, UnsupportedError } from '../../ring/index.ts';
import type { HandlerModule } from '../../workers/index.ts';
import { TopicError } from '../errors.ts';
import type { ConsumeOptions } from '../group/consume-options.ts';
import { Consumer } from '../group/consumer.ts';
import { Group } from '../group/group.ts';
import { GROUPS } from '../group/group-memory.ts';
import { type BrowseOptions, browse } from './browse.ts';
import type { Message, MessageCopy } from './message.ts';
import { NameTable } from './name-table.ts';
import type { Partition } from './partition.ts';
import { type Position, seek } from './position.ts';
import { REDRIVE_GROUP, type RedriveOptions, redrive } from './redrive.ts';
import { oldestTime } from './retention.ts';
import { checkedPartition } from './sender.ts';
import type { Topic } from './topic.ts';
import type { TopicHost } from './topic-options.ts';

/** Letters that a dead-letter topic keeps which was not created before. */
const DEAD_LETTERS = 1024;

type Handler<T, V> = URL | ((message: Message<T, V>) => unknown) | undefined;

/** The reading half of a topic, for one thread: knows its groups, joins them, and starts consumers. */
export class Receiver<T, V> {
  readonly #topic: Topic<T, V>;
  readonly #groups: NameTable;
  readonly #host: TopicHost;

  constructor(topic: Topic<T, V>, host: TopicHost) {
    this.#topic = topic;
    this.#groups = new NameTable(topic.handle.groups, 'group');
    this.#host = host;
  }

  consume(options: ConsumeOptions, handler: Handler<T, V>): Consumer<T, V> {
    const { handle, name } = this.#topic;
    if (handle.laps) checkLapping(name, options);
    const group = this.#join(options);
    const deadLetter = this.#deadLetter(options.deadLetter);
    if (handler === undefined) return Consumer.batches(group, options);
    if (handler instanceof URL)
      return Consumer.onThreads(group, handle, options, handler, (id) => this.#topic.repair(id));
    return Consumer.here(group, options, { default: handler } as HandlerModule<Message<T, V>>, deadLetter);
  }

  /**
   * The topic for dead letters carries the same codec, and is made if there is none: it keeps its letters until it needs the room, so that
   * giving a message up does not wait for somebody who reads them.
   */
  #deadLetter(name: string | undefined): Topic<T, V> | undefined {
    if (name === undefined) return undefined;
    const retention = { messages: DEAD_LETTERS };
    return this.#host.topic(name, codecFromSpec(this.#topic.handle.codec) as Codec<T, V>, { retention });
  }

  /** See `Topic.redrive`. */
  async redrive(options: RedriveOptions<T>): Promise<number> {
    const group = this.#join({ group: REDRIVE_GROUP }).number;
    const origin = (name: string) => this.#host.topic(name) as Topic<T, V>;
    const { limit = Number.POSITIVE_INFINITY } = options;
    let sent = 0;
    for (const partition of this.#topic.logs.keys())
      sent += await redrive(this.#topic, partition, group, origin, { ...options, limit: limit - sent });
    return sent;
  }

  #join({ group: name, from = 'earliest' }: ConsumeOptions): Group<T, V> {
    if (this.#topic.handle.retention === 'workqueue') this.#checkAlone(name);
    const number = this.#groups.join(name);
    for (const partition of this.#topic.logs) {
      if (partition.ensureSubscription(number)) begin(partition, number, this.#position(from));
    }
    return new Group<T, V>(this.#topic, name, number);
  }

  #checkAlone(name: string): void {
    const other = this.#groups.entries().find((group) => group.name !== name);
    if (other === undefined) return;
    throw new TopicError(
      `Topic '${this.#topic.name}' is a work queue of group '${other.name}': only that group may read it, not '${name}'.`,
    );
  }

  #position(from: Position): Position {
    const { handle, clock } = this.#topic;
    const time = from === 'earliest' ? oldestTime(handle.retention, clock.now()) : 0;
    return time > 0 ? { time } : from;
  }

  /** See `Topic.browse`. */
  *browse({ partition, from = 'earliest' }: BrowseOptions): Generator<MessageCopy<T>> {
    const { logs, name } = this.#topic;
    const partitions =
      partition === undefined ? [...logs.keys()] : [checkedPartition(name, logs.length, partition)];
    const position = this.#position(from);
    if (position === 'latest') return; // Behind the newest message there is nothing.
    for (const number of partitions) {
      const log = logs[number] as Partition<T, V>;
      const reader = log.subscribe({ from: 'oldest', least: GROUPS, holds: true });
      yield* browse(name, number, reader, position);
    }
  }

  /** All groups that there are. */
  groups(): Group<T, V>[] {
    return this.#groups.entries().map(({ name, number }) => new Group<T, V>(this.#topic, name, number));
  }

  /** The number of a group: that of its subscription in every partition. Throws `TopicError` if there is none. */
  numberOf(groupName: string): number {
    const group = this.#groups.find(groupName);
    if (group !== undefined) return group;
    throw new TopicError(`Topic '${this.#topic.name}' has no group '${groupName}'.`);
  }
}

/** Messages are shown from copies where producers may go on over them, so those of a partition are read by one member, in order. */
function checkLapping(name: string, { ordering = 'partition' }: ConsumeOptions): void {
  if (ordering === 'partition') return;
  throw new UnsupportedError(
    `Topic '${name}' drops its oldest messages, so it is read with ordering: 'partition', not '${ordering}'.`,
  );
}

/** Where a group that is new begins to read. If another thread of the group reads already, it stays where that one is. */
function begin<T, V>(partition: Partition<T, V>, subscription: number, from: Position): void {
  if (from === 'earliest') return;
  const reader = partition.attach(subscription, { holds: true });
  seek(reader, from);
  reader.detach();
}
