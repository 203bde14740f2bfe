import { ClosedError, FullError, fromPortable, OptionError, TimeoutError } from '../../ring/index.ts';
import type { Collected } from '../flow/collector.ts';
import { Flow } from '../flow/flow.ts';
import { decodeLetter } from '../flow/frame.ts';
import { flowOptionsOf, type ParallelOptions, stageSpec } from '../parallel/parallel.ts';
import { CallQueue } from './call-queue.ts';

export interface ServiceOptions<T, R> extends Omit<ParallelOptions<T, R>, 'ordered' | 'signal'> {
  /** Calls that may be unanswered; another one is refused with `FullError`. Default: any number. */
  readonly maxPending?: number;
}

export interface CallOptions {
  /** Gives the call up: its promise is rejected with the signal's reason. What a thread has begun it ends all the same. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which it is given up with `TimeoutError`. */
  readonly timeout?: number;
}

/**
 * The default export of a module as a function that runs on other threads: a promise for each call.
 *
 *   await using score = service(new URL('./score.js', import.meta.url), { threads: 4 });
 *   const result = await score.call(order);
 *
 * Calls that are made while threads are busy travel together, in frames, as with `parallel()`. A handler that throws
 * rejects its own call; a thread that dies is replaced and its calls are made again, but for one that kills `maxDeaths`
 * threads, which is rejected with `PoisonError`. Threads start with the first call, and keep the process alive until
 * `close()`.
 */
export function service<T = unknown, R = unknown>(
  module: URL | string,
  options: ServiceOptions<T, R> = {},
): Service<T, R> {
  return new Service(module, options);
}

export class Service<T, R> implements AsyncDisposable {
  readonly #queue: CallQueue<T>;
  readonly #flow: Flow<T, R>;
  readonly #maxPending: number;
  #pending = 0;
  #answering: Promise<void> | undefined;
  #closed: { readonly error: unknown } | undefined;
  #idle: (() => void)[] = [];

  /** @internal */
  constructor(module: URL | string, options: ServiceOptions<T, R>) {
    const { maxPending = Number.POSITIVE_INFINITY, onError } = options;
    if (!(maxPending >= 1)) {
      throw new OptionError('maxPending', `maxPending must be a number from 1, got ${maxPending}.`);
    }
    const spec = stageSpec(module, options as ParallelOptions<unknown, unknown>);
    if (onError !== undefined && spec.policy.last !== 'fail') {
      throw new OptionError(
        'onError',
        'What a handler throws rejects the call: onError can only be { retry }.',
      );
    }
    this.#maxPending = maxPending;
    this.#queue = new CallQueue(spec.by !== undefined && spec.threads > 1 ? spec.threads : 1);
    const policy = { ...spec.policy, last: 'dead-letter' } as const;
    this.#flow = new Flow<T, R>(this.#queue, [{ ...spec, policy }], {
      ...flowOptionsOf(options),
      answers: true,
    });
  }

  /** Calls the function with a value: its first result, `undefined` if it has none. */
  call(value: T, options: CallOptions = {}): Promise<R> {
    const refusal = this.#refusal(options);
    if (refusal !== undefined) return Promise.reject(refusal.error);
    this.#pending++;
    this.#answering ??= this.#answer();
    return new Promise<R>((resolve, reject) => {
      const over = givenUp(options, reject);
      this.#queue.push({
        value,
        resolve: (result) => {
          over();
          resolve(result as R);
        },
        reject: (error) => {
          over();
          reject(error);
        },
      });
    });
  }

  #refusal({ signal }: CallOptions): { readonly error: unknown } | undefined {
    if (this.#closed !== undefined) return this.#closed;
    if (signal?.aborted) return { error: signal.reason };
    if (this.#pending < this.#maxPending) return undefined;
    return { error: new FullError(`${this.#pending} calls are unanswered; maxPending allows no more.`) };
  }

  /** Calls that are not answered. */
  get pending(): number {
    return this.#pending;
  }

  /** Resolves when no call is unanswered. */
  idle(): Promise<void> {
    if (this.#pending === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Has the threads rest once the records in hand are done. */
  pause(): void {
    this.#flow.pause();
  }

  /** Ends a pause. */
  resume(): void {
    this.#flow.resume();
  }

  async #answer(): Promise<void> {
    try {
      for (;;) {
        const answers = await this.#flow.nextAnswers();
        if (answers === undefined) return;
        this.#deliver(answers);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #deliver({ frame, values, origins, letters, complete }: Collected<R>): void {
    for (const [i, value] of values.entries()) this.#queue.at(frame, origins?.[i] ?? i)?.resolve(value);
    for (const bytes of letters) {
      const { place, error } = decodeLetter(bytes);
      this.#queue.at(frame, place)?.reject(fromPortable(error));
    }
    const done = complete ? this.#queue.finish(frame) : [];
    for (const call of done) call.resolve(undefined); // A promise that has been settled stays as it is.
    this.#settle(done.length);
  }

  #fail(error: unknown): void {
    this.#closed ??= { error };
    const calls = this.#queue.takeAll();
    for (const call of calls) call.reject(error);
    this.#settle(calls.length);
  }

  #settle(calls: number): void {
    this.#pending -= calls;
    if (this.#pending > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Refuses further calls, and ends the threads when those that were made are answered. */
  async close(): Promise<void> {
    this.#closed ??= { error: new ClosedError('The service was closed.') };
    this.resume();
    await this.idle();
    await this.#queue.end();
    await this.#answering;
    await this.#flow.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Rejects when time or the signal says so; call the answer when that is no longer wanted. */
function givenUp({ signal, timeout }: CallOptions, reject: (error: unknown) => void): () => void {
  if (signal === undefined && timeout === undefined) return () => {};
  const onAbort = () => reject(signal?.reason);
  signal?.addEventListener('abort', onAbort);
  const late = () => reject(new TimeoutError(`The call was not answered within ${timeout} ms.`));
  const timer = timeout === undefined ? undefined : setTimeout(late, timeout);
  return () => {
    signal?.removeEventListener('abort', onAbort);
    clearTimeout(timer);
  };
}
