import { Worker } from 'node:worker_threads';
import { HEAP_LIMITS } from './death.mjs';

const THREAD = new URL('./thread.mjs', import.meta.url);

/** A thread that runs, or is starting. */
export class Live {
  /** @param {import('./thread.mjs').ThreadData} data */
  constructor(data) {
    this.data = data;
    const limits = data.end === 'heap' ? { resourceLimits: HEAP_LIMITS } : {};
    this.worker = new Worker(THREAD, { workerData: data, ...limits });
    /** To be read before the thread ends: afterwards it is -1. */
    this.threadId = this.worker.threadId;
    this.style = 'not begun';
    /** @type {string | undefined} */
    this.task = undefined;
    this.isWorking = false;
    this.isTerminated = false;
    /** @type {Error | undefined} */
    this.error = undefined;
    this.exit = new Promise((resolve) => this.worker.once('exit', resolve));
    const message = new Promise((resolve) => this.worker.once('message', resolve));
    this.working = Promise.race([this.exit, message.then((beginning) => this.#works(beginning))]);
    /** Settles when the ring has been repaired as well. @type {Promise<void>} */
    this.ended = Promise.resolve();
    this.worker.on('error', (error) => {
      this.error = error;
    });
  }

  /** @param {{ style: string, task: string | undefined }} beginning */
  #works({ style, task }) {
    this.style = style;
    this.task = task;
    this.isWorking = true;
  }

  terminate() {
    this.isTerminated = true;
    return this.worker.terminate();
  }

  /** How it ended. */
  get way() {
    if (this.isTerminated || this.data.end === undefined) return 'terminate';
    return this.data.inCodec ? `${this.data.end} in codec` : this.data.end;
  }
}
