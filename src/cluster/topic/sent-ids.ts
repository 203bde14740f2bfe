import { setTimeout as pause } from 'node:timers/promises';
import { ClosedError, TimeoutError, type WaitOptions } from '../../ring/index.ts';
import { type DedupTable, DUPLICATE, UNDECIDED } from '../delivery/dedup-table.ts';
import type { Partition } from './partition.ts';
import type { OutgoingRecord } from './record.ts';
import type { SendResult } from './topic-options.ts';

/** How long to wait before asking again about an id that another message is being sent with. */
const AGAIN_MS = 1;
/** The most ids that are remembered as refused by one partition. */
const REFUSED_MAX = 1024;
const asleep = new Int32Array(new SharedArrayBuffer(4));

/**
 * Sends messages with ids, each id once: the id is claimed, the message written, and the claim confirmed. When its thread ends on the
 * way, `repair` learns from the partition whether the message was written, so it is neither lost nor sent twice.
 */
export class SentIds<T, V> {
  readonly #ids: DedupTable;
  readonly #partitions: readonly Partition<T, V>[];
  readonly #now: () => number;
  /** Ids of messages that a partition had no room for when last asked, by partition: until it has some, they are not claimed again. */
  readonly #refused = new Map<number, Set<string>>();

  constructor(ids: DedupTable, partitions: readonly Partition<T, V>[], now: () => number) {
    this.#ids = ids;
    this.#partitions = partitions;
    this.#now = now;
  }

  /** See `Topic.offer`: `true` also for a duplicate, `false` also while another message with this id is being sent. */
  offer(id: string, partition: number, record: OutgoingRecord<T>): boolean {
    if (this.#isRefusedStill(id, partition)) return this.#ids.isSent(id, this.#now());
    const ticket = this.#claim(id, partition);
    if (ticket <= 0) return ticket === DUPLICATE;
    let offset: number | undefined;
    try {
      offset = this.#write(ticket, partition, record);
    } finally {
      if (offset === undefined) this.#ids.withdraw(ticket);
    }
    if (offset === undefined) this.#noteRefused(id, partition);
    return offset !== undefined;
  }

  #isRefusedStill(id: string, partition: number): boolean {
    if (this.#refused.get(partition)?.has(id) !== true) return false;
    if (!this.#at(partition).writer.waitable.messages.ready()) return true;
    this.#refused.delete(partition);
    return false;
  }

  #noteRefused(id: string, partition: number): void {
    const refused = this.#refused.get(partition);
    if (refused === undefined || refused.size === REFUSED_MAX) this.#refused.set(partition, new Set([id]));
    else refused.add(id);
  }

  async send(
    id: string,
    partition: number,
    record: OutgoingRecord<T>,
    options: WaitOptions,
  ): Promise<SendResult> {
    const ticket = await this.#claimInTime(id, partition, options);
    if (ticket === DUPLICATE)
      return { partition: this.#ids.partition, offset: this.#ids.offset, duplicate: true };
    let offset: number | undefined;
    const attempt = () => {
      offset = this.#write(ticket, partition, record);
      return offset !== undefined;
    };
    try {
      await this.#at(partition).writer.putBy(attempt, options);
    } catch (error) {
      this.#ids.withdraw(ticket);
      throw error;
    }
    return { partition, offset: offset ?? -1, duplicate: false };
  }

  /** Blocks this thread; `false` when the time ran out. */
  sendSync(
    id: string,
    partition: number,
    record: OutgoingRecord<T>,
    timeoutMs: number = Number.POSITIVE_INFINITY,
  ): boolean {
    const end = performance.now() + timeoutMs;
    for (;;) {
      if (this.offer(id, partition, record)) return true;
      if (performance.now() >= end) return false;
      Atomics.wait(asleep, 0, 0, AGAIN_MS);
    }
  }

  #at(partition: number): Partition<T, V> {
    return this.#partitions[partition] as Partition<T, V>;
  }

  /** Opens the writing end first: that keeps the thread's seat, by which its claims are known, until it is repaired. */
  #claim(id: string, partition: number): number {
    const { writer, lot } = this.#at(partition);
    if (writer.closed) throw new ClosedError('The topic is closed.');
    return this.#ids.claim(id, lot.seat.number, this.#now());
  }

  async #claimInTime(id: string, partition: number, { timeout, signal }: WaitOptions): Promise<number> {
    const end = performance.now() + (timeout ?? Number.POSITIVE_INFINITY);
    for (;;) {
      const ticket = this.#claim(id, partition);
      if (ticket !== UNDECIDED) return ticket;
      if (performance.now() >= end) {
        throw new TimeoutError(
          `Another message with the id '${id}' was being sent for ${timeout} ms. If its thread has ended, call repair(threadId).`,
        );
      }
      if (signal?.aborted) throw signal.reason;
      await pause(AGAIN_MS);
    }
  }

  /** The message's offset; −1 when the overflow policy has dropped it, `undefined` when there is no room. */
  #write(ticket: number, partition: number, record: OutgoingRecord<T>): number | undefined {
    const ring = this.#at(partition);
    const before = ring.lastSequence;
    this.#ids.begin(ticket, partition, before);
    let written = false;
    try {
      written = ring.writer.offer(record);
    } finally {
      if (!written) this.#ids.end(ticket);
    }
    if (!written) return undefined;
    if (ring.lastSequence === before) this.#ids.withdraw(ticket);
    else this.#ids.confirm(ticket, partition, ring.lastOffset);
    return ring.lastSequence === before ? -1 : ring.lastOffset;
  }

  /** After the end of a seat's thread, and before the partitions are repaired. */
  repair(seat: number): void {
    this.#ids.repair(seat, (_, attempt) => {
      if (attempt === undefined) return undefined;
      const ring = this.#at(attempt.partition);
      const sequence = ring.publishedAfter(attempt.before, seat);
      return sequence === undefined
        ? undefined
        : { partition: attempt.partition, offset: ring.offsetOf(sequence) };
    });
  }
}
