import {
  ClosedError,
  type Queue,
  type TimeoutOption,
  type WaitOptions,
  waitUntil,
} from '../../ring/index.ts';
import type { Clock } from '../clock.ts';
import { CROWDED, type DedupTable, DUPLICATE } from '../delivery/dedup-table.ts';
import type { Partition } from './partition.ts';
import type { OutgoingRecord } from './record.ts';
import type { SendResult } from './topic-options.ts';

/** How long to wait before asking again about an id whose outcome depends on another thread, which tells nobody. */
const AGAIN_MS = 1;
/** A ticket, UNDECIDED or CROWDED, or where the message with this id is. */
type Answer = number | SendResult;
const asleep = new Int32Array(new SharedArrayBuffer(4));

/**
 * Sends messages with ids, each id once: the id is claimed, the message written, and the claim confirmed. When its thread ends on the
 * way, `repair` learns from the partition whether the message was written, so it is neither lost nor sent twice. A call that waits for
 * room claims once, and holds its claim meanwhile.
 */
export class SentIds<T, V> {
  readonly #ids: DedupTable;
  readonly #partitions: readonly Partition<T, V>[];
  readonly #clock: Clock;
  /** How many calls of `send` wait until their ids can be claimed, */
  #waiting = 0;
  /** and those among them for which there is no entry: the first asks for all of them. */
  readonly #crowd: Queue = new Set();

  constructor(ids: DedupTable, partitions: readonly Partition<T, V>[], clock: Clock) {
    this.#ids = ids;
    this.#partitions = partitions;
    this.#clock = clock;
  }

  /** See `Topic.offer`: `true` also for a duplicate, `false` also while another message with this id is being sent. */
  offer(id: string, partition: number, record: OutgoingRecord<T>): boolean {
    const ticket = this.#claim(id, partition);
    if (ticket <= 0) return ticket === DUPLICATE;
    return this.#holding(ticket, partition, () => this.#write(ticket, partition, record) !== undefined);
  }

  async send(
    id: string,
    partition: number,
    record: OutgoingRecord<T>,
    { signal, timeout = Number.POSITIVE_INFINITY }: WaitOptions,
  ): Promise<SendResult> {
    const end = this.#clock.elapsed() + timeout;
    const left = () => ({ signal, timeout: Math.max(0, end - this.#clock.elapsed()) });
    const ticket = await this.#claimInTime(id, partition, left);
    if (typeof ticket !== 'number') return ticket;
    let offset: number | undefined;
    const attempt = () => {
      offset = this.#write(ticket, partition, record);
      return offset !== undefined;
    };
    try {
      await this.#at(partition).writer.putBy(attempt, left());
    } catch (error) {
      this.#withdraw(ticket, partition);
      throw error;
    }
    return { partition, offset: offset ?? -1, duplicate: false };
  }

  /** Blocks this thread, so the time is the machine's; `false` when it ran out. */
  sendSync(id: string, partition: number, record: OutgoingRecord<T>, { timeout }: TimeoutOption): boolean {
    const end = performance.now() + (timeout ?? Number.POSITIVE_INFINITY);
    let ticket = this.#claim(id, partition);
    while (ticket < DUPLICATE) {
      if (performance.now() >= end) return false;
      Atomics.wait(asleep, 0, 0, AGAIN_MS);
      ticket = this.#claim(id, partition);
    }
    if (ticket === DUPLICATE) return true;
    const attempt = () => this.#write(ticket, partition, record) !== undefined;
    const left = { timeout: Math.max(0, end - performance.now()) };
    return this.#holding(ticket, partition, () => this.#at(partition).writer.putSyncBy(attempt, left));
  }

  #at(partition: number): Partition<T, V> {
    return this.#partitions[partition] as Partition<T, V>;
  }

  /** Opens the writing end first: that keeps the thread's seat, by which its claims are known, until it is repaired. */
  #claim(id: string, partition: number): number {
    const { writer, lot } = this.#at(partition);
    if (writer.closed) throw new ClosedError('The topic is closed.');
    return this.#ids.claim(id, lot.seat.number, this.#clock.now());
  }

  /** What the table says, and of a duplicate where it is, before anybody else asks. */
  #ask(id: string, partition: number): Answer {
    const ticket = this.#claim(id, partition);
    if (ticket !== DUPLICATE) return ticket;
    return { partition: this.#ids.partition, offset: this.#ids.offset, duplicate: true };
  }

  async #claimInTime(id: string, partition: number, left: () => WaitOptions): Promise<Answer> {
    let answer = this.#ask(id, partition);
    while (typeof answer === 'number' && answer < 0) {
      this.#waiting++;
      answer = await this.#nextAnswer(answer, id, partition, left()).finally(() => this.#waiting--);
    }
    return answer;
  }

  /** Asks when this thread's bell rings, and every millisecond, until the answer is another one. */
  async #nextAnswer(answer: number, id: string, partition: number, options: WaitOptions): Promise<Answer> {
    let next: Answer = answer;
    const attempt = () => {
      next = this.#ask(id, partition);
      return next !== answer;
    };
    if (options.signal?.aborted) throw options.signal.reason;
    const queue: Queue = answer === CROWDED ? this.#crowd : new Set();
    const { seat } = this.#at(partition).lot;
    await waitUntil(
      { attempt, arm: () => AGAIN_MS },
      seat,
      queue,
      options,
      `Sending the id '${id}'${whyNot(answer)}`,
    );
    return next;
  }

  /** Does something with a claim, which is withdrawn when that says `false`, or throws. */
  #holding(ticket: number, partition: number, write: () => boolean): boolean {
    let written = false;
    try {
      written = write();
    } finally {
      if (!written) this.#withdraw(ticket, partition);
    }
    return written;
  }

  #withdraw(ticket: number, partition: number): void {
    this.#ids.withdraw(ticket);
    this.#tell(partition);
  }

  /** A claim is settled: calls of this thread that wait for it, perhaps, look again. */
  #tell(partition: number): void {
    const { lot } = this.#at(partition);
    if (this.#waiting > 0) lot.ring(lot.seat.number);
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
    const offset = ring.lastSequence === before ? -1 : ring.lastOffset;
    if (offset < 0) this.#ids.withdraw(ticket);
    else this.#ids.confirm(ticket, offset, this.#clock.now());
    this.#tell(partition);
    return offset;
  }

  /** After the end of a seat's thread, and before the partitions are repaired. */
  repair(seat: number): void {
    this.#ids.repair(seat, this.#clock.now(), (_, attempt) => {
      if (attempt === undefined) return undefined;
      const ring = this.#at(attempt.partition);
      const sequence = ring.publishedAfter(attempt.before, seat);
      return sequence === undefined ? undefined : ring.offsetOf(sequence);
    });
  }
}

const whyNot = (answer: number): string =>
  answer === CROWDED
    ? ', with more messages with ids waiting than the topic can remember (create it with a larger { dedup: { window } }),'
    : ', while another message with it is being sent (if its thread has ended, call repair(threadId)),';
