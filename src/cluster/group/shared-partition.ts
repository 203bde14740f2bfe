import type { Lot, Selectable, SharedSubscription, Waitable } from '../../ring/index.ts';
import type { Clock } from '../clock.ts';
import type { DeliveryWindow } from '../delivery/delivery-window.ts';
import { ShareReader } from '../delivery/share-reader.ts';
import type { Partition } from '../topic/partition.ts';
import type { Headers } from '../topic/record.ts';
import type { RecordView } from '../topic/record-view.ts';
import type { Group } from './group.ts';
import { Lane, type LaneSource } from './lane.ts';
import type { LatencyMeter } from './latency.ts';

/** A partition that all members of a group share, as one of them sees it. */
export class SharedPartition<T, V> implements LaneSource<T, V>, Selectable {
  readonly topic: string;
  readonly partition: number;
  readonly window: DeliveryWindow;
  readonly log: SharedSubscription;
  readonly reader: ShareReader;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Notes how long messages took, if somebody wants to know. */
  readonly meter: LatencyMeter | undefined;
  paused = false;
  readonly waitable: { readonly lot: Lot; readonly messages: Waitable };
  readonly #group: Group<T, V>;
  readonly #ring: Partition<T, V>;
  readonly #free: Lane<T, V>[] = [];

  constructor(
    group: Group<T, V>,
    partition: number,
    member: number,
    batch: number,
    clock: Clock,
    signal: AbortSignal,
  ) {
    this.#group = group;
    this.topic = group.topic.name;
    this.partition = partition;
    this.clock = clock;
    this.signal = signal;
    this.meter = group.meter(member);
    this.#ring = group.topic.logs[partition] as Partition<T, V>;
    this.window = group.window(partition);
    this.log = this.#ring.share(group.number);
    this.reader = new ShareReader(this.window, this.log, member, batch);
    const messages = { ready: () => this.hasMessages, arm: () => this.#arm() };
    this.waitable = { lot: this.#ring.lot, messages };
  }

  #arm(): number {
    if (this.hasMessages) return 0;
    const patienceMs = this.log.arm(this.#next());
    return this.hasMessages ? 0 : patienceMs;
  }

  /** Where the next message to be had is, or will be. */
  #next(): number {
    const { open } = this.window;
    const cursor = this.log.cursor();
    let at = distance(open, cursor) < 0 ? cursor : open;
    for (let span = this.log.spanAt(at); span < 0; span = this.log.spanAt(at)) at = (at - span) | 0;
    return at;
  }

  /** Whether there is a message that nobody has taken, and room in the window for it. */
  get hasMessages(): boolean {
    const at = this.#next();
    return this.log.spanAt(at) > 0 && distance(at, this.log.cursor()) < this.window.slots;
  }

  /** Whether every message written by now is done. */
  get isDone(): boolean {
    return this.log.spanAt(this.log.cursor()) === 0;
  }

  lane(): Lane<T, V> {
    return this.#free.pop() ?? new Lane<T, V>(this);
  }

  free(lane: Lane<T, V>): void {
    this.#free.push(lane);
  }

  offsetOf(sequence: number): number {
    return this.#ring.offsetOf(sequence);
  }

  reply(to: Headers | undefined, value: unknown): void {
    this.#group.topic.reply(to, value);
  }

  viewer(): { at(sequence: number): RecordView<T, V> } {
    return this.#ring.viewer();
  }
}

const distance = (a: number, b: number): number => (a - b) | 0;
