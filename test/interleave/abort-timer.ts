import { Violation } from './actions.ts';
import type { Signal } from './ends.ts';
import type { EventLoop } from './event-loop.ts';
import { maybe, type Steps } from './steps.ts';

/** A signal that aborts after some milliseconds. */
export class AbortTimer implements Signal {
  readonly reason = new Error('Aborted');
  aborted = false;
  readonly #loop: EventLoop;
  readonly #listeners = new Set<() => unknown>();
  readonly #timer: object | undefined;

  constructor(loop: EventLoop, afterMs: number | undefined) {
    this.#loop = loop;
    this.#timer = afterMs === undefined ? undefined : loop.startTimer(() => this.#abort(), afterMs);
  }

  *#abort(): Steps<void> {
    this.aborted = true;
    for (const listener of this.#listeners) yield* maybe(listener());
  }

  addEventListener(_type: string, listener: () => unknown): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: string, listener: () => unknown): void {
    this.#listeners.delete(listener);
  }

  /** The call that it was for is over. */
  end(): void {
    if (this.#timer) this.#loop.stopTimer(this.#timer);
    if (this.#listeners.size > 0)
      throw new Violation('result', 'A call that is over still listens to its signal.');
  }
}
