import { type SharedSubscription, tokenOf } from '../../ring/index.ts';
import type { Clock } from '../clock.ts';
import { DeliveryWindow } from '../delivery/delivery-window.ts';
import type { Partition } from '../topic/partition.ts';
import type { Headers } from '../topic/record.ts';
import { Coordinator } from './coordinator.ts';
import {
  ACKED,
  type Counter,
  DEAD,
  DEATHS,
  DIED_AT,
  ERRORS,
  ERRORS_AT,
  EXPIRED,
  GROUPS,
  GroupMemory,
  MISSED,
  REDELIVERED,
} from './group-memory.ts';
import { LatencyMeter, type LatencySource } from './latency.ts';
import type { ThreadSeat } from './roster.ts';
import { type Tally, talliedBy } from './tally.ts';

/** What a group reads: the partitions of a topic. */
export interface Source<T, V> {
  readonly name: string;
  readonly logs: readonly Partition<T, V>[];
  readonly coordination: SharedArrayBuffer;
  readonly windows: SharedArrayBuffer;
  readonly closed: boolean;
  readonly clock: Clock;
  /** How long messages take, if that is measured. */
  readonly latency?: LatencySource | undefined;
  /** Answers the request with these headers. */
  reply(to: Headers | undefined, value: unknown): void;
}

/** Messages acknowledged, delivered again, given up, over their time to live, and missed. */
export interface GroupCounts {
  readonly acked: number;
  readonly redelivered: number;
  readonly dead: number;
  readonly expired: number;
  readonly missed: number;
}

/** How often a cursor may move away under a look at its message. */
const LOOKS_AT_OLDEST = 4;

/** The time of the first message from a boundary on. */
function timeFrom<T, V>(log: Partition<T, V>, shared: SharedSubscription, from: number): number | undefined {
  let at = from;
  let span = shared.spanAt(at);
  for (; span < 0; span = shared.spanAt(at)) at = (at - span) | 0;
  if (span === 0) return undefined;
  try {
    return log.viewer().at(at).timestamp;
  } catch {
    return undefined; // It was written over: the cursor has moved.
  }
}

/** Messages in flight that a partition may have in a shared group: fewer in each when there are many. */
export function windowSlots(partitions: number): number {
  return Math.max(64, 2 ** Math.floor(Math.log2(16_384 / partitions)));
}

/** A consumer group of a topic, as one thread sees it: its number is that of its subscription in every partition. */
export class Group<T, V> implements Tally {
  readonly name: string;
  readonly number: number;
  readonly topic: Source<T, V>;
  readonly coordinator: Coordinator;
  readonly memory: GroupMemory;

  constructor(topic: Source<T, V>, name: string, number: number) {
    this.topic = topic;
    this.name = name;
    this.number = number;
    this.memory = new GroupMemory(topic.coordination, number, topic.logs.length);
    this.coordinator = new Coordinator(this.memory, (seat) => this.#lot.ring(seat));
  }

  /** The bells of all partitions are the same: they were made in one thread. */
  get #lot() {
    return (this.topic.logs[0] as Partition<T, V>).lot;
  }

  get seat(): ThreadSeat {
    const { number, thread } = this.#lot.seat;
    return { number, token: thread.token };
  }

  /** Messages not read yet, as slots. */
  get lag(): number {
    return this.topic.logs.reduce((lag, log) => lag + log.lagOf(this.number), 0);
  }

  lagIn(partition: number): number {
    return (this.topic.logs[partition] as Partition<T, V>).lagOf(this.number);
  }

  /**
   * When the oldest message was sent that the group has not acknowledged, in milliseconds since 1970; `undefined` when there is none, or
   * when the group is too quick to look.
   *
   * Order: nobody writes over a message at or behind the group's cursor. So if the cursor is where it was after the message was
   * read, the message was whole.
   */
  oldestTime(partition: number): number | undefined {
    const log = this.topic.logs[partition] as Partition<T, V>;
    const shared = log.share(this.number);
    for (let look = 0; look < LOOKS_AT_OLDEST; look++) {
      const cursor = shared.cursor();
      const time = timeFrom(log, shared, cursor);
      if (shared.cursor() === cursor) return time;
    }
    return undefined;
  }

