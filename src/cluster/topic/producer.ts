import type { WaitOptions } from '../../ring/index.ts';
import { type ProducerSession, ProducerTable, StaleProducerError } from '../delivery/producer-table.ts';
import { TopicError } from '../errors.ts';
import { NameTable } from './name-table.ts';
import type { Partition } from './partition.ts';
import type { OutgoingRecord } from './record.ts';
import type { SendResult, TopicHandle } from './topic-options.ts';

/** What a producer needs of its topic. */
export interface ProducerTopic<T, V> {
  readonly handle: TopicHandle;
  readonly logs: readonly Partition<T, V>[];
  /** The record and its partition. */
  prepare(value: T, options: ProducerSendOptions): { record: OutgoingRecord<T>; partition: number };
  told(partition: number): void;
}

export interface ProducerSendOptions extends WaitOptions {
  /**
   * The message's number: whole, from 1, and growing. One that is not above `producer.sequence` is in the log already and is not written
   * again. Default: the next one.
   */
  readonly sequence?: number;
  readonly key?: string;
  readonly partition?: number;
  readonly headers?: Readonly<Record<string, string | number | boolean>>;
  readonly timestamp?: number;
  readonly ttl?: number;
}

/**
 * A sender with a name, whose messages are numbered: each number is written once, also when the thread dies and its successor begins
 * again with an earlier one. So a source that can be read again, a file or a cursor, ends up in the topic exactly once:
 * `for (let line = producer.sequence + 1; …; line++) await producer.send(lines[line], { sequence: line })`.
 *
 * Messages are written one after the other, in the order of the calls, over all partitions: whatever lies at or below
 * `sequence` is in the log. One thread at a time; whoever opens the name last is the one.
 */
export class Producer<T> {
  readonly name: string;
  readonly #session: ProducerSession;
  readonly #topic: ProducerTopic<T, unknown>;
  #sequence: number;
  #next: number;
  /** The last call, and how many are not settled. */
  #turn: Promise<unknown> = Promise.resolve();
  #queued = 0;

  /** @internal use `topic.producer()` */
  constructor(name: string, session: ProducerSession, topic: ProducerTopic<T, unknown>) {
    this.name = name;
    this.#session = session;
    this.#topic = topic;
    this.#sequence = topic.logs.reduce((most, _, partition) => Math.max(most, session.sent(partition)), 0);
    this.#next = this.#sequence + 1;
  }

  /** The number of the last message in the log; 0 before the first. */
  get sequence(): number {
    return this.#sequence;
  }

  /**
   * Sends a message after those before it, waiting while its partition is full. `duplicate` says that the number was written already.
   * Rejects with `StaleProducerError` when the name was opened again, by whatever thread. When a call fails, those made behind it by
   * then fail, too: nothing is written behind a gap.
   */
  send(value: T, options: ProducerSendOptions = {}): Promise<SendResult> {
    const sequence = options.sequence ?? this.#next;
    this.#next = sequence + 1;
    this.#queued++;
    const sent = this.#turn.then(() => this.#send(sequence, value, options)).finally(() => this.#settled());
    this.#turn = sent;
    return sent;
  }

  #settled(): void {
    if (--this.#queued > 0) return;
    this.#turn = Promise.resolve();
    this.#next = this.#sequence + 1;
  }

  async #send(sequence: number, value: T, options: ProducerSendOptions): Promise<SendResult> {
    const { record, partition } = this.#topic.prepare(value, options);
    if (sequence <= this.#sequence) return { partition, offset: -1, duplicate: true };
    let offset = -1;
    const ring = this.#topic.logs[partition] as Partition<T, unknown>;
    await ring.writer.putBy(() => {
      const before = ring.lastSequence;
      if (!this.#write(ring, record, partition, sequence, before)) return false;
      offset = ring.lastSequence === before ? -1 : ring.lastOffset;
      return true;
    }, options);
    this.#sequence = sequence;
    this.#topic.told(partition);
    return { partition, offset, duplicate: false };
  }

  #write(
    ring: Partition<T, unknown>,
    record: OutgoingRecord<T>,
    partition: number,
    sequence: number,
    before: number,
  ): boolean {
    if (!this.#session.begin(partition, sequence, before)) throw new StaleProducerError(this.name);
    let written = false;
    try {
      written = ring.writer.offer(record);
    } finally {
      if (written) this.#session.confirm(partition, sequence);
      else this.#session.end(partition);
    }
    return written;
  }
}

/**
 * Makes this thread, by its seat, the one that sends as the producer of this name. Throws `TopicError` while what another thread that
 * has ended was sending by that name is not settled.
 */
export function openProducer<T, V>(name: string, topic: ProducerTopic<T, V>, seat: number): Producer<T> {
  const { names, table } = topic.handle.producers;
  const number = new NameTable(names, 'producer').join(name);
  const session = new ProducerTable(table, topic.logs.length).open(number, seat);
  if (session !== undefined) return new Producer<T>(name, session, topic as ProducerTopic<T, unknown>);
  throw new TopicError(
    `The thread of producer '${name}' ended in the middle of a message: call bus.repair(threadId), or guard(worker, [bus]), first.`,
  );
}
