import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { fromPortable, OptionError, type PortableError, toPortable } from '../ring/index.ts';
import { ThreadDiedError } from './errors.ts';

/** How a group's threads are told to stop: after what is there now (`drain`), or as soon as they can (`stop`). */
export type StopMode = 'drain' | 'stop';

/** What a stage module's default export answers: structured clone would take an error's class, name and code away. */
export type StageOutcome<R> = { readonly result: R } | { readonly error: PortableError };

/** What a stage module's default export is called with, in its thread. */
export interface StageTask<D> {
  readonly data: D;
  readonly thread: number;
  readonly threads: number;
  /** Delivers the `StopMode`, and tells the group the thread's number. */
  readonly control: MessagePort;
}

export interface StageThreadsOptions {
  /** How many threads: a whole number from 1. */
  readonly threads: number;
  /** A name for errors. */
  readonly name?: string;
  /** Called with the `threadId` of every thread when it has ended, however it ended, so that rings can be repaired. */
  readonly onEnd?: (threadId: number) => void;
}

/**
 * A number of worker threads, each of which runs one long task of the same stage module.
 *
 * Piscina owns the threads. Its own waiting is switched off (`atomics: 'disabled'`): a thread spends its life
 * in our loop, and one that has ended should keep its event loop free.
 */
export class StageThreads<D, R> {
  readonly threads: number;
  readonly #pool: Piscina;
  readonly #name: string;
  readonly #onEnd: ((threadId: number) => void) | undefined;
  readonly #threadIds = new Set<number>();
  readonly #controls: MessagePort[] = [];
  #destroyed: Promise<void> | undefined;

  constructor(stage: URL, options: StageThreadsOptions) {
    const { threads, name = 'a worker group', onEnd } = options;
    if (!Number.isInteger(threads) || threads < 1) {
      throw new OptionError('threads', `threads must be a whole number from 1, got ${threads}.`);
    }
    this.threads = threads;
    this.#name = name;
    this.#onEnd = onEnd;
    this.#pool = new Piscina({
      filename: stage.href,
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      atomics: 'disabled',
      recordTiming: false,
    });
  }

  /**
   * Starts one task in each thread, with `dataOf(thread)`. Resolves with their results when all have ended,
   * and then ends the threads. When one fails the others are stopped, and its error is what the promise
   * rejects with.
   */
  async run(dataOf: (thread: number) => D): Promise<R[]> {
    const tasks = Array.from({ length: this.threads }, (_, thread) => this.#start(thread, dataOf(thread)));
    try {
      return await Promise.all(tasks);
    } catch (error) {
      this.stop('stop');
      await Promise.allSettled(tasks);
      throw error;
    } finally {
      await this.destroy();
      for (const threadId of this.#threadIds) this.#onEnd?.(threadId);
    }
  }

  async #start(thread: number, data: D): Promise<R> {
    const { port1, port2 } = new MessageChannel();
    let threadId: number | undefined;
    port1.on('message', (id: number) => {
      threadId = id;
      this.#threadIds.add(id);
    });
    port1.unref();
    this.#controls.push(port1);
    const task: StageTask<D> = { data, thread, threads: this.threads, control: port2 };
    try {
      const outcome = (await this.#pool.run(task, { transferList: [port2] })) as StageOutcome<R>;
      if ('error' in outcome) throw fromPortable(outcome.error);
      return outcome.result;
    } catch (error) {
      throw this.#explain(error, thread, threadId);
    } finally {
      port1.close();
    }
  }

  /** Piscina reports a thread's end as an error of the task it had. */
  #explain(error: unknown, thread: number, threadId: number | undefined): unknown {
    const { message, code } = error as { message?: string; code?: string };
    const died = code === 'ERR_WORKER_OUT_OF_MEMORY' || /worker exited/i.test(message ?? '');
    if (!died || this.#destroyed !== undefined) return error;
    if (threadId !== undefined) this.#onEnd?.(threadId);
    return new ThreadDiedError(`Thread ${thread} of ${this.#name} ended before its work did: ${message}`, {
      cause: error,
    });
  }

  /** Tells every thread to stop; `run` resolves when they have. */
  stop(mode: StopMode): void {
    for (const control of this.#controls) control.postMessage(mode);
  }

  /** Ends the threads at once, whatever they are doing. */
  async destroy(): Promise<void> {
    this.#destroyed ??= this.#pool.destroy();
    await this.#destroyed;
  }
}

/** Runs a task in its thread and answers with what became of it. For the default export of stage modules. */
export async function outcomeOf<R>(run: () => Promise<R>): Promise<StageOutcome<R>> {
  try {
    return { result: await run() };
  } catch (error) {
    return { error: toPortable(error) };
  }
}
