/**
 * A worker thread that answers requests: `thread.ask('decode', …)` here, `answer({ decode })` there.
 */
import { parentPort, Worker } from 'node:worker_threads';

/** @import { MessagePort, Transferable } from 'node:worker_threads' */

/** @typedef {{ id: number, name: string, argument: unknown }} Request */
/** @typedef {{ id: number, result?: unknown, error?: { name: string, message: string, stack?: string } }} Answer */

export class Thread {
  #worker;
  #lastId = 0;
  /** @type {Map<number, { resolve: (result: any) => void, reject: (error: Error) => void }>} */
  #unanswered = new Map();
  /** @type {Error | undefined} */
  #failure;

  /**
   * @param {URL} url a module that calls `answer`
   * @param {AbortSignal} signal stops the thread
   */
  constructor(url, signal) {
    signal.throwIfAborted();
    this.#worker = new Worker(url);
    this.#worker.on('message', (answer) => this.#settle(answer));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error(`the thread of ${url.pathname} has ended`)));
    signal.addEventListener('abort', () => this.#worker.terminate());
  }

  /**
   * @param {string} name
   * @param {unknown} [argument]
   * @param {Transferable[]} [transfer]
   * @returns {Promise<any>}
   */
  ask(name, argument, transfer = []) {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#unanswered.set(id, { resolve, reject });
      this.#worker.postMessage({ id, name, argument }, transfer);
    });
  }

  /** @param {Answer} answer */
  #settle({ id, result, error }) {
    const request = this.#unanswered.get(id);
    this.#unanswered.delete(id);
    if (error) request?.reject(Object.assign(new Error(error.message), error));
    else request?.resolve(result);
  }

  /** @param {Error} error */
  #fail(error) {
    this.#failure ??= error;
    for (const { reject } of this.#unanswered.values()) reject(error);
    this.#unanswered.clear();
  }
}

/**
 * In a worker: what to do for each request.
 *
 * @param {Record<string, (argument: any) => unknown>} handlers
 */
export function answer(handlers) {
  const port = /** @type {MessagePort} */ (parentPort);
  port.on('message', async (/** @type {Request} */ { id, name, argument }) => {
    try {
      port.postMessage({ id, result: await handlers[name]?.(argument) });
    } catch (error) {
      // A class of our own does not survive postMessage; its name, by which main.js knows it, does.
      const { name, message, stack } = /** @type {Error} */ (error);
      port.postMessage({ id, error: { name, message, stack } });
    }
  });
}
