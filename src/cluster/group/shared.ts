import { type Selectable, select, UnsupportedError } from '../../ring/index.ts';
import type { HandlerContext, HandlerModule, StopControl } from '../../workers/index.ts';
import type { Clock, Timer } from '../clock.ts';
import type { RetryPolicy } from '../delivery/retry-policy.ts';
import type { Message } from '../topic/message.ts';
import type { Topic } from '../topic/topic.ts';
import type { ThreadOptions } from './consume-options.ts';
import { Doorbell } from './doorbell.ts';
import { decide, expired, type Failure, killerOf } from './failure.ts';
import type { Group } from './group.ts';
import { ACKED, REDELIVERED } from './group-memory.ts';
import type { Lane } from './lane.ts';
import { RateGate } from './rate-gate.ts';
import { callHandler, errorOf, giveUp } from './settle.ts';
import { SharedPartition } from './shared-partition.ts';
import { MemberTally, type Tally } from './tally.ts';

/** Messages leased at a time, and for how long. */
const PREFETCH = 64;
const LEASE_MS = 30_000;
/** How often a member that drains looks whether the others have finished what they have in hand. */
const DRAIN_LOOK_MS = 5;
/** How long a thread may go on without giving its event loop a turn. */
const TURN_MS = 10;

export interface SharedParts<T, V> {
  readonly group: Group<T, V>;
  readonly handler: HandlerModule<Message<T, V>>;
  readonly context: HandlerContext;
  readonly clock: Clock;
  readonly control: StopControl;
  readonly options: ThreadOptions;
  readonly retry: RetryPolicy | undefined;
  readonly deadLetter: Topic<T, V> | undefined;
}

/**
 * A member of a group whose members share all partitions: it leases messages, has up to `concurrency` of them with handlers at a time, and
 * acknowledges each by itself. Whoever finishes the oldest moves the group's cursor.
 */
export class Shared<T, V> {
  readonly #parts: SharedParts<T, V>;
  readonly #member: number;
  readonly #tally: Tally;
  readonly #partitions: readonly SharedPartition<T, V>[];
  readonly #doorbell: Doorbell;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #prefetch: number;
  readonly #leaseMs: number;
  readonly #concurrency: number;
  readonly #rate: RateGate | undefined;
  readonly #now: () => number;
  /** The plan word last seen: it changes when members come and go, perhaps the last one after all is done. */
  #plan = 0;
  #failure: { readonly error: unknown } | undefined;
  #timer: Timer | undefined;
  #turnEnds: number;

