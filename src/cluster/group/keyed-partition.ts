import { OptionError } from '../../ring/index.ts';
import type { Clock, Timer } from '../clock.ts';
import { KeyLanes } from '../delivery/key-lanes.ts';
import { type Delivery, Message } from '../topic/message.ts';
import { hashOfText } from '../topic/partitioner.ts';
import type { Headers } from '../topic/record.ts';
import type { RecordView } from '../topic/record-view.ts';
import type { Assignment } from './assignment.ts';
import { Contiguous } from './contiguous.ts';
import type { Failure } from './failure.ts';
import { failureOf } from './settle.ts';

/** A message of a keyed partition that is with a handler, shown in place. */
export class KeyedMessage<T, V> implements Delivery {
  readonly message: Message<T, V>;
  verdict: 'ack' | Failure | undefined;
  sequence = 0;
  attempt = 1;
  #record: RecordView<T, V> | undefined;
  readonly #assignment: Assignment<T, V>;
  readonly #viewer: { at(sequence: number): RecordView<T, V> };

  constructor(assignment: Assignment<T, V>) {
    this.#assignment = assignment;
    this.#viewer = assignment.viewer();
    this.message = new Message<T, V>(assignment.message.topic, assignment.partition, this);
  }

  show(sequence: number, attempt: number): void {
    this.sequence = sequence;
    this.attempt = attempt;
    this.verdict = undefined;
    this.#record = this.#viewer.at(sequence);
    this.message.show(this.#record);
  }

  get deaths(): number {
    return this.#assignment.deathsAt(this.sequence);
  }

  isExpired(nowMs: () => number): boolean {
    return this.#record?.isExpired(nowMs) ?? false;
  }

  get offset(): number {
    return this.#assignment.reader.offsetOf(this.sequence);
  }

  get signal(): AbortSignal {
    return this.#assignment.signal;
  }

  ack(): void {
    this.#assignment.check();
    this.verdict = 'ack';
  }

  nack(delayMs: number | undefined): void {
    this.#assignment.check();
    this.verdict = failureOf(this, { delayMs });
  }

  dead(reason: string): void {
    this.#assignment.check();
    this.verdict = failureOf(this, { reason });
  }

  extend(ms: number): void {
    if (!(ms > 0)) throw new OptionError('ms', `extend() takes milliseconds above 0, got ${ms}.`);
  }

  reply(to: Headers | undefined, value: unknown): void {
    this.#assignment.reply(to, value);
  }
}

/**
 * A partition whose keys are handled side by side: of each key one message at a time, in order. Messages are read ahead of the group's
 * cursor, which follows behind the oldest that is not done. Used by one thread.
 */
export class KeyedPartition<T, V> {
  readonly assignment: Assignment<T, V>;
  readonly lanes: KeyLanes;
  /** Set when the partition is to be given away, or to go to another position, or its member ends: nothing more is started. */
  closing = false;
  /** Messages with handlers that have not returned. */
  inFlight = 0;
  readonly #contiguous = new Contiguous();
  readonly #free: KeyedMessage<T, V>[] = [];
  /** How often handlers have failed with the messages with which they have. */
  readonly #errors = new Map<number, number>();
  /** Of messages that are to be handled once more later. */
  readonly #timers = new Set<Timer>();

  /** @param slots of the partition */
  constructor(assignment: Assignment<T, V>, slots: number) {
    this.assignment = assignment;
    this.lanes = new KeyLanes(2 ** Math.ceil(Math.log2(slots)));
  }

  /** Messages read and not committed. */
  get backlog(): number {
    return this.#contiguous.size;
  }

  /** Reads the messages of the open batch ahead. Those without a key are each on a lane of chance. */
  readAhead(): void {
    const { batch, reader } = this.assignment;
    for (const record of batch ?? []) {
      const sequence = reader.lastSequence;
      const { key } = record;
      this.#contiguous.add(sequence);
      this.lanes.add(sequence, key === undefined ? Math.imul(sequence, 0x9e37_79b1) >>> 8 : hashOfText(key));
    }
    this.assignment.hold();
  }

  /** The next message whose key has none in hand. Only when `lanes.ready`. */
  next(): KeyedMessage<T, V> {
    const sequence = this.lanes.next();
    const message = this.#free.pop() ?? new KeyedMessage(this.assignment);
    const deaths = this.assignment.deathsAt(sequence);
    message.show(sequence, (this.#errors.get(sequence) ?? 0) + deaths + 1);
    return message;
  }

  /** A handler has done the message. */
  handled(message: KeyedMessage<T, V>): void {
    this.assignment.meter?.record(message.message.timestamp);
    this.done(message);
  }

  /** The message is done: commits what it completes. */
  done(message: KeyedMessage<T, V>): void {
    const { sequence } = message;
    this.#free.push(message);
    this.#errors.delete(sequence);
    this.lanes.done(sequence);
    const oldest = this.#contiguous.done(sequence);
    this.assignment.commitDone(oldest ?? this.assignment.reader.sequence);
  }

  /** The message is to be handled once more before the others of its key. */
  again(message: KeyedMessage<T, V>): void {
    this.#free.push(message);
    this.#errors.set(message.sequence, message.attempt - message.deaths);
    this.lanes.again(message.sequence);
  }

  /** The same, some milliseconds later. Meanwhile its key waits, and nothing else. */
  againAfter(ms: number, message: KeyedMessage<T, V>, clock: Clock, then: () => void): void {
    const timer = clock.after(ms, () => {
      this.#timers.delete(timer);
      this.again(message);
      then();
    });
    this.#timers.add(timer);
  }

  /** Starts nothing more: what is not done is left to whoever reads there next. */
  close(): void {
    this.closing = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }
}
