import type { Assignment } from './assignment.ts';
import { decide, expired, type Failure, killerOf } from './failure.ts';
import type { DeliveryParts } from './in-order.ts';
import { type KeyedMessage, KeyedPartition } from './keyed-partition.ts';
import { callHandler, errorOf, giveUp } from './settle.ts';

/**
 * Hands a member's messages to a handler with up to `concurrency` of them at a time, and of each key one at a time, in order. The group's
 * cursor follows behind the oldest message that is not done, so after a death some are delivered again that others overtook.
 */
export class ByKey<T, V> {
  readonly #parts: DeliveryParts<T, V>;
  readonly #concurrency: number;
  readonly #backlog: number;
  readonly #now: () => number;
  readonly #partitions = new Map<Assignment<T, V>, KeyedPartition<T, V>>();
  readonly #waiting: (() => void)[] = [];
  #inFlight = 0;
  #failure: { readonly error: unknown } | undefined;

  /** @param backlog the most messages of a partition that are read and not done */
  constructor(parts: DeliveryParts<T, V>, concurrency: number, backlog: number) {
    this.#parts = parts;
    this.#concurrency = concurrency;
    this.#backlog = backlog;
    this.#now = () => parts.clock.now();
    parts.member.finish = (assignment) => this.#finish(assignment);
    parts.context.signal.addEventListener('abort', () => this.#tellChange());
  }

  async run(): Promise<void> {
    const { member } = this.#parts;
    for (;;) {
      const assignment = await member.next();
      if (this.#failure !== undefined) break;
      if (assignment === undefined) break;
      this.#partitionOf(assignment).readAhead();
      this.#pump();
    }
    while (this.#inFlight > 0 || (!this.#isStopping && this.#hasBacklog)) await this.#change();
    for (const partition of this.#partitions.values()) partition.close();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  get #isStopping(): boolean {
    return this.#failure !== undefined || this.#parts.context.signal.aborted;
  }

  get #hasBacklog(): boolean {
    return [...this.#partitions.values()].some(({ backlog, closing }) => backlog > 0 && !closing);
  }

  #partitionOf(assignment: Assignment<T, V>): KeyedPartition<T, V> {
    let partition = this.#partitions.get(assignment);
    if (partition === undefined) {
      const log = this.#parts.group.topic.logs[assignment.partition] as { readonly capacity: number };
      partition = new KeyedPartition(assignment, log.capacity);
      this.#partitions.set(assignment, partition);
    }
    return partition;
  }

  /** Starts what may be started, and has read on where there is room for that. */
  #pump(): void {
    for (const partition of this.#partitions.values()) {
      while (this.#inFlight < this.#concurrency && partition.lanes.ready && !partition.closing) {
        if (this.#isStopping) return;
        this.#start(partition, partition.next());
      }
      this.#limit(partition);
    }
  }

  #limit({ assignment, backlog, closing }: KeyedPartition<T, V>): void {
    if (closing) return;
    const most = assignment.isCareful ? 1 : this.#backlog; // One by one, so that a message that kills is found.
    const wasBusy = assignment.isBusy;
    assignment.isBusy = backlog >= most;
    if (wasBusy && !assignment.isBusy) this.#parts.member.wake();
  }

  readonly #goOn = (): void => {
    this.#pump();
    this.#tellChange();
  };

  #tellChange(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #start(partition: KeyedPartition<T, V>, message: KeyedMessage<T, V>): void {
    const { handler, context, group } = this.#parts;
    const hopeless = message.isExpired(this.#now) ? expired(message) : killerOf(message, this.#parts);
    const outcome = hopeless ?? callHandler(message, handler, context, group.name);
    if (outcome === undefined) {
      partition.handled(message);
      return;
    }
    this.#inFlight++;
    partition.inFlight++;
    void this.#settle(partition, message, outcome)
      .catch((error: unknown) => {
        this.#failure ??= { error };
        this.#parts.member.interrupt();
      })
      .finally(() => {
        this.#inFlight--;
        partition.inFlight--;
        this.#goOn();
      });
  }

  async #settle(
    partition: KeyedPartition<T, V>,
    message: KeyedMessage<T, V>,
    outcome: Failure | Promise<Failure | undefined>,
  ): Promise<void> {
    const { clock, deadLetter, retry } = this.#parts;
    const failure = await outcome;
    if (failure === undefined) return partition.handled(message);
    const decision = decide(failure, { retry, deadLetter: deadLetter?.name, random: clock.random });
    if (decision === 'fail') throw errorOf(failure);
    if (decision === 'dead') {
      await giveUp(message.message, failure, this.#parts);
      return partition.done(message);
    }
    if (decision.retryAfterMs > 0) partition.againAfter(decision.retryAfterMs, message, clock, this.#goOn);
    else partition.again(message);
  }

  /** Waits until what a partition has in hand is done; the rest of what was read ahead is left to whoever reads there next. */
  async #finish(assignment: Assignment<T, V>): Promise<void> {
    const partition = this.#partitions.get(assignment);
    if (partition === undefined) return;
    partition.close();
    while (partition.inFlight > 0) await this.#change();
    this.#partitions.delete(assignment);
  }

  /** Resolves when a handler has ended, a message is to be tried again, or the consumer is to stop. */
  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
