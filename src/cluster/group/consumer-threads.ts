import { StageThreads, ThreadDiedError } from '../../workers/index.ts';
import type { Position } from '../topic/position.ts';
import type { TopicHandle } from '../topic/topic-options.ts';
import { checkWhole, type ThreadOptions } from './consume-options.ts';
import { DEATHS_MAX } from './failure.ts';

/** What a consumer says to its threads while they run. */
export type ConsumerCommand =
  | { readonly do: 'pause' | 'resume'; readonly partitions: readonly number[] | undefined }
  | { readonly do: 'seek'; readonly position: Position; readonly partition: number | undefined };

/** What can be done with the partitions of a consumer while it runs. */
export interface Controllable {
  pause(partitions: readonly number[] | undefined): void;
  resume(partitions: readonly number[] | undefined): void;
  seek(position: Position, partition: number | undefined): void;
}

/** Does what the consumer has said. */
export function obey(member: Controllable, command: ConsumerCommand): void {
  if (command.do === 'seek') member.seek(command.position, command.partition);
  else member[command.do](command.partitions);
}

/** What a consumer thread is started with. */
export interface ConsumerThreadData {
  readonly topic: TopicHandle;
  readonly group: number;
  readonly options: ThreadOptions;
  readonly handler: string;
  /** What was said to the threads before this one was started. */
  readonly commands: readonly ConsumerCommand[];
  readonly thread: number;
  readonly threads: number;
}

/** What is the same for all of them. */
export type ConsumerThreadsData = Omit<ConsumerThreadData, 'thread' | 'threads' | 'commands'>;

export interface ConsumerThreadsOptions {
  readonly threads: number;
  readonly name: string;
  /** Repairs the topic after a thread's end; the most deaths at one message. */
  readonly repair: (threadId: number) => number;
  /** A thread died, and another one takes its place. */
  readonly onDeath: (error: unknown) => void;
}

/**
 * The threads of one consumer: each a member of the group of its own. One that dies is replaced; meanwhile the others take over
 * what it read.
 */
export class ConsumerThreads implements Controllable {
  /** What `close` of the handler module returned in each thread, when all have ended. */
  readonly results: Promise<unknown[]>;
  readonly #data: ConsumerThreadsData;
  readonly #options: ConsumerThreadsOptions;
  /** By number. */
  readonly #threads: StageThreads<ConsumerThreadData, unknown>[] = [];
  readonly #results: unknown[] = [];
  /** Pauses and resumptions, for threads that start later. */
  readonly #commands: ConsumerCommand[] = [];
  #running = 0;
  #diedIdle = 0;
  #stopped: 'drain' | 'stop' | undefined;
  #failure: { readonly error: unknown } | undefined;
  #settle: () => void = () => {};

  constructor(data: ConsumerThreadsData, options: ConsumerThreadsOptions) {
    this.#data = data;
    this.#options = options;
    this.results = new Promise((resolve, reject) => {
      this.#settle = () =>
        this.#failure === undefined ? resolve(this.#results) : reject(this.#failure.error);
    });
    this.resize(options.threads);
  }

  /** Starts threads, or stops the last ones. */
  resize(threads: number): void {
    checkWhole('threads', threads, 1);
    while (this.#threads.length > threads) this.#threads.pop()?.stop('stop');
    while (this.#threads.length < threads) this.#start(this.#threads.length, threads);
  }

  stop(mode: 'drain' | 'stop'): void {
    this.#stopped = mode;
    for (const thread of this.#threads) thread.stop(mode);
  }

  pause(partitions: readonly number[] | undefined): void {
    this.#pauseOrResume({ do: 'pause', partitions });
  }

  resume(partitions: readonly number[] | undefined): void {
    this.#pauseOrResume({ do: 'resume', partitions });
  }

  #pauseOrResume(command: ConsumerCommand & { partitions: readonly number[] | undefined }): void {
    if (command.partitions === undefined) this.#commands.length = 0; // It says everything.
    this.#commands.push(command);
    this.#tell(command);
  }

  seek(position: Position, partition: number | undefined): void {
    this.#tell({ do: 'seek', position, partition });
  }

  #tell(command: ConsumerCommand): void {
    for (const thread of this.#threads) thread.tell(command);
  }

  #start(number: number, threads: number): void {
    let deaths = 0;
    const thread = new StageThreads<ConsumerThreadData, unknown>(
      new URL('./consumer-thread.js', import.meta.url),
      {
        threads: 1,
        name: this.#options.name,
        onEnd: (threadId) => {
          deaths = Math.max(deaths, this.#options.repair(threadId));
        },
      },
    );
    this.#threads[number] = thread;
    this.#running++;
    thread
      .run(() => ({ ...this.#data, thread: number, threads, commands: this.#commands }))
      .then(
        ([result]) => {
          this.#results[number] = result;
        },
        (error: unknown) => {
          if (
            error instanceof ThreadDiedError &&
            this.#mayReplace(deaths) &&
            this.#threads[number] === thread
          ) {
            this.#options.onDeath(error);
            this.#replace(number, threads);
          } else this.#fail(error);
        },
      )
      .finally(() => {
        this.#running--;
        if (this.#running === 0) this.#settle();
      });
  }

  /** A thread that dies while the consumer drains is needed still; one that dies while it stops is not. */
  #replace(number: number, threads: number): void {
    if (this.#stopped === 'stop') return;
    this.#start(number, threads);
    if (this.#stopped === 'drain') this.#threads[number]?.stop('drain');
  }

  /** @param deaths at the message that the last one died with; 0 when it had none */
  #mayReplace(deaths: number): boolean {
    if (this.#failure !== undefined) return false;
    this.#diedIdle = deaths === 0 ? this.#diedIdle + 1 : 0;
    const letsDie = this.#data.options.deadLetter !== undefined; // Its successor gives the message up.
    return this.#diedIdle < DEATHS_MAX && (letsDie || deaths < DEATHS_MAX);
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.stop('stop');
  }
}
