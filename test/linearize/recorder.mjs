/** Writes down what one thread does, with times from a counter that all threads share. */
export class Recorder {
  /** @type {import('./history.mjs').Operation[]} */
  operations = [];
  #began = 0;

  /** @param {Int32Array} clock @param {number} thread @param {number} group */
  constructor(clock, thread, group) {
    this.clock = clock;
    this.thread = thread;
    this.group = group;
  }

  /** Right before a call. */
  begin() {
    this.#began = Atomics.add(this.clock, 0, 1);
  }

  /** Right after it; `note` what it did. */
  end() {
    this.ended = Atomics.add(this.clock, 0, 1);
  }

  /** @param {import('./history.mjs').OperationKind} kind @param {number} [value] */
  note(kind, value = 0) {
    const { thread, group, ended = 0 } = this;
    this.operations.push({ thread, kind, value, began: this.#began, ended, group });
  }

  /**
   * A call that waits for nothing, or blocks.
   *
   * @template R
   * @param {() => R} call
   * @returns {{ result?: R, error?: Error & { code?: string } }}
   */
  time(call) {
    this.begin();
    try {
      const result = call();
      this.end();
      return { result };
    } catch (error) {
      this.end();
      return { error: /** @type {Error} */ (error) };
    }
  }

  /**
   * A call that is awaited.
   *
   * @template R
   * @param {() => Promise<R>} call
   * @returns {Promise<{ result?: R, error?: Error & { code?: string } }>}
   */
  async timeAwaited(call) {
    this.begin();
    try {
      const result = await call();
      this.end();
      return { result };
    } catch (error) {
      this.end();
      return { error: /** @type {Error} */ (error) };
    }
  }
}
