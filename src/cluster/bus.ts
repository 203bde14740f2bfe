import { ClosedError, type Codec, type CodecValue, type CodecView, type WaitOptions } from '../ring/index.ts';
import { type CallOptions, Inbox } from './call/inbox.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Engine } from './engine.ts';
import { TopicError } from './errors.ts';
import type { AnyConsumer } from './group/consumer.ts';
import type { Topic } from './topic/topic.ts';
import type { TopicHost, TopicOptions } from './topic/topic-options.ts';

const IDLE_LOOK_MS = 2;

// biome-ignore lint/suspicious/noExplicitAny: topics of any types under one name each; the codec says which.
type AnyTopic = Topic<any, any>;
// biome-ignore lint/suspicious/noExplicitAny: a codec of any type; its types are inferred from it.
type AnyCodec = Codec<any, any>;

/** Named topics that threads of one process share. */
export class Bus implements TopicHost {
  readonly #engine: Engine;
  readonly #topics = new Map<string, AnyTopic>();
  readonly #consumers = new Set<AnyConsumer>();
  readonly #inboxes = new Map<string, Inbox<unknown, unknown>>();
  #closed: Promise<void> | undefined;

  /** @internal the time by which messages are sent and delivered */
  readonly clock: Clock;

  /** @internal use `createBus` or `openBus` */
  constructor(engine: Engine, clock: Clock = systemClock) {
    this.#engine = engine;
    this.clock = clock;
  }

  /**
   * The topic of that name: as it is, if the bus has it already (then with the same codec); otherwise a new
   * one. Threads started afterwards find it by `openBus()`.
   */
  topic<C extends AnyCodec, R = unknown>(
    name: string,
    codec: C,
    options?: TopicOptions<R>,
  ): Topic<CodecValue<C>, CodecView<C>, R>;
  topic<T = unknown, V = T, R = unknown>(name: string): Topic<T, V, R>;
  topic(name: string, codec?: AnyCodec, options: TopicOptions = {}): AnyTopic {
    if (this.#closed !== undefined) throw new ClosedError('The bus is closed; create a new one.');
    const known = this.#topics.get(name);
    if (known !== undefined) known.check(codec, options);
    const topic = known ?? this.#engine.topic(name, codec, options, this);
    this.#topics.set(name, topic);
    return topic;
  }

  /**
   * The topic of that name, which another thread has created since this one was started, or is still to create. Rejects with
   * `TimeoutError`, or the signal's reason.
   */
  async find<C extends AnyCodec>(
    name: string,
    codec: C,
    options?: WaitOptions & Pick<TopicOptions, 'partitioner'>,
  ): Promise<Topic<CodecValue<C>, CodecView<C>>>;
  async find<T = unknown, V = T>(
    name: string,
    codec?: undefined,
    options?: WaitOptions & Pick<TopicOptions, 'partitioner'>,
  ): Promise<Topic<T, V>>;
  async find(
    name: string,
    codec?: AnyCodec,
    options: WaitOptions & Pick<TopicOptions, 'partitioner'> = {},
  ): Promise<AnyTopic> {
    if (!this.#topics.has(name)) await this.#engine.find?.(name, options);
    return this.topic(name, codec as AnyCodec, options);
  }

  /**
   * Sends a request to a topic that was created with `replies`, and waits for the reply that some member of a group gives with
   * `message.reply(value)`. Rejects with `TimeoutError` when none comes in time. Up to 16 threads may call on one topic.
   */
  call<T, V, R>(topic: Topic<T, V, R>, request: T, options?: CallOptions): Promise<R> {
    return this.#inbox(topic).call(request, options);
  }

  #inbox<T, V, R>(topic: Topic<T, V, R>): Inbox<T, R> {
    const known = this.#inboxes.get(topic.name);
    if (known !== undefined) return known as Inbox<T, R>;
    const { replies } = topic;
    if (replies === undefined) {
      throw new TopicError(
        `Topic '${topic.name}' takes no requests: create it with the codec of their replies, { replies: … }.`,
      );
    }
    const inbox = new Inbox<T, R>(topic as unknown as Topic<T>, replies as Topic<R>);
    this.#inboxes.set(topic.name, inbox as Inbox<unknown, unknown>);
    return inbox;
  }

  /** Whether `close` was called on this object. */
  get closed(): boolean {
    return this.#closed !== undefined;
  }

  /** @internal takes a topic in that this thread got as a handle */
  adopt(topic: AnyTopic): void {
    this.#topics.set(topic.name, topic);
  }

  /** @internal a consumer was started on one of the topics */
  watch(consumer: AnyConsumer): void {
    this.#consumers.add(consumer);
    const forget = () => this.#consumers.delete(consumer);
    consumer.results.then(forget, forget);
  }

  /**
   * After a thread's `exit` event: what it left half-done is finished or given up, and its partitions go to others. For threads
   * that the user has started: `guard(worker, [bus])`. Threads of consumers are taken care of.
   */
  repair(threadId: number): void {
    for (const topic of this.#topics.values()) topic.repair(threadId);
  }

  /**
   * Resolves when every group of every topic that this thread knows has acknowledged everything. Looks again every few
   * milliseconds, since the work may be done by any thread.
   */
  async idle({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    while (![...this.#topics.values()].every((topic) => topic.idle)) {
      signal?.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, IDLE_LOOK_MS));
    }
  }

  /**
   * Ends all topics this thread knows and stops the consumers it started, each after the batch in hand. A
   * second call waits for the first. Never rejects: what went wrong in a consumer, its `results` say.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    for (const inbox of this.#inboxes.values()) inbox.close();
    for (const topic of this.#topics.values()) topic.close();
    await Promise.allSettled([...this.#consumers].map((consumer) => consumer.close()));
    this.#engine.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** A bus on an engine: `createBus(memory())`. One for each process and engine; other threads call `openBus()`. */
export function createBus(engine: Engine): Bus {
  return new Bus(engine);
}