  constructor(parts: SharedParts<T, V>) {
    const { group, clock, control, options } = parts;
    this.#parts = parts;
    this.#turnEnds = clock.elapsed() + TURN_MS;
    this.#now = () => clock.now();
    if (options.rate !== undefined) this.#rate = new RateGate(group.memory, options.rate, clock);
    this.#prefetch = options.prefetch ?? PREFETCH;
    this.#leaseMs = options.lease ?? LEASE_MS;
    this.#concurrency = options.concurrency ?? 1;
    this.#member = group.coordinator.join(group.seat, 'none', options.memberId);
    this.#tally = new MemberTally(group.memory, this.#member);
    this.#partitions = [...group.topic.logs.keys()].map(
      (partition) =>
        new SharedPartition(group, partition, this.#member, this.#prefetch, clock, control.signal),
    );
    const { lot } = (this.#partitions[0] as SharedPartition<T, V>).waitable;
    this.#doorbell = new Doorbell(lot, () => group.coordinator.planWord !== this.#plan);
    control.wake.addEventListener('abort', () => this.#doorbell.ring());
  }

  async run(): Promise<void> {
    const { control } = this.#parts;
    while (!control.signal.aborted && this.#failure === undefined) {
      this.#doorbell.hear();
      this.#plan = this.#parts.group.coordinator.planWord;
      let took = false;
      for (const partition of this.#partitions) took = (await this.#handle(partition)) || took;
      if (this.#parts.clock.elapsed() > this.#turnEnds) await this.#takeTurn();
      if (took) continue;
      if (this.#isDone()) break;
      await this.#sleep();
      this.#turnEnds = this.#parts.clock.elapsed() + TURN_MS;
    }
    await Promise.all(this.#inFlight);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #takeTurn(): Promise<void> {
    await this.#parts.clock.turn();
    this.#turnEnds = this.#parts.clock.elapsed() + TURN_MS;
  }

  /** Takes what is to be had in a partition and hands it over; whether there was something. */
  async #handle(partition: SharedPartition<T, V>): Promise<boolean> {
    const { reader, window } = partition;
    const now = this.#parts.clock.now();
    if (window.dueInMs(now) === 0) reader.sweep(now);
    const granted = this.#grant(partition);
    const count = granted === 0 ? 0 : reader.take(granted, now + this.#leaseMs);
    this.#rate?.giveBack(granted - count);
    for (let i = 0; i < count; i++) {
      const sequence = reader.sequences[i] as number;
      const token = reader.tokens[i] as number;
      if (this.#parts.control.signal.aborted || this.#failure !== undefined) {
        window.release(sequence, token);
        continue;
      }
      const pending = this.#start(partition, sequence, token);
      if (pending === undefined) continue;
      this.#watch(pending);
      if (this.#inFlight.size >= this.#concurrency) await Promise.race(this.#inFlight);
    }
    if (count > 0) reader.advance();
    return count > 0;
  }

  /** How many messages of a partition may be taken now. */
  #grant(partition: SharedPartition<T, V>): number {
    if (partition.paused) return 0;
    if (this.#rate === undefined) return this.#prefetch;
    return this.#rate.isShut || !partition.hasMessages ? 0 : this.#rate.grant(this.#prefetch);
  }

  #watch(pending: Promise<void>): void {
    const watched = pending
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#inFlight.delete(watched);
        this.#doorbell.ring();
      });
    this.#inFlight.add(watched);
  }

  /** `undefined` when the message was settled at once. */
  #start(partition: SharedPartition<T, V>, sequence: number, token: number): Promise<void> | undefined {
    const { handler, context, group } = this.#parts;
    const lane = partition.lane();
    lane.show(sequence, token);
    const hopeless = lane.isExpired(this.#now) ? expired(lane) : killerOf(lane, this.#parts);
    if (hopeless === undefined && lane.attempt > 1) this.#tally.count(REDELIVERED, partition.partition, 1);
    const outcome = hopeless ?? callHandler(lane, handler, context, group.name);
    if (outcome !== undefined) return this.#settle(partition, lane, outcome);
    this.#ack(partition, lane);
    partition.free(lane);
    return undefined;
  }

  async #settle(
    partition: SharedPartition<T, V>,
    lane: Lane<T, V>,
    outcome: Failure | Promise<Failure | undefined>,
  ): Promise<void> {
    const failure = await outcome;
    const { window, reader } = partition;
    if (failure === undefined) this.#ack(partition, lane);
    else await this.#giveBack(window, lane, failure);
    partition.free(lane);
    reader.advance();
  }

  /** Counts what was in time: a message whose lease has run out is another member's. */
  #ack({ meter, partition, window }: SharedPartition<T, V>, { message, sequence, token }: Lane<T, V>): void {
    const sentAt = meter === undefined ? 0 : message.timestamp; // Afterwards the record may be written over.
    if (!window.ack(sequence, token)) return;
    this.#tally.count(ACKED, partition, 1);
    meter?.record(sentAt);
  }

  async #giveBack(
    window: SharedPartition<T, V>['window'],
    lane: Lane<T, V>,
    failure: Failure,
  ): Promise<void> {
    const { clock, deadLetter, retry } = this.#parts;
    const decision = decide(failure, { retry, deadLetter: deadLetter?.name, random: clock.random });
    if (decision === 'dead') {
      await giveUp(lane.message, failure, { ...this.#parts, tally: this.#tally });
      window.bury(lane.sequence, lane.token);
    } else if (decision === 'fail') {
      window.release(lane.sequence, lane.token);
      throw errorOf(failure);
    } else {
      const ms = decision.retryAfterMs;
      window.nack(lane.sequence, lane.token, ms > 0 ? clock.now() + ms : undefined);
    }
  }

  #isDone(): boolean {
    const { control, group } = this.#parts;
    if (this.#inFlight.size > 0 || !(control.draining || group.topic.closed)) return false;
    return this.#partitions.every((partition) => partition.paused || partition.isDone);
  }

  /** Until there are messages, a lease runs out or a delay is over, a handler has ended, or the member is to stop. */
  async #sleep(): Promise<void> {
    const now = this.#parts.clock.now();
    const lookMs = this.#parts.control.draining ? DRAIN_LOOK_MS : Number.POSITIVE_INFINITY;
    const isShut = this.#rate?.isShut ?? false;
    const rateMs = isShut ? (this.#rate as RateGate).notBefore - now : Number.POSITIVE_INFINITY;
    const dueMs = Math.min(lookMs, rateMs, ...this.#partitions.map(({ window }) => window.dueInMs(now)));
    if (dueMs !== Number.POSITIVE_INFINITY)
      this.#timer = this.#parts.clock.after(dueMs, () => this.#doorbell.ring());
    const readable = isShut ? [] : this.#partitions.filter(({ paused }) => !paused);
    await select<Selectable>([this.#doorbell, ...readable]);
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Stops taking messages, from some partitions or from all; other members go on. */
  pause(partitions: readonly number[] | undefined): void {
    this.#setPaused(partitions, true);
  }

  resume(partitions: readonly number[] | undefined): void {
    this.#setPaused(partitions, false);
    this.#doorbell.ring();
  }

  seek(): void {
    throw new UnsupportedError("A group with ordering: 'none' can not seek: others have messages in hand.");
  }

  #setPaused(partitions: readonly number[] | undefined, paused: boolean): void {
    for (const partition of this.#partitions)
      if (partitions === undefined || partitions.includes(partition.partition)) partition.paused = paused;
  }

  /** Leaves the group: nothing is in hand any more. */
  leave(): void {
    const { coordinator, seat } = this.#parts.group;
    this.#timer?.cancel();
    coordinator.leave(this.#member, seat.number);
    coordinator.left(this.#member);
  }
}
