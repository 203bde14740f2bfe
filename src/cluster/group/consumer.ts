import { EventEmitter } from 'node:events';
import { OptionError } from '../../ring/index.ts';
import { type HandlerModule, StopControl } from '../../workers/index.ts';
import type { Clock } from '../clock.ts';
import type { Message } from '../topic/message.ts';
import type { Position } from '../topic/position.ts';
import type { Topic } from '../topic/topic.ts';
import type { TopicHandle } from '../topic/topic-options.ts';
import { type ConsumeOptions, checkConsumeOptions, type ThreadOptions } from './consume-options.ts';
import { type ConsumerCommand, ConsumerThreads, type Controllable, obey } from './consumer-threads.ts';
import type { Group } from './group.ts';
import { type GroupLag, type GroupStall, GroupWatch } from './group-watch.ts';
import { Member } from './member.ts';
import { MessageBatch } from './message-batch.ts';
import { runMember, runShared } from './run-member.ts';

/** What a consumer tells: `consumer.on('rebalance', ({ assigned, revoked }) => …)`. */
export interface ConsumerEvents {
  /** Partitions were given to a member in this thread, or taken from it. */
  rebalance: [change: { readonly assigned: readonly number[]; readonly revoked: readonly number[] }];
  /**
   * Producers went on over messages of a partition that the group had not read, in a topic with `overflow: 'drop-oldest'`: before the next
   * message is handled. For members in this thread; `topic.metrics()` counts for all.
   */
  missed: [what: { readonly partition: number; readonly missed: number }];
  /**
   * The group is more than `lagAbove` behind. Told about once a second, while somebody listens and it is so. This event and the next one
   * are of the whole group, whatever threads its members run in.
   */
  lag: [lag: GroupLag];
  /**
   * A partition has messages, and none of them was acknowledged for `stallAfter` milliseconds: a handler takes long or never ends, its
   * member is busy with another partition, a retry waits, or the partition is paused. Told once for each message at which it stands.
   */
  stalled: [stall: GroupStall];
  /** Something failed and the consumer goes on: a thread died and was replaced. */
  error: [error: unknown];
}

/** How a consumer is run: by a member in this thread, or by threads of its own. */
interface Runner {
  readonly results: Promise<unknown[]>;
  stop(mode: 'drain' | 'stop'): void;
}

// biome-ignore lint/suspicious/noExplicitAny: consumers of topics of any type.
export type AnyConsumer = Consumer<any, any>;

/** Some members of a group that were started together. */
export class Consumer<T = unknown, V = T> extends EventEmitter<ConsumerEvents> {
  /**
   * Resolves when the consumer has ended, with what `close` of the handler module returned, thread by thread;
   * rejects when a handler failed for good, or threads died again and again with the same message.
   */
  readonly results: Promise<unknown[]>;
  readonly #group: Group<T, V>;
  readonly #runner: Runner;
  readonly #member: Member<T, V> | undefined;
  readonly #threads: ConsumerThreads | undefined;
  #controllable: Controllable | undefined;
  readonly #commands: ConsumerCommand[] = [];

  private constructor(
    group: Group<T, V>,
    options: ConsumeOptions,
    start: (consumer: Consumer<T, V>) => { runner: Runner; member?: Member<T, V>; threads?: ConsumerThreads },
  ) {
    super();
    checkConsumeOptions(options);
    this.#group = group;
    const { runner, member, threads } = start(this);
    this.#runner = runner;
    this.#member = member;
    this.#threads = threads;
    if (member !== undefined || threads !== undefined) this.#controllable = member ?? threads;
    this.results = runner.results;
    this.#watchFor(options);
    this.results.catch(() => {}); // Whoever asks for the results, or closes, gets the error; nobody has to.
    options.signal?.addEventListener('abort', () => void this.close().catch(() => {}), { once: true });
  }

