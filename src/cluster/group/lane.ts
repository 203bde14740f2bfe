import { OptionError } from '../../ring/index.ts';
import type { Clock } from '../clock.ts';
import type { DeliveryWindow } from '../delivery/delivery-window.ts';
import { StaleMemberError } from '../errors.ts';
import { type Delivery, Message } from '../topic/message.ts';
import type { Headers } from '../topic/record.ts';
import type { RecordView } from '../topic/record-view.ts';
import type { Failure } from './failure.ts';
import { failureOf } from './settle.ts';

/** Where a lane's messages come from. */
export interface LaneSource<T, V> {
  readonly topic: string;
  readonly partition: number;
  readonly window: DeliveryWindow;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  offsetOf(sequence: number): number;
  reply(to: Headers | undefined, value: unknown): void;
  /** A new view on the partition's messages. */
  viewer(): { at(sequence: number): RecordView<T, V> };
}

/** One of several messages of a partition that are with handlers at the same time: leased, shown in place, and settled by itself. */
export class Lane<T, V> implements Delivery {
  readonly message: Message<T, V>;
  verdict: 'ack' | Failure | undefined;
  sequence = 0;
  token = 0;
  #record: RecordView<T, V> | undefined;
  readonly #source: LaneSource<T, V>;
  readonly #viewer: { at(sequence: number): RecordView<T, V> };

  constructor(source: LaneSource<T, V>) {
    this.#source = source;
    this.#viewer = source.viewer();
    this.message = new Message<T, V>(source.topic, source.partition, this);
  }

  show(sequence: number, token: number): void {
    this.sequence = sequence;
    this.token = token;
    this.verdict = undefined;
    this.#record = this.#viewer.at(sequence);
    this.message.show(this.#record);
  }

  isExpired(nowMs: () => number): boolean {
    return this.#record?.isExpired(nowMs) ?? false;
  }

  get offset(): number {
    return this.#source.offsetOf(this.sequence);
  }

  get attempt(): number {
    const { window } = this.#source;
    return window.errors(this.sequence) + window.deaths(this.sequence) + 1;
  }

  /** Threads that died with it. */
  get deaths(): number {
    return this.#source.window.deaths(this.sequence);
  }

  get signal(): AbortSignal {
    return this.#source.signal;
  }

  ack(): void {
    this.#check();
    this.verdict = 'ack';
  }

  nack(delayMs: number | undefined): void {
    this.#check();
    this.verdict = failureOf(this, { delayMs });
  }

  dead(reason: string): void {
    this.#check();
    this.verdict = failureOf(this, { reason });
  }

  extend(ms: number): void {
    if (!(ms > 0)) throw new OptionError('ms', `extend() takes milliseconds above 0, got ${ms}.`);
    const { clock, window } = this.#source;
    if (!window.extend(this.sequence, this.token, clock.now() + ms)) this.#refuse();
  }

  reply(to: Headers | undefined, value: unknown): void {
    this.#source.reply(to, value);
  }

  #check(): void {
    if (!this.#source.window.holds(this.sequence, this.token)) this.#refuse();
  }

  #refuse(): never {
    throw new StaleMemberError(
      `The lease of message ${this.offset} in partition ${this.#source.partition} has run out: it was given to another member. ` +
        'Handle it faster, ask for a longer lease, or call extend() in time.',
    );
  }
}