  /** How many threads died one after the other at the message with this sequence. */
  deathsAt(partition: number, sequence: number): number {
    const { memory } = this;
    if (Atomics.load(memory.words, memory.partition(partition, DIED_AT)) !== sequence) return 0;
    return Atomics.load(memory.words, memory.partition(partition, DEATHS));
  }

  /** How often a handler has failed with the message with this sequence, as far as its last owner has noted it. */
  errorsAt(partition: number, sequence: number): number {
    const { memory } = this;
    if (Atomics.load(memory.words, memory.partition(partition, ERRORS_AT)) !== sequence) return 0;
    return Atomics.load(memory.words, memory.partition(partition, ERRORS));
  }

  /** Notes it for the next owner. By the owner alone; the sequence last, so that a count is never another message's. */
  noteErrors(partition: number, sequence: number, errors: number): void {
    const { memory } = this;
    Atomics.store(memory.words, memory.partition(partition, ERRORS), 0);
    Atomics.store(memory.words, memory.partition(partition, ERRORS_AT), sequence);
    Atomics.store(memory.words, memory.partition(partition, ERRORS), errors);
  }

  /** What notes how long the messages of a member took; `undefined` when nobody wants to know. */
  meter(member: number): LatencyMeter | undefined {
    const { latency } = this.topic;
    return latency === undefined ? undefined : new LatencyMeter(latency, this.number, member);
  }

  /** By the partition's owner alone. */
  count(counter: Counter, partition: number, by: number): void {
    this.memory.add(this.memory.partition(partition, counter), by);
  }

  /** What became of the messages since the group began; exact once its members have paused. */
  counted(partition: number): GroupCounts {
    const at = (counter: Counter) =>
      this.memory.numberAt(this.memory.partition(partition, counter)) +
      (this.coordinator.isShared ? talliedBy(this.memory, partition, counter) : 0);
    return {
      acked: at(ACKED),
      redelivered: at(REDELIVERED),
      dead: at(DEAD),
      expired: at(EXPIRED),
      missed: this.memory.numberAt(this.memory.partition(partition, MISSED)),
    };
  }

  /**
   * After a thread's `exit` event, and after the partitions were repaired: takes its members out and hands their partitions on.
   * The most threads that have died one after the other with one message in hand.
   */
  repair(threadId: number): number {
    let most = 0;
    const onLost = (partition: number) => {
      most = Math.max(most, this.#countDeath(partition));
    };
    const onGone = (member: number) => {
      if (this.coordinator.isShared) most = Math.max(most, this.#giveBack(member));
    };
    this.coordinator.repair(tokenOf(threadId), this.seat.number, onLost, onGone);
    return most;
  }

  /** What a dead member of a shared group had in hand goes to the others; 1 if there was something. */
  #giveBack(member: number): number {
    let messages = 0;
    for (const [partition, log] of this.topic.logs.entries()) {
      const window = this.window(partition);
      const cursor = log.cursorOf(this.number);
      messages += window.repair(member, cursor, (cursor + window.slots) | 0, this.topic.clock.now());
    }
    return Math.min(1, messages);
  }

  /** The states of the group's messages in flight in a partition, for members that share it. */
  window(partition: number): DeliveryWindow {
    const { windows, logs } = this.topic;
    const slots = windowSlots(logs.length);
    const at = (partition * GROUPS + this.number) * DeliveryWindow.bytes(slots);
    return new DeliveryWindow(windows, at, slots);
  }

  /** Written by whoever repairs, before the partition is released: nobody else speaks for it then. */
  #countDeath(partition: number): number {
    const { memory } = this;
    const cursor = (this.topic.logs[partition] as Partition<T, V>).cursorOf(this.number);
    const deaths = this.deathsAt(partition, cursor) + 1;
    Atomics.store(memory.words, memory.partition(partition, DIED_AT), cursor);
    Atomics.store(memory.words, memory.partition(partition, DEATHS), deaths);
    return deaths;
  }
}
