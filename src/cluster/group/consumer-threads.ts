import { StageThreads, ThreadDiedError } from '../../workers/index.ts';
import type { TopicHandle } from '../topic/topic-options.ts';
import { checkWhole, type ThreadOptions } from './consume-options.ts';

/** What a consumer thread is started with. */
export interface ConsumerThreadData {
  readonly topic: TopicHandle;
  readonly group: number;
  readonly options: ThreadOptions;
  readonly handler: string;
  readonly thread: number;
  readonly threads: number;
}

export interface ConsumerThreadsOptions {
  readonly threads: number;
  readonly name: string;
  /** Repairs the topic after a thread's end; the most deaths at one message. */
  readonly repair: (threadId: number) => number;
  /** A thread died, and another one takes its place. */
  readonly onDeath: (error: unknown) => void;
}

/** Threads that die one after the other with the same message, or before they read any, until the consumer gives up. */
export const DEATHS_MAX = 3;

/**
 * The threads of one consumer: each a member of the group of its own. One that dies is replaced; meanwhile the others take over
 * what it read.
 */
export class ConsumerThreads {
  /** What `close` of the handler module returned in each thread, when all have ended. */
  readonly results: Promise<unknown[]>;
  readonly #data: Omit<ConsumerThreadData, 'thread' | 'threads'>;
  readonly #options: ConsumerThreadsOptions;
  /** By number. */
  readonly #threads: StageThreads<ConsumerThreadData, unknown>[] = [];
  readonly #results: unknown[] = [];
  #running = 0;
  #diedIdle = 0;
  #stopped: 'drain' | 'stop' | undefined;
  #failure: { readonly error: unknown } | undefined;
  #settle: () => void = () => {};

  constructor(data: Omit<ConsumerThreadData, 'thread' | 'threads'>, options: ConsumerThreadsOptions) {
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
      .run(() => ({ ...this.#data, thread: number, threads }))
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
