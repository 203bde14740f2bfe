import { type Action, type Budgets, threadOf, Violation } from './actions.ts';
import { Causality } from './causality.ts';
import { Kernel } from './kernel.ts';
import type { Search } from './searches.ts';
import { NO_WORDS, type Op, type Steps } from './steps.ts';
import type { Thread } from './thread.ts';

/** A step on variable number `index`; `b` is what a `compareExchange` stores, or how long a `wait` may take. */
export type Little = readonly [op: Op, index: number, a?: number, b?: number];

/** What a search of a little program came upon. */
export interface Found {
  /** What was left in memory, what the threads had seen, who slept for ever. */
  readonly outcomes: ReadonlySet<string>;
  /** The schedules, told apart by what happens before what. */
  readonly traces: ReadonlySet<string>;
  /** Schedules run to their ends. */
  readonly runs: number;
}

const VARIABLES = 4;

/** Threads that each take a few steps on a few variables: small enough to know all that can happen. */
export class LittleProgram {
  readonly #threads: readonly (readonly Little[])[];
  readonly #budgets: Budgets;
  readonly #words = new Int32Array(new SharedArrayBuffer(VARIABLES * 4));
  readonly #kernel: Kernel;

  constructor(threads: readonly (readonly Little[])[], budgets: Partial<Budgets> = {}) {
    this.#threads = threads;
    this.#budgets = { spurious: 0, timeouts: 0, mayDie: [], deaths: 1, ...budgets };
    this.#kernel = new Kernel(threads.length);
    this.#kernel.memory.register(this.#words.buffer);
  }

  explore(search: Search, most: number = Number.POSITIVE_INFINITY): Found {
    const outcomes = new Set<string>();
    const traces = new Set<string>();
    let runs = 0;
    while (runs < most && search.nextRun(this.#kernel)) {
      const run = this.#run(search);
      if (run === undefined) continue;
      runs++;
      outcomes.add(run.outcome);
      traces.add(run.trace);
    }
    return { outcomes, traces, runs };
  }

  #run(search: Search): { outcome: string; trace: string } | undefined {
    const kernel = this.#kernel;
    const seen: unknown[][] = this.#threads.map(() => []);
    const causality = new Causality(this.#threads.length);
    let stuck = '';
    kernel.reset(this.#budgets);
    kernel.start(this.#threads.map((steps, t) => this.#code(steps, seen[t] as unknown[])));
    try {
      while (!kernel.over) {
        const action = search.choose(kernel.actions(), kernel);
        if (action === undefined) return undefined;
        const { op, a = -1 } = (kernel.threads[threadOf(action)] as Thread).next;
        kernel.perform(action);
        causality.add(action, { op, joined: a }, kernel);
        search.performed?.(action, kernel);
      }
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      stuck = error.message;
    }
    return { outcome: JSON.stringify([[...this.#words], seen, stuck]), trace: traceOf(causality) };
  }

  *#code(steps: readonly Little[], seen: unknown[]): Steps<void> {
    for (const [op, index, a, b] of steps) {
      const words = op === 'join' ? NO_WORDS : this.#words;
      seen.push(yield { op, words, index: op === 'join' ? 0 : index, a, b, site: -1 });
    }
  }
}

/** The order of the events, as far as it matters. */
function traceOf({ events }: Causality): string {
  return events
    .map(({ action, thread, clock }) => `${thread}.${clock[thread]}:${action}<${clock}`)
    .sort()
    .join(' ');
}

/** Every schedule there is, one by one. */
export class EverySchedule implements Search {
  readonly pruned = 0;
  readonly #places: { readonly actions: readonly Action[]; tried: number }[] = [];
  #depth = 0;
  #started = false;

  nextRun(): boolean {
    this.#depth = 0;
    if (!this.#started) {
      this.#started = true;
      return true;
    }
    for (let last = this.#places.at(-1); last !== undefined; last = this.#places.at(-1)) {
      if (++last.tried < last.actions.length) return true;
      this.#places.pop();
    }
    return false;
  }

  choose(actions: readonly Action[]): Action | undefined {
    const place = this.#places[this.#depth] ?? { actions, tried: 0 };
    this.#places[this.#depth++] = place;
    return place.actions[place.tried];
  }
}
