import type { Batch, BroadcastReader } from '../../ring/index.ts';
import { OptionError } from '../../ring/index.ts';
import { StaleMemberError } from '../errors.ts';
import { type Delivery, Message } from '../topic/message.ts';
import { type Position, seek } from '../topic/position.ts';
import type { Headers, OutgoingRecord, RecordView } from '../topic/record.ts';
import type { Partition } from '../topic/topic.ts';
import type { Failure } from './failure.ts';
import type { Group } from './group.ts';
import { ACKED, REDELIVERED } from './group-memory.ts';
import type { Membership } from './membership.ts';

/** Messages that are read one by one after a thread has died: so that the one that kills is found. */
const CAREFUL_MESSAGES = 1024;

/**
 * A partition that a member owns: reads its messages in order, and moves the group's cursor behind what was acknowledged.
 * From the claim to the release it is the only one that moves it.
 */
export class Assignment<T, V> implements Delivery {
  readonly partition: number;
  readonly reader: BroadcastReader<OutgoingRecord<T>, RecordView<T, V>>;
  readonly message: Message<T, V>;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970 before which it is not read: the message at the cursor waits for its next delivery. */
  notBefore = 0;
  paused = false;
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
  readonly #manual: boolean;
  readonly #prefetch: number;
  readonly #abort = new AbortController();
  /** The message that was delivered before, and how often that failed. */
  #failedAt: number;
  #failures: number;
  #careful: number;
  /** Where the open batch begins. */
  #start = 0;

  constructor(
    group: Group<T, V>,
    membership: Membership,
    partition: number,
    claim: number,
    { commit = 'auto', prefetch = 1024 }: { readonly commit?: 'auto' | 'manual'; readonly prefetch?: number },
  ) {
    this.#group = group;
    this.#membership = membership;
    this.partition = partition;
    this.#claim = claim;
    this.#manual = commit === 'manual';
    this.#prefetch = prefetch;
    this.signal = this.#abort.signal;
    this.reader = (group.topic.logs[partition] as Partition<T, V>).attach(group.number);
    this.message = new Message<T, V>(group.topic.name, partition, this);
    this.#failedAt = this.reader.sequence;
    this.#failures = group.deathsAt(partition, this.reader.sequence);
    this.#careful = this.#failures > 0 ? CAREFUL_MESSAGES : 0;
  }

  /** Opens a batch of the messages that are there; `false` when there are none or it is not their time yet. */
  open(nowMs: () => number): boolean {
    if (this.seekTo !== undefined) this.#seek(this.seekTo);
    if (this.paused || this.isDelayed(nowMs)) return false;
    this.#start = this.reader.sequence;
    const batch = this.reader.batch(this.#careful > 0 ? 1 : this.#prefetch);
    if (batch === undefined) return false;
    this.isCareful = this.#careful > 0;
    if (this.isCareful) this.#careful--;
    this.verdict = undefined;
    this.batch = batch;
    return true;
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
    return this.reader.lastSequence === this.#failedAt ? this.#failures + 1 : 1;
  }

  /**
   * Ends the open batch: what was looked at was handled, or with `all` the whole of it. With manual commits it stays held until
   * `ack`.
   */
  finish(all = false): void {
    this.check();
    const messages = this.reader.hold(all);
    if (!this.#manual) this.reader.commitTo(this.reader.sequence);
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

  /** A view of its own on the partition's messages. */
  viewer(): { at(sequence: number): RecordView<T, V> } {
    return (this.#group.topic.logs[this.partition] as Partition<T, V>).viewer();
  }

  /** Ends the open batch at the message looked at last: what lies before it is done, it is delivered again. */
  giveBack(delayMs: number, nowMs: number): void {
    this.#failures = this.attempt;
    this.#failedAt = this.reader.lastSequence;
    this.#readAgain(this.#failedAt, delayMs, nowMs);
  }

  /** Ends the open batch: all of it is delivered again, one message at a time. */
  giveBackAll(): void {
    this.#careful = CAREFUL_MESSAGES;
    this.#readAgain(this.#start, 0, 0);
  }

  #readAgain(sequence: number, delayMs: number, nowMs: number): void {
    this.check();
    this.notBefore = delayMs > 0 ? nowMs + delayMs : 0;
    this.reader.hold();
    if (!this.#manual) this.reader.commitTo(sequence);
    this.reader.rereadFrom(sequence);
    this.#group.count(REDELIVERED, this.partition, 1);
  }

  ack(): void {
    this.verdict = 'ack';
    if (this.#manual) this.commitTo(this.reader.sequence);
  }

  nack(delayMs: number | undefined): void {
    this.verdict = { attempt: this.attempt, delayMs };
  }

  dead(reason: string): void {
    this.verdict = { attempt: this.attempt, reason };
  }

  extend(ms: number): void {
    if (ms > 0) return;
    throw new OptionError('ms', `extend() takes a number of milliseconds above 0, got ${ms}.`);
  }

  reply(to: Headers | undefined, value: unknown): void {
    this.#group.topic.reply(to, value);
  }

  /** Gives the partition up: its next owner reads on from the cursor. */
  release(): void {
    this.#abort.abort();
    this.reader.detach();
    this.#membership.release(this.partition);
  }
}