  /** Looks at the group while somebody listens to what is found so. */
  #watchFor(options: ConsumeOptions): void {
    const watch = new GroupWatch(this.#group, options, {
      lag: (lag) => this.emit('lag', lag),
      stalled: (stall) => this.emit('stalled', stall),
      isHeard: () => this.listenerCount('lag') + this.listenerCount('stalled') > 0,
    });
    (this as EventEmitter).on('newListener', (event: string | symbol) => {
      if (event === 'lag' || event === 'stalled') watch.start();
    });
    const end = () => watch.end();
    this.results.then(end, end);
  }

  /** @internal a handler module on threads */
  static onThreads<T, V>(
    group: Group<T, V>,
    handle: TopicHandle,
    options: ConsumeOptions,
    handler: URL,
    repair: (threadId: number) => number,
  ): Consumer<T, V> {
    return new Consumer<T, V>(group, options, (consumer) => {
      const { signal: _, threads: count = 1, ...rest } = options;
      const threads = new ConsumerThreads(
        { topic: handle, group: group.number, options: rest, handler: handler.href },
        {
          threads: count,
          name: `group '${options.group}' of topic '${group.topic.name}'`,
          repair,
          onDeath: (error) => consumer.#report(error),
        },
      );
      return { runner: threads, threads };
    });
  }

  /** @internal a handler in this thread */
  static here<T, V>(
    group: Group<T, V>,
    options: ConsumeOptions,
    handler: HandlerModule<Message<T, V>>,
    deadLetter: Topic<T, V> | undefined,
  ): Consumer<T, V> {
    return new Consumer<T, V>(group, options, (consumer) => {
      const control = new StopControl();
      const context = { thread: 0, threads: 1, signal: control.signal };
      const start = { group, handler, context, control, options, deadLetter };
      const stop = (mode: 'drain' | 'stop') => control.stop(mode);
      if (options.ordering === 'none') {
        const results = runShared(start, (member) => consumer.#take(member)).then((result) => [result]);
        return { runner: { results, stop } };
      }
      const member = consumer.#join(group, options, control, group.topic.clock);
      const results = runMember(member, start).then((result) => [result]);
      return { member, runner: { results, stop } };
    });
  }

  /** @internal no handler: batches for `for await` */
  static batches<T, V>(group: Group<T, V>, options: ConsumeOptions): BatchConsumer<T, V> {
    const control = new StopControl();
    let ended: () => void = () => {};
    const results = new Promise<unknown[]>((resolve) => {
      ended = () => resolve([]);
    });
    let member: Member<T, V> | undefined;
    const consumer = new Consumer<T, V>(group, options, (self) => {
      member = self.#join(group, options, control, group.topic.clock);
      const stop = (mode: 'drain' | 'stop') => {
        control.stop(mode);
        if (!reading) finish();
      };
      return { member, runner: { results, stop } };
    });
    let reading = false;
    const finish = () => {
      member?.leave();
      ended();
    };
    const iterate = async function* (): AsyncGenerator<MessageBatch<T, V>> {
      if (reading) throw new OptionError('group', 'This consumer is being read already: one loop for each.');
      reading = true;
      try {
        for (;;) {
          const assignment = await (member as Member<T, V>).next();
          if (assignment === undefined) return;
          const batch = new MessageBatch<T, V>(group.topic.name, assignment, group.topic.clock.now);
          let all = false;
          try {
            yield batch;
            all = true;
          } finally {
            batch.close(all);
          }
        }
      } finally {
        finish();
      }
    };
    return Object.assign(consumer, { [Symbol.asyncIterator]: iterate });
  }

  #join(group: Group<T, V>, options: ThreadOptions, control: StopControl, clock: Clock): Member<T, V> {
    return new Member(group, options, control, clock, {
      rebalanced: (change) => this.emit('rebalance', change),
      missed: (what) => this.emit('missed', what),
    });
  }

  #report(error: unknown): void {
    if (this.listenerCount('error') > 0) this.emit('error', error);
  }

  /** Messages that the group has not read yet, over all partitions, as slots; an estimate while producers are at work. */
  get lag(): number {
    return this.#group.lag;
  }

  /** The partitions that the member in this thread reads now. */
  get partitions(): readonly number[] {
    return [...(this.#member?.assignments.keys() ?? [])];
  }

  /**
   * Stops handing out messages, of some partitions or of all, without giving the partitions away: in this consumer's threads, after
   * the batch in hand; other consumers of the group go on.
   */
  pause(...partitions: number[]): void {
    this.#command({ do: 'pause', partitions: partitions.length === 0 ? undefined : partitions });
  }

  resume(...partitions: number[]): void {
    this.#command({ do: 'resume', partitions: partitions.length === 0 ? undefined : partitions });
  }

  /**
   * Reads on from another position, after what is in hand: in one partition, or in all that this consumer owns. Backwards, as
   * far as the topic's retention keeps messages.
   */
  seek(position: Position, partition?: number): void {
    this.#command({ do: 'seek', position, partition });
  }

  /** A member that has still to start obeys then. */
  #command(command: ConsumerCommand): void {
    if (this.#controllable === undefined) this.#commands.push(command);
    else obey(this.#controllable, command);
  }

  #take(member: Controllable): void {
    this.#controllable = member;
    for (const command of this.#commands.splice(0)) obey(member, command);
  }

  /** Changes the number of threads while the consumer runs: the partitions are shared out anew. */
  resize(threads: number): void {
    if (this.#threads === undefined)
      throw new OptionError('threads', 'This consumer runs in the thread that has started it.');
    this.#threads.resize(threads);
  }

  /**
   * Stops: with `drain`, after what has been written by now; without, after the batch in hand. Resolves when
   * the threads have ended; rejects as `results` does.
   */
  async close({ drain = false }: { readonly drain?: boolean } = {}): Promise<void> {
    this.#runner.stop(drain ? 'drain' : 'stop');
    await this.results;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** A consumer without a handler: `for await (const batch of consumer) for (const message of batch) …` */
export type BatchConsumer<T, V = T, R = unknown> = Consumer<T, V> & AsyncIterable<MessageBatch<T, V, R>>;
