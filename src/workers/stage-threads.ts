import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { fromPortable, OptionError, type PortableError, toPortable } from '../ring/index.ts';
import { ThreadDiedError } from './errors.ts';

/** How a group's threads are told to stop: after what is there now (`drain`), or as soon as they can (`stop`). */
export type StopMode = 'drain' | 'stop';

/** What a stage module's default export answers: structured clone would take an error's class, name and code away. */
export type StageOutcome<R> = { readonly result: R } | { readonly error: PortableError };

/** Loads the stage module in its thread, see there. */
const THREAD = new URL('./thread.cjs', import.meta.url);

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
  /**
   * Called when a thread has died, after `onEnd`: returns to have it replaced by another one that gets `dataOf(thread)`
   * anew, or throws what is to end the group. Without it, a death ends the group.
   */
  readonly onDeath?: (thread: number, error: ThreadDiedError) => void;
  /** Called with the error that ends the group, before the other threads have ended: whatever they wait for can be ended too. */
  readonly onFailure?: (error: unknown) => void;
  /** A pool whose threads are used in place of own ones. It is left as it was. */
  readonly pool?: Piscina | undefined;
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
  readonly #onDeath: StageThreadsOptions['onDeath'];
  readonly #onFailure: StageThreadsOptions['onFailure'];
  readonly #stage: string;
  readonly #isOwn: boolean;
  readonly #exits = new Map<number, Promise<void>>();
  readonly #current: (Worker | undefined)[] = [];
  readonly #kill = new AbortController();
  readonly #controls: MessagePort[] = [];
  #destroyed: Promise<void> | undefined;

  constructor(stage: URL, options: StageThreadsOptions) {
    const { threads, name = 'a worker group', onEnd, onDeath, onFailure, pool } = options;
    if (!Number.isInteger(threads) || threads < 1) {
      throw new OptionError('threads', `threads must be a whole number from 1, got ${threads}.`);
    }
    this.threads = threads;
    this.#name = name;
    this.#onEnd = onEnd;
    this.#onDeath = onDeath;
    this.#onFailure = onFailure;
    this.#stage = stage.href;
    this.#isOwn = pool === undefined;
    if (pool !== undefined && pool.options.maxThreads < threads) {
      throw new OptionError(
        'pool',
        `The pool has at most ${pool.options.maxThreads} threads, and ${threads} are needed at the same time.`,
      );
    }
    this.#pool = pool ?? ownPool(threads);
  }

  /**
   * Starts one task in each thread, with `dataOf(thread)`. Resolves with their results when all have ended,
   * and then ends the threads. When one fails the others are stopped, and its error is what the promise
   * rejects with.
   */
  async run(dataOf: (thread: number) => D): Promise<R[]> {
    const tasks = Array.from({ length: this.threads }, (_, thread) => this.#keepRunning(thread, dataOf));
    try {
      return await Promise.all(tasks);
    } catch (error) {
      this.#onFailure?.(error);
      this.stop('stop');
      await Promise.allSettled(tasks);
      throw error;
    } finally {
      await this.destroy();
      for (const threadId of this.#threadIds) this.#onEnd?.(threadId);
    }
  }

  /** Runs a thread's task, and as often as it dies and may be replaced, again. */
  async #keepRunning(thread: number, dataOf: (thread: number) => D): Promise<R> {
    for (;;) {
      try {
        return await this.#start(thread, dataOf(thread));
      } catch (error) {
        if (!(error instanceof Death) || this.#destroyed !== undefined) throw error;
        if (this.#onDeath === undefined) throw error.explanation;
        this.#onDeath(thread, error.explanation);
      }
    }
  }

  async #start(thread: number, data: D): Promise<R> {
    const { port1, port2 } = new MessageChannel();
    let threadId: number | undefined;
    const listen = (id: number) => {
      threadId = id;
      this.#threadIds.add(id);
      this.#current[thread] = this.#pool.threads.find((worker) => worker.threadId === id);
    };
    port1.on('message', listen);
    port1.unref();
    this.#controls[thread] = port1;
    const task: StageTask<D> = { data, thread, threads: this.threads, control: port2 };
    try {
      this.#watch();
      const outcome = (await this.#pool.run(
        { stage: this.#stage, task },
        {
          transferList: [port2],
          filename: THREAD.href,
          signal: this.#isOwn ? null : this.#kill.signal,
        },
      )) as StageOutcome<R>;
      if ('error' in outcome) throw fromPortable(outcome.error);
      return outcome.result;
    } catch (error) {
      const late = receiveMessageOnPort(port1) as { message: number } | undefined;
      if (late !== undefined) listen(late.message);
      await this.#rethrow(error, thread, threadId);
      throw error;
    } finally {
      port1.close();
    }
  }

  /** Notes the end of every thread there is: Piscina reports a death as an error of the task, perhaps before the end. */
  #watch(): void {
    for (const worker of this.#pool.threads) {
      const { threadId } = worker;
      if (threadId < 0 || this.#exits.has(threadId)) continue;
      this.#exits.set(
        threadId,
        new Promise((resolve) => {
          worker.once('exit', () => resolve());
        }),
      );
    }
  }

  /** Throws `Death` when it was the thread that ended, once it has. */
  async #rethrow(error: unknown, thread: number, threadId: number | undefined): Promise<void> {
    const lives = this.#pool.threads.some((worker) => worker.threadId === threadId);
    this.#watch();
    const { message, code } = error as { message?: string; code?: string };
    const reported = code === 'ERR_WORKER_OUT_OF_MEMORY' || /worker exited/i.test(message ?? '');
    if (this.#destroyed !== undefined || (threadId === undefined ? !reported : lives)) return;
    if (threadId !== undefined) {
      await this.#exits.get(threadId);
      this.#onEnd?.(threadId);
    }
    throw new Death(
      new ThreadDiedError(`Thread ${thread} of ${this.#name} ended before its work did: ${message}`, {
        cause: error,
      }),
    );
  }

  /** Ends one thread, whatever it is doing: it counts as dead. */
  terminate(thread: number): void {
    void this.#current[thread]?.terminate();
  }

  /** Tells every thread to stop; `run` resolves when they have. */
  stop(mode: StopMode): void {
    for (const control of this.#controls) control?.postMessage(mode);
  }

  /** Has threads that rest look whether they still should. */
  resume(): void {
    for (const control of this.#controls) control?.postMessage('resume');
  }

  /** Tells every thread something that its stage understands: see `StopControl.listen`. */
  tell(message: unknown): void {
    for (const control of this.#controls) control?.postMessage({ told: message });
  }

  /** Ends the threads at once, whatever they are doing. */
  async destroy(): Promise<void> {
    this.#kill.abort();
    this.#destroyed ??= this.#isOwn ? this.#pool.destroy() : Promise.resolve();
    await this.#destroyed;
  }
}

function ownPool(threads: number): Piscina {
  const pool = new Piscina({
    filename: THREAD.href,
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: 1,
    idleTimeout: Number.POSITIVE_INFINITY,
    atomics: 'disabled',
    recordTiming: false,
  });
  pool.on('error', () => {}); // Of a thread that has done its work: nobody waits for it.
  return pool;
}

/** A thread ended before its task did. */
class Death extends Error {
  readonly explanation: ThreadDiedError;

  constructor(explanation: ThreadDiedError) {
    super(explanation.message);
    this.explanation = explanation;
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
