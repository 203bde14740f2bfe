import { Violation } from './actions.ts';
import { NO_WORDS, type Step, type Steps } from './steps.ts';

type Job = () => unknown;

/** What the transformed code has in the place of a promise. */
export class ModelPromise {
  readonly #loop: EventLoop;
  readonly #then: Job[] = [];
  #state: 'pending' | 'resolved' | 'rejected' = 'pending';
  #value: unknown;

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  readonly resolve = (value?: unknown): void => this.#settle('resolved', value);
  readonly reject = (reason?: unknown): void => this.#settle('rejected', reason);

  #settle(state: 'resolved' | 'rejected', value: unknown): void {
    if (this.#state !== 'pending') return;
    this.#state = state;
    this.#value = value;
    for (const job of this.#then) this.#loop.queue(job);
  }

  get pending(): boolean {
    return this.#state === 'pending';
  }

  /** Runs `job` once this is settled. */
  // biome-ignore lint/suspicious/noThenProperty: it stands for a promise.
  then(job: Job): void {
    if (this.pending) this.#then.push(job);
    else this.#loop.queue(job);
  }

  outcome(): unknown {
    if (this.#state === 'rejected') throw this.#value;
    return this.#value;
  }
}

/** Not a step of the thread: the fiber that yields it goes on when the promise is settled. */
interface Await {
  readonly op: 'await';
  readonly promise: ModelPromise;
}
type Fiber = Generator<Step | Await, unknown, unknown>;

interface Timer {
  readonly at: number;
  readonly delayMs: number;
  readonly callback: Job;
}

/** A wait that looks again after so long leaves its timer to end by itself. */
const SOON_MS = 2;

/** The event loop of one logical thread: what `await`, timers and `waitAsync` do there. */
export class EventLoop {
  readonly #jobs: Job[] = [];
  readonly #timers = new Map<object, Timer>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  reset(): void {
    this.#jobs.length = 0;
    this.#timers.clear();
  }

  queue(job: Job): void {
    this.#jobs.push(job);
  }

  readonly startTimer = (callback: Job, delayMs: number): object => {
    const timer = {};
    this.#timers.set(timer, { at: this.#now() + delayMs, delayMs, callback });
    return timer;
  };

  readonly stopTimer = (timer: object): void => {
    this.#timers.delete(timer);
  };

  promise(): ModelPromise {
    return new ModelPromise(this);
  }

  /** What `await` does. */
  static *settled(value: unknown): Fiber {
    if (!(value instanceof ModelPromise)) return value;
    if (value.pending) yield { op: 'await', promise: value };
    return value.outcome();
  }

  /** Starts code beside the code that is running, as a call that is not awaited at once. */
  spawn(code: Steps<unknown>): ModelPromise {
    const promise = this.promise();
    this.queue(() => settling(code, promise));
    return promise;
  }

  /** Runs the code of a thread and everything it sets going, until that code has come to its end. */
  *run(main: Steps<void>): Steps<void> {
    const end = this.spawn(main);
    while (end.pending || this.#jobs.length > 0) {
      const job = this.#jobs.shift();
      if (job !== undefined) yield* this.#runFiber(asFiber(job()), undefined);
      else yield* this.#idle();
    }
    end.outcome();
    for (const { delayMs } of this.#timers.values())
      if (delayMs > SOON_MS)
        throw new Violation('result', 'Nothing waits any more, and yet a timer is left.');
  }

  *#idle(): Steps<void> {
    if (this.#timers.size === 0)
      throw new Violation('stuck', 'The event loop would end with a call pending.');
    const [timer, { at, callback }] = this.#first();
    const woken = yield { op: 'idle', words: NO_WORDS, index: 0, a: at, site: -1 };
    if (woken instanceof ModelPromise) {
      woken.resolve('ok');
      return;
    }
    this.#timers.delete(timer);
    this.queue(callback);
  }

  #first(): [object, Timer] {
    return [...this.#timers].reduce((first, other) => (other[1].at < first[1].at ? other : first));
  }

  /** Runs a fiber until its end, or until it awaits. */
  *#runFiber(fiber: Fiber | undefined, answer: unknown): Steps<void> {
    if (fiber === undefined) return;
    let input = answer;
    for (;;) {
      const { done, value } = fiber.next(input);
      if (done) return;
      const step = value as Step | Await;
      if (step.op === 'await') {
        step.promise.then(() => this.#runFiber(fiber, undefined));
        return;
      }
      input = yield step;
    }
  }
}

const asFiber = (value: unknown): Fiber | undefined =>
  Object.prototype.toString.call(value) === '[object Generator]' ? (value as Fiber) : undefined;

function* settling(code: Steps<unknown>, promise: ModelPromise): Generator<Step, void, unknown> {
  try {
    promise.resolve(yield* code);
  } catch (error) {
    if (error instanceof Violation) throw error;
    promise.reject(error);
  }
}
