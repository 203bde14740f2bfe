import { UnsupportedError } from '../../ring/index.ts';
import { type Headers, MESSAGE_ID, type OutgoingRecord, type ShownRecord } from './record.ts';

/** What a message asks of the member that delivers it. */
export interface Delivery {
  /** The offset of the message that is shown now. */
  readonly offset: number;
  /** 1 for the first delivery; counts errors and deaths of threads. */
  readonly attempt: number;
  /** Threads that died with it. */
  readonly deaths: number;
  /** See `Message.signal`. */
  readonly signal: AbortSignal;
  ack(): void;
  nack(delayMs: number | undefined): void;
  dead(reason: string): void;
  extend(ms: number): void;
  /** @param to the headers of the request */
  reply(to: Headers | undefined, value: unknown): void;
}

/**
 * What a handler gets. One object for each partition of a consumer, moved from message to message: it is
 * valid until the handler has returned (or its promise has settled), and `copy()` keeps it.
 *
 * Returning acknowledges the message, throwing gives it back; `ack`, `nack` and `dead` say it explicitly. `R` is what requests of its
 * topic are answered with.
 */
export class Message<T, V = T, R = unknown> {
  readonly topic: string;
  readonly partition: number;
  readonly #delivery: Delivery;
  #record: ShownRecord<T, V> | undefined;

  constructor(topic: string, partition: number, delivery: Delivery) {
    this.topic = topic;
    this.partition = partition;
    this.#delivery = delivery;
  }

  /** @internal moves to the record that was read last */
  show(record: ShownRecord<T, V>): this {
    this.#record = record;
    return this;
  }

  get #shown(): ShownRecord<T, V> {
    return this.#record as ShownRecord<T, V>;
  }

  /** In place, where the codec can: see its `view`. */
  get value(): V {
    return this.#shown.value;
  }

  get key(): string | undefined {
    return this.#shown.key;
  }

  get headers(): Headers | undefined {
    return this.#shown.headers;
  }

  /** What its sender has named it, for handlers that look whether they have done it before. */
  get id(): string | undefined {
    return this.headers?.[MESSAGE_ID] as string | undefined;
  }

  /** Milliseconds since 1970: the producer's, or when it was sent. */
  get timestamp(): number {
    return this.#shown.timestamp;
  }

  /** Grows within the partition and is never reused; records that need several slots leave gaps. */
  get offset(): number {
    return this.#delivery.offset;
  }

  /** How often it has been delivered, this time included. */
  get attempt(): number {
    return this.#delivery.attempt;
  }

  /** How many of the deliveries before ended with the death of a thread. */
  get deaths(): number {
    return this.#delivery.deaths;
  }

  /**
   * Aborted when the consumer is to stop without draining; with `ordering: 'key'` also when the partition is to go to another member, which
   * waits for the handlers that are under way.
   */
  get signal(): AbortSignal {
    return this.#delivery.signal;
  }

  /**
   * It is done. In a batch: everything up to it, also when the rest of the batch fails. With `commit: 'manual'` this commits it and
   * everything before it in its partition. Throws `StaleMemberError` when the partition has been given to another member.
   */
  ack(): void {
    this.#delivery.ack();
  }

  /** It is to be delivered again, after `delay` milliseconds; without, as `retry` says. */
  nack({ delay }: { readonly delay?: number } = {}): void {
    this.#delivery.nack(delay);
  }

  /** It can't be handled: it goes to the dead-letter topic, with this reason. */
  dead(reason: string): void {
    this.#delivery.dead(reason);
  }

  /** The handler needs `ms` milliseconds more. Only shared delivery has leases that run out; elsewhere nothing is to do. */
  extend(ms: number): void {
    this.#delivery.extend(ms);
  }

  /** Answers a request made by `bus.call`. Throws `TopicError` for a message that is none. */
  reply(value: R): void {
    this.#delivery.reply(this.headers, value);
  }

  /** The same, as plain data that stays. */
  copy(): MessageCopy<T> {
    const { topic, partition, offset } = this;
    return { topic, partition, offset, ...this.#shown.toRecord() };
  }
}

/** For messages that are only looked at. */
export function withoutDelivery(reader: { readonly offset: number }): Delivery {
  const refuse = () => {
    throw new UnsupportedError(
      'A message that is only looked at can not be acknowledged; read it with a group.',
    );
  };
  return {
    get offset() {
      return reader.offset;
    },
    attempt: 0,
    deaths: 0,
    signal: new AbortController().signal,
    ack: refuse,
    nack: refuse,
    dead: refuse,
    extend: refuse,
    reply: refuse,
  };
}

/** A message that no longer depends on its partition. */
export interface MessageCopy<T> extends OutgoingRecord<T> {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}
