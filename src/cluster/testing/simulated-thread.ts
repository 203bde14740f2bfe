import { abandonWaits, type Seat, type Thread } from '../../ring/index.ts';
import type { Clock, Timer } from '../clock.ts';

/** Something that can go on when the schedule lets it. */
export interface Runnable {
  readonly thread: SimulatedThread;
  run(): void;
}

interface Sleep {
  readonly words: Int32Array;
  readonly bell: number;
  readonly heard: number;
  readonly wake: () => void;
}

/** A thread that only seems to be one: several live in one real thread, and the schedule says which of them goes on. */
export class SimulatedThread implements Thread {
  readonly threadId: number;
  readonly token: number;
  readonly clock: Clock;
  /** Its place in the parking lot, once it has one. */
  seat: Seat | undefined;
  ended = false;
  /** How often it has gone on. */
  steps = 0;
  /** It ends instead of the next step. */
  endsAfterSteps: number = Number.POSITIVE_INFINITY;
  readonly #changed: () => void;
  #sleeps: Sleep[] = [];
  #gates: (() => void)[] = [];

  /** @param changed is told when somebody may be able to go on */
  constructor(threadId: number, clock: Clock, changed: () => void) {
    this.threadId = threadId;
    this.token = threadId + 1;
    this.#changed = changed;
    const after = (ms: number, call: () => void) => this.#after(clock, ms, call);
    const turn = () => this.step();
    this.clock = { now: clock.now, elapsed: () => clock.elapsed(), random: clock.random, after, turn };
  }

  /** Its timers end with it. */
  #after(clock: Clock, ms: number, call: () => void): Timer {
    return clock.after(ms, () => {
      if (this.ended) return;
      this.#gates.push(call);
      this.#changed();
    });
  }

  listen(words: Int32Array, bell: number, heard: number, wake: () => void): boolean {
    if (this.ended) return true; // Its code was not waiting for a step: it sleeps for ever.
    if (words[bell] !== heard) return false;
    this.#sleeps.push({ words, bell, heard, wake });
    return true;
  }

  rang(): void {
    this.#changed();
  }

  startTimer(callback: () => void, delayMs: number): Timer {
    return this.clock.after(delayMs, callback);
  }

  stopTimer(timer: unknown): void {
    (timer as Timer).cancel();
  }

  /** Resolves when the schedule lets the thread go on; never when it ends before. */
  step(): Promise<void> {
    return new Promise((resolve) => {
      if (this.ended) return;
      this.#gates.push(resolve);
      this.#changed();
    });
  }

  /** What could go on now. */
  *runnable(): Generator<Runnable> {
    for (const sleep of this.#sleeps) {
      if (sleep.words[sleep.bell] === sleep.heard) continue;
      yield { thread: this, run: () => this.#wake(sleep) };
    }
    for (const gate of this.#gates) yield { thread: this, run: () => this.#open(gate) };
  }

  #wake(sleep: Sleep): void {
    this.#sleeps = this.#sleeps.filter((one) => one !== sleep);
    sleep.wake();
  }

  #open(gate: () => void): void {
    this.#gates = this.#gates.filter((one) => one !== gate);
    gate();
  }

  /** Nothing of it goes on any more, as when a real thread has ended in the middle of what it did. */
  end(): void {
    this.ended = true;
    this.#sleeps = [];
    this.#gates = [];
    if (this.seat !== undefined) abandonWaits(this.seat);
  }
}
