import { consume, deal, type HandlerModule, StageThreads, StopControl } from '../../workers/index.ts';
import { Message } from '../topic/message.ts';
import type { Topic, TopicHandle } from '../topic/topic.ts';

export interface ConsumeOptions {
  /** The group's name. Every group reads every message; within a group, one member reads each partition. */
  readonly group: string;
  /** Threads for a handler module. Default 1. */
  readonly threads?: number;
}

/** What a consumer thread is started with. */
export interface ConsumerThreadData {
  readonly topic: TopicHandle;
  readonly group: number;
  readonly partitions: readonly number[];
  readonly handler: string;
}

/** A running member of a group. */
export class Consumer {
  /**
   * Resolves when the consumer has ended, with what `close` of the handler module returned, thread by thread;
   * rejects when a handler failed or a thread died.
   */
  readonly results: Promise<unknown[]>;
  readonly #stop: (mode: 'drain' | 'stop') => void;

  private constructor(results: Promise<unknown[]>, stop: (mode: 'drain' | 'stop') => void) {
    this.results = results;
    this.#stop = stop;
    results.catch(() => {}); // Whoever asks for the results, or closes, gets the error; nobody has to.
  }

  /** @internal */
  static onThreads<T, V>(
    topic: Topic<T, V>,
    handle: TopicHandle,
    group: number,
    options: ConsumeOptions,
    handler: URL,
  ): Consumer {
    const { threads = 1 } = options;
    const workers = new StageThreads<ConsumerThreadData, unknown>(
      new URL('./consumer-thread.js', import.meta.url),
      {
        threads,
        name: `group '${options.group}' of topic '${topic.name}'`,
        onEnd: (threadId) => {
          for (const partition of topic.logs) partition.repair(threadId);
        },
      },
    );
    const shares = deal([...topic.logs.keys()], threads);
    const results = workers.run((thread) => ({
      topic: handle,
      group,
      partitions: shares[thread] as number[],
      handler: handler.href,
    }));
    return new Consumer(results, (mode) => workers.stop(mode));
  }

  /** @internal */
  static here<T, V>(
    topic: Topic<T, V>,
    group: number,
    _options: ConsumeOptions,
    handler: HandlerModule<Message<T, V>>,
  ): Consumer {
    const control = new StopControl();
    const partitions = [...topic.logs.keys()];
    const results = consumePartitions(topic, group, partitions, handler, { thread: 0, threads: 1 }, control);
    return new Consumer(
      results.then((result) => [result]),
      (mode) => control.stop(mode),
    );
  }

  /**
   * Stops: with `drain`, after what has been written by now; without, after the batch in hand. Resolves when
   * the threads have ended; rejects as `results` does.
   */
  async close({ drain = false }: { readonly drain?: boolean } = {}): Promise<void> {
    this.#stop(drain ? 'drain' : 'stop');
    await this.results;
  }
}

/** @internal Reads some partitions for a group in this thread, from the handler's `open` to its `close`. */
export async function consumePartitions<T, V>(
  topic: Topic<T, V>,
  group: number,
  partitions: readonly number[],
  handler: HandlerModule<Message<T, V>>,
  { thread, threads }: { readonly thread: number; readonly threads: number },
  control: StopControl,
): Promise<unknown> {
  const context = { thread, threads, signal: control.signal };
  await handler.open?.(context);
  const sources = partitions.map((partition) => {
    const log = topic.logs[partition];
    if (log === undefined) throw new RangeError(`Topic '${topic.name}' has no partition ${partition}.`);
    const reader = log.attach(group);
    const message = new Message<T, V>(topic.name, partition, reader);
    return { reader, show: message.show.bind(message) };
  });
  try {
    await consume(sources, handler, context, control);
  } finally {
    for (const { reader } of sources) reader.detach();
  }
  return handler.close?.(context);
}
