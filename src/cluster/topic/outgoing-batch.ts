import type { WaitOptions } from '../../ring/index.ts';
import type { Partition } from './partition.ts';
import type { OutgoingRecord } from './record.ts';

/**
 * Messages that are sent together, sorted by partition. Those of one keep their order, and are published by one step, or by a few where
 * there is no room for all of them: what a message costs by itself is mostly that producers take turns at a partition.
 */
export class OutgoingBatch<T, V> {
  readonly #partitions: readonly Partition<T, V>[];
  readonly #records: (OutgoingRecord<T>[] | undefined)[];
  readonly #written: (partition: number, messages: number) => void;

  /** @param written is told how many messages were written to a partition */
  constructor(
    partitions: readonly Partition<T, V>[],
    written: (partition: number, messages: number) => void,
  ) {
    this.#partitions = partitions;
    this.#records = new Array(partitions.length);
    this.#written = written;
  }

  add(record: OutgoingRecord<T>, partition: number): void {
    const records = this.#records[partition];
    if (records === undefined) this.#records[partition] = [record];
    else records.push(record);
  }

  /** Writes everything, waiting where there is no room. Nothing is under way any more when it settles. */
  async write(options: WaitOptions): Promise<void> {
    const writing = this.#records.map((records = [], partition) => this.#write(partition, records, options));
    for (const outcome of await Promise.allSettled(writing))
      if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** In its turn among the calls of this thread that wait for the same partition. */
  #write(partition: number, records: readonly OutgoingRecord<T>[], options: WaitOptions): Promise<void> {
    let done = 0;
    const attempt = () => {
      done += this.#offer(partition, records, done);
      return done === records.length;
    };
    return this.#at(partition).writer.putBy(attempt, options);
  }

  /** The same, blocking this thread; how many messages were written when the time ran out, or all of them. */
  writeSync(timeoutMs: number = Number.POSITIVE_INFINITY): number {
    const done = this.#records.map((records = [], partition) => this.#offer(partition, records, 0)); // No partition waits for another one.
    const isFull = this.#records.some((records = [], partition) => done[partition] !== records.length);
    if (isFull) this.#finish(done, performance.now() + timeoutMs);
    return done.reduce((all, messages) => all + messages, 0);
  }

  #finish(done: number[], end: number): void {
    this.#records.forEach((records = [], partition) => {
      done[partition] = this.#finishOne(partition, records, done[partition] as number, end);
    });
  }

  /** @param end when to give up, by `performance.now()` */
  #finishOne(partition: number, records: readonly OutgoingRecord<T>[], from: number, end: number): number {
    let done = from;
    while (done < records.length) {
      const next = records[done] as OutgoingRecord<T>;
      const timeout = Math.max(0, end - performance.now());
      if (!this.#at(partition).writer.putSync(next, { timeout })) return done;
      this.#written(partition, 1);
      done += 1 + this.#offer(partition, records, done + 1);
    }
    return done;
  }

  /**
   * Writes as many as there is room for, from number `from` on; how many. Not more of them are looked at in one go than a partition
   * holds: the ring would encode all of them, and again at each attempt.
   */
  #offer(partition: number, records: readonly OutgoingRecord<T>[], from: number): number {
    const { capacity, writer } = this.#at(partition);
    let done = from;
    for (let isFull = false; !isFull && done < records.length; ) {
      const isAll = done === 0 && records.length <= capacity;
      const part = isAll ? records : records.slice(done, done + capacity);
      const messages = writer.offerAll(part);
      isFull = messages < part.length;
      done += messages;
    }
    if (done > from) this.#written(partition, done - from);
    return done - from;
  }

  #at(partition: number): Partition<T, V> {
    return this.#partitions[partition] as Partition<T, V>;
  }
}
