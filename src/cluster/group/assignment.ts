import type { Batch, BroadcastReader } from '../../ring/index.ts';
import { OptionError } from '../../ring/index.ts';
import { StaleMemberError } from '../errors.ts';
import { type Delivery, Message } from '../topic/message.ts';
import type { Partition } from '../topic/partition.ts';
import { type Position, seek } from '../topic/position.ts';
import type { Headers, OutgoingRecord } from '../topic/record.ts';
import type { RecordView } from '../topic/record-view.ts';
import type { Failure } from './failure.ts';
import type { Group } from './group.ts';
import { ACKED, EXPIRED, MISSED, REDELIVERED } from './group-memory.ts';
import type { LatencyMeter } from './latency.ts';
import type { Membership } from './membership.ts';
import type { RateGate } from './rate-gate.ts';
import { failureOf } from './settle.ts';

/** Messages that are read one by one after a thread has died: so that the one that kills is found. */
const CAREFUL_MESSAGES = 1024;

export interface AssignmentOptions {
  readonly commit: 'auto' | 'manual' | 'before';
  /** Messages of a batch. */
  readonly prefetch: number;
  /** Producers have gone on over messages that were not read. */
  readonly onMissed: (partition: number, missed: number) => void;
}

/**
 * A partition that a member owns: reads its messages in order, and moves the group's cursor behind what was acknowledged.
 * From the claim to the release it is the only one that moves it.
 */
export class Assignment<T, V> implements Delivery {
  readonly partition: number;
  readonly reader: BroadcastReader<OutgoingRecord<T>, RecordView<T, V>>;
  readonly message: Message<T, V>;
  readonly signal: AbortSignal;
  /** Notes how long messages took, if somebody wants to know. */
  readonly meter: LatencyMeter | undefined;
  /** Milliseconds since 1970 before which it is not read: the message at the cursor waits for its next delivery. */
  notBefore = 0;
  paused = false;
  /** Nothing more is read before some messages that were read ahead are done. */
  isBusy = false;
  /** Whether `open` found that there may be messages, and that it is not their time yet. */
  isHeldBack = false;
  /** Where to go before the next batch. */
  seekTo: Position | undefined;
  /** What `open` has found. */
  batch: Batch<RecordView<T, V>> | undefined;
  /** Whether the open batch has one message only, because something went wrong among those that begin there. */
  isCareful = false;
  /** What the handler said about the message it has, other than by returning or throwing. */
  verdict: 'ack' | Failure | undefined;
  readonly #group: Group<T, V>;
  readonly #membership: Membership;
  readonly #claim: number;
  readonly #options: AssignmentOptions;
  readonly #abort = new AbortController();
  /** The message whose handler has failed, and how often. */
  #failedAt: number;
  #errors: number;
  /** The message that threads died with, and how many. */
  readonly #diedAt: number;
  readonly #deaths: number;
  #careful: number;
  /** From where on the messages of the open batch are to come again when it fails as a whole. */
  #start = 0;
  /** What the rate has allowed for the open batch. */
  #granted: { readonly rate: RateGate; readonly count: number } | undefined;

  /** @param stop aborted when the consumer is to stop */
  constructor(
    group: Group<T, V>,
    membership: Membership,
    partition: number,
    claim: number,
    options: AssignmentOptions,
    stop: AbortSignal,
  ) {
    this.#group = group;
    this.#membership = membership;
    this.partition = partition;
    this.#claim = claim;
    this.#options = options;
    this.signal = AbortSignal.any([this.#abort.signal, stop]);
    this.meter = group.meter(membership.member);
    this.reader = (group.topic.logs[partition] as Partition<T, V>).attach(group.number, {
      holds: true,
      onMissed: (missed) => this.#tellMissed(missed),
    });
    this.message = new Message<T, V>(group.topic.name, partition, this);
    const { sequence } = this.reader;
    this.#failedAt = sequence;
    this.#errors = group.errorsAt(partition, sequence);
    this.#diedAt = sequence;
    this.#deaths = group.deathsAt(partition, sequence);
    this.#careful = this.#deaths > 0 ? CAREFUL_MESSAGES : 0;
  }

  /** Opens a batch of the messages that are there; `false` when there are none, or it is not their time yet. */
  open(nowMs: () => number, rate: RateGate | undefined): boolean {
    if (this.seekTo !== undefined) this.#seek(this.seekTo);
    this.isHeldBack = this.isBusy || this.isDelayed(nowMs);
    if (this.paused || this.isHeldBack) return false;
    this.#start = this.reader.sequence;
    const most = this.#careful > 0 ? 1 : this.#options.prefetch;
    const batch = rate === undefined ? this.reader.batch(most) : this.#openWithin(rate, most);
    if (batch === undefined) return false;
    this.isCareful = this.#careful > 0;
    if (this.isCareful) this.#careful--;
    this.verdict = undefined;
    this.batch = batch;
    return true;
  }

  /** Asks the rate for about as many messages as there are. */
  #openWithin(rate: RateGate, most: number): Batch<RecordView<T, V>> | undefined {
    if (!this.reader.waitable.messages.ready()) return undefined;
    const granted = rate.grant(Math.min(most, Math.max(1, this.reader.lag)));
    this.isHeldBack = granted === 0;
    const batch = granted === 0 ? undefined : this.reader.batch(granted);
    if (batch === undefined) rate.giveBack(granted);
    else this.#granted = { rate, count: granted };
    return batch;
  }

  /** The open batch has ended: of the messages that the rate allowed, so many were there. */
  #settleRate(messages: number): void {
    this.#granted?.rate.giveBack(this.#granted.count - messages);
    this.#granted = undefined;
  }

