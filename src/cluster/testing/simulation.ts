import { asThread } from '../../ring/index.ts';
import { VirtualClock } from '../delivery/virtual-clock.ts';
import { type Runnable, SimulatedThread } from './simulated-thread.ts';

export interface SimulationOptions {
  /** Decides who goes on whenever several could: the same seed, the same order. Default 1. */
  readonly seed?: number;
  /** What the clock shows at first, in milliseconds since 1970. Default the first of January 2026, UTC. */
  readonly startMs?: number;
}

/** Real threads have smaller numbers. */
const FIRST_THREAD_ID = 1_000_000;

/**
 * Threads that only seem to be, in one real thread, under a clock that stands still until it is moved. One of them at a time goes on by a
 * step: from where it sleeps, or a handler begins or ends, to the next such place. The seed chooses which.
 */
export class Simulation {
  readonly clock: VirtualClock;
  /** The thread of the test itself. */
  readonly main: SimulatedThread;
  readonly #threads: SimulatedThread[] = [];
  readonly #exited: (threadId: number) => void;
  #isScheduled = false;

  /** @param exited is called, in a step of the main thread, after another one has ended */
  constructor({ seed, startMs }: SimulationOptions, exited: (threadId: number) => void) {
    this.#exited = exited;
    this.clock = new VirtualClock({
      ...(seed === undefined ? {} : { seed }),
      ...(startMs === undefined ? {} : { startMs }),
      settled: () => this.settle(),
    });
    this.main = this.thread();
  }

  thread(): SimulatedThread {
    const number = FIRST_THREAD_ID + this.#threads.length;
    const thread = new SimulatedThread(number, this.clock, () => this.#schedule());
    this.#threads.push(thread);
    return thread;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#step();
    });
  }

  #step(): void {
    const ready = this.#ready();
    if (ready.length === 0) return;
    const { thread, run } = ready[Math.floor(this.clock.random() * ready.length)] as Runnable;
    if (thread.steps++ >= thread.endsAfterSteps) this.#end(thread);
    else asThread(thread, run);
    this.#schedule();
  }

  #ready(): Runnable[] {
    return this.#threads.flatMap((thread) => [...thread.runnable()]);
  }

  /** Resolves when nobody can go on before the clock is moved or something new happens. */
  async settle(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.#isScheduled || this.#ready().length > 0);
  }

  /** Ends a thread in one of the next steps: where it waits, not in the middle of what it is doing right now. */
  kill(thread: SimulatedThread): void {
    void this.main.step().then(() => this.#end(thread));
  }

  #end(thread: SimulatedThread): void {
    if (thread.ended) return;
    thread.end();
    void this.main.step().then(() => this.#exited(thread.threadId));
  }
}
