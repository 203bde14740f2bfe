import { asThread, OptionError, UnsupportedError } from '../../ring/index.ts';
import { Bus } from '../bus.ts';
import type { VirtualClock } from '../delivery/virtual-clock.ts';
import type { Engine } from '../engine.ts';
import { TopicError } from '../errors.ts';
import type { ConsumeOptions } from '../group/consume-options.ts';
import type { AnyConsumer, Consumer } from '../group/consumer.ts';
import type { Message } from '../topic/message.ts';
import { Topic } from '../topic/topic.ts';
import type { Simulated, TopicHandle } from '../topic/topic-options.ts';
import type { SimulatedThread } from './simulated-thread.ts';
import { Simulation, type SimulationOptions } from './simulation.ts';

type Handler<T, V> = ((message: Message<T, V>) => unknown) | undefined;

/**
 * A bus for tests: the real one, in one thread, with consumers on threads that only seem to be, under a clock that the test moves. The
 * same seed gives the same order of deliveries.
 */
export class TestBus extends Bus {
  declare readonly clock: VirtualClock;
  /** @internal starts consumers in the place of topics */
  readonly simulation: Simulated = {
    consume: (topic, options, handler) => this.#consume(topic, options, handler),
  };
  readonly #simulation: Simulation;
  readonly #handles: Record<string, TopicHandle>;
  readonly #threadOf = new WeakMap<object, SimulatedThread>();
  readonly #killed = new Map<SimulatedThread, () => void>();

  /** @internal use `testBus` */
  constructor(simulation: Simulation, handles: Record<string, TopicHandle>) {
    super(engineOn(simulation, handles), simulation.main.clock);
    this.clock = simulation.clock;
    this.#simulation = simulation;
    this.#handles = handles;
  }

  /** Resolves when nothing more happens without the clock: what was sent has been handled, or waits for its time. */
  settle(): Promise<void> {
    return this.#simulation.settle();
  }

  /**
   * Ends the thread of a consumer in the middle of what it does, soon or instead of its next step after `afterSteps` others; its
   * partitions go to others after that. A step leads to where a handler begins or ends, or the consumer sleeps. What was promised
   * by the consumer itself (`results`, `close`) is never settled; `bus.close()` does not wait for it.
   */
  kill(consumer: object, { afterSteps = 0 }: { readonly afterSteps?: number } = {}): void {
    const thread = this.#threadOf.get(consumer);
    if (thread === undefined) throw new OptionError('consumer', 'kill() takes a consumer of this bus.');
    if (afterSteps > 0) thread.endsAfterSteps = thread.steps + afterSteps;
    else this.#simulation.kill(thread);
  }

  /** How often the thread of a consumer has gone on. */
  stepsOf(consumer: object): number {
    return this.#threadOf.get(consumer)?.steps ?? 0;
  }

  /** @internal a thread has ended */
  exited(threadId: number): void {
    this.repair(threadId);
    for (const [thread, tell] of this.#killed) if (thread.threadId === threadId) tell();
  }

  /** @internal does not wait for consumers that were killed */
  override watch(consumer: AnyConsumer): void {
    const thread = this.#threadOf.get(consumer) as SimulatedThread;
    const killed = new Promise<unknown[]>((resolve) => {
      this.#killed.set(thread, () => resolve([]));
    });
    const results = Promise.race([consumer.results, killed]);
    results.catch(() => {});
    const close = () => Promise.race([thread.ended ? killed : consumer.close(), killed]);
    super.watch({ results, close } as unknown as AnyConsumer);
  }

  #consume<T, V>(
    topic: Topic<T, V>,
    options: ConsumeOptions,
    handler: URL | ((message: Message<T, V>) => unknown) | undefined,
  ): Consumer<T, V> {
    if (handler instanceof URL) {
      throw new UnsupportedError(
        'The test bus runs in one thread: pass the default export of the handler module instead of its URL, once for each thread.',
      );
    }
    const thread = this.#simulation.thread();
    const consumer = asThread(thread, () => this.#start<T, V>(thread, topic.name, options, handler));
    this.#threadOf.set(consumer, thread);
    return consumer;
  }

  #start<T, V>(
    thread: SimulatedThread,
    name: string,
    options: ConsumeOptions,
    handler: Handler<T, V>,
  ): Consumer<T, V> {
    const bus = new Bus(this.#engineOf(thread), thread.clock);
    const topic = bus.topic<T, V>(name);
    thread.seat = topic.logs[0]?.lot.seat;
    return handler === undefined ? topic.consume(options) : topic.consume(options, inSteps(thread, handler));
  }

  /** The topics as another thread sees them; one that is new there is new for all. */
  #engineOf(thread: SimulatedThread): Engine {
    return {
      topic: (name, codec, options, host) => {
        if (this.#handles[name] === undefined && codec !== undefined) this.topic(name, codec, options);
        const handle = this.#handles[name];
        if (handle === undefined) throw new TopicError(`There is no topic '${name}'.`);
        return asThread(thread, () => openWhole(Topic.open(handle, codec, host, options.partitioner)));
      },
      close: () => {},
    };
  }
}

/** Opens now what would be opened when it is needed, when nobody knows for which thread. */
function openWhole<T, V>(topic: Topic<T, V>): Topic<T, V> {
  void topic.replies;
  return topic;
}

function engineOn(simulation: Simulation, handles: Record<string, TopicHandle>): Engine {
  return {
    topic(name, codec, options, host) {
      if (codec === undefined)
        throw new TopicError(`Topic '${name}' is new: pass the codec of its messages.`);
      const topic = asThread(simulation.main, () => openWhole(Topic.create(name, codec, options, host)));
      handles[name] = topic.handle;
      return topic;
    },
    close: () => {},
  };
}

/** A thread may end before a handler is called, in the middle of it, or after it and before the message is acknowledged. */
function inSteps<T, V>(thread: SimulatedThread, handler: (message: Message<T, V>) => unknown) {
  return async (message: Message<T, V>): Promise<unknown> => {
    await thread.step();
    try {
      return await handler(message);
    } finally {
      await thread.step();
    }
  };
}

/** A bus for tests: see `TestBus`. */
export function testBus(options: SimulationOptions = {}): TestBus {
  const simulation = new Simulation(options, (threadId) => bus.exited(threadId));
  const bus: TestBus = new TestBus(simulation, {});
  return bus;
}
