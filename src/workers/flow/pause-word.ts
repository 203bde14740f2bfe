import type { StopControl } from '../consume.ts';

/**
 * Whether a stage is to rest, in shared memory, so that a thread that stands in for a dead one knows too. Threads look at it between
 * frames; one that rests is woken by a message.
 */
export class PauseWord {
  readonly buffer: SharedArrayBuffer;
  readonly #word: Int32Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(4)) {
    this.buffer = buffer;
    this.#word = new Int32Array(buffer);
  }

  get isSet(): boolean {
    return Atomics.load(this.#word, 0) !== 0;
  }

  set(rests: boolean): void {
    Atomics.store(this.#word, 0, rests ? 1 : 0);
  }

  /** Resolves when the thread is to go on, or to stop. The word changes before the message about it is sent. */
  async over(control: StopControl): Promise<void> {
    while (this.isSet && !control.signal.aborted) await control.nextWord();
  }
}
