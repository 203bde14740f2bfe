import { Worker } from 'node:worker_threads';
import type { Endpoint } from '../contenders/index.ts';
import type { Answer, Job } from './jobs.ts';

/** A worker of a round, as its main thread sees it. */
export class Member {
  readonly #worker = new Worker(new URL('./worker.js', import.meta.url));
  #ready: () => void = () => {};
  #done: (result: unknown) => void = () => {};

  constructor() {
    this.#worker.on('message', (answer: Answer) => {
      if (answer.kind === 'ready') this.#ready();
      else this.#done(answer.result);
    });
    // A round with a broken worker is over: the process ends with the error, and whoever started it reads it.
    this.#worker.on('error', (error) => {
      throw error;
    });
  }

  /** Begins a job. `ready` settles when the worker is about to wait at the job's gate, `done` with its answer. */
  begin(job: Job, transfer: Endpoint['transfer'] = []): { ready: Promise<void>; done: Promise<unknown> } {
    const ready = new Promise<void>((resolve) => {
      this.#ready = resolve;
    });
    const done = new Promise<unknown>((resolve) => {
      this.#done = resolve;
    });
    this.#worker.postMessage(job, transfer);
    return { ready, done };
  }

  async ask<T>(job: Job, transfer?: Endpoint['transfer']): Promise<T> {
    return (await this.begin(job, transfer).done) as T;
  }

  /** Lets the thread end by itself: a profiler writes its file only then. */
  dismiss(): void {
    this.#worker.postMessage({ kind: 'leave' } satisfies Job);
  }
}