  /** Slots of the batch opened last that were looked at. */
  get slotsRead(): number {
    return (this.reader.sequence - this.#start) | 0;
  }

  /** What was looked at of the open batch is held until `commitTo`; with `all`, the whole of it. How many messages. */
  hold(all = false): number {
    const messages = this.reader.hold(all);
    this.#settleRate(messages);
    return messages;
  }

  #seek(position: Position): void {
    this.check();
    this.seekTo = undefined;
    this.notBefore = 0;
    seek(this.reader, position);
  }

  isDelayed(nowMs: () => number): boolean {
    return this.notBefore !== 0 && nowMs() < this.notBefore;
  }

  get offset(): number {
    return this.reader.offset;
  }

  get attempt(): number {
    return this.#errorsNow + this.deaths + 1;
  }

  get #errorsNow(): number {
    return this.reader.lastSequence === this.#failedAt ? this.#errors : 0;
  }

  get deaths(): number {
    return this.deathsAt(this.reader.lastSequence);
  }

  /** Threads that died with the message with this sequence. */
  deathsAt(sequence: number): number {
    return sequence === this.#diedAt ? this.#deaths : 0;
  }

  /** The message looked at last is to be done at most once: the group's cursor moves behind it before it is handled. */
  commitBefore(): void {
    this.check();
    this.reader.commitTo(this.reader.sequence);
  }

  /**
   * Ends the open batch: what was looked at was handled, or with `all` the whole of it. With manual commits it stays held until
   * `ack`.
   */
  finish(all = false): void {
    this.check();
    const messages = this.hold(all);
    if (this.#options.commit !== 'manual') this.reader.commitTo(this.reader.sequence);
    this.#group.count(ACKED, this.partition, messages);
  }

  /** Throws `StaleMemberError` unless the partition still is this member's. */
  check(): void {
    if (this.#membership.holds(this.partition, this.#claim)) return;
    throw new StaleMemberError(
      `Partition ${this.partition} of topic '${this.#group.topic.name}' was given to another member of group '${this.#group.name}'; ` +
        'it reads on from what was committed before.',
    );
  }

  /** The group's cursor moves behind the messages before this sequence. */
  commitTo(sequence: number): void {
    this.check();
    this.reader.commitTo(sequence);
  }

  /** Everything before this sequence was handled, in whatever order. */
  commitDone(sequence: number): void {
    this.#group.count(ACKED, this.partition, 1);
    this.commitTo(sequence);
  }

  /** A message was passed over because it is over its time to live. */
  countExpired(): void {
    this.#group.count(EXPIRED, this.partition, 1);
  }

  #tellMissed(missed: number): void {
    this.#group.count(MISSED, this.partition, missed);
    this.#options.onMissed(this.partition, missed);
  }

  /** A view of its own on the partition's messages. */
  viewer(): { at(sequence: number): RecordView<T, V> } {
    return (this.#group.topic.logs[this.partition] as Partition<T, V>).viewer();
  }

  /** Ends the open batch at the message looked at last: what lies before it is done, it is delivered again. */
  giveBack(delayMs: number, nowMs: number): void {
    this.#errors = this.#errorsNow + 1;
    this.#failedAt = this.reader.lastSequence;
    this.#group.noteErrors(this.partition, this.#failedAt, this.#errors);
    this.#readAgain(this.#failedAt, delayMs, nowMs);
  }

  /** Ends the open batch: all of it that was not acknowledged is delivered again, one message at a time. */
  giveBackAll(): void {
    this.#careful = CAREFUL_MESSAGES;
    this.#readAgain(this.#start, 0, 0);
  }

  #readAgain(sequence: number, delayMs: number, nowMs: number): void {
    this.check();
    this.notBefore = delayMs > 0 ? nowMs + delayMs : 0;
    this.hold();
    if (this.#options.commit !== 'manual') this.reader.commitTo(sequence);
    this.reader.rereadFrom(sequence);
    this.#group.count(REDELIVERED, this.partition, 1);
  }

  /** Everything up to the message looked at last is done, whatever becomes of the rest of the batch. */
  ack(): void {
    this.verdict = 'ack';
    this.#start = this.reader.sequence;
    if (this.#options.commit === 'manual') this.commitTo(this.reader.sequence);
  }

  nack(delayMs: number | undefined): void {
    this.verdict = failureOf(this, { delayMs });
  }

  dead(reason: string): void {
    this.verdict = failureOf(this, { reason });
  }

  extend(ms: number): void {
    if (ms > 0) return;
    throw new OptionError('ms', `extend() takes a number of milliseconds above 0, got ${ms}.`);
  }

  reply(to: Headers | undefined, value: unknown): void {
    this.#group.topic.reply(to, value);
  }

  /** Tells handlers that the partition is to be given away. */
  announceRelease(): void {
    this.#abort.abort();
  }

  /** Gives the partition up: its next owner reads on from the cursor. */
  release(): void {
    this.#abort.abort();
    this.reader.detach();
    this.#settleRate(0);
    this.#membership.release(this.partition);
  }
}
