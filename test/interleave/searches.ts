import { type Action, Do, threadOf, whatOf } from './actions.ts';
import type { Kernel } from './kernel.ts';

/** Which schedules are run, one after the other. */
export interface Search {
  /** Runs given up. */
  readonly pruned: number;
  /** Gets ready for the next run; `false` when there is none left. */
  nextRun(kernel: Kernel): boolean;
  /** Picks the next action; `undefined` gives the run up. */
  choose(actions: readonly Action[], kernel: Kernel): Action | undefined;
  /** Is told of what has been done. */
  performed?(action: Action, kernel: Kernel): void;
}

interface Point {
  readonly actions: readonly Action[];
  readonly costs: readonly number[];
  readonly spent: number;
  tried: number;
}

/** Depth-first search over the choices, going back to the last one with something left to try. */
export class BoundedSearch implements Search {
  pruned = 0;
  readonly #bound: number;
  readonly #points: Point[] = [];
  #depth = 0;
  #started = false;
  /** States from which everything within the remaining budget has been looked at, by what was spent. */
  readonly #seen = new Map<number, number>();

  constructor(bound: number) {
    this.#bound = bound;
  }

  nextRun(): boolean {
    this.#depth = 0;
    if (!this.#started) {
      this.#started = true;
      return true;
    }
    while (this.#points.length > 0) {
      const last = this.#points.at(-1) as Point;
      do last.tried++;
      while (
        last.tried < last.actions.length &&
        last.spent + (last.costs[last.tried] as number) > this.#bound
      );
      if (last.tried < last.actions.length) return true;
      this.#points.pop();
    }
    return false;
  }

  choose(actions: readonly Action[], kernel: Kernel): Action | undefined {
    if (actions.length === 1) return actions[0];
    const known = this.#points[this.#depth];
    if (known !== undefined) {
      this.#depth++;
      return known.actions[known.tried];
    }
    const before = this.#points[this.#depth - 1];
    const spent = before ? before.spent + (before.costs[before.tried] as number) : 0;
    const key = kernel.stateKey();
    const seen = this.#seen.get(key);
    if (seen !== undefined && seen <= spent) {
      this.pruned++;
      return undefined;
    }
    this.#seen.set(key, spent);
    const costs = actions.map((action) => Number(kernel.isPreemption(action)));
    this.#points.push({ actions, costs, spent, tried: 0 });
    this.#depth++;
    return actions[0];
  }
}

/** The thread of the greatest priority goes on; priorities are chosen at random and change a few times. */
export class ByPriorities implements Search {
  readonly pruned = 0;
  readonly #depth: number;
  readonly #next: () => number;
  readonly #priorities = new Map<number, number>();
  #changes = new Set<number>();
  #length = 60;
  #mishapAt = 0;
  #at = 0;

  constructor(depth: number, next: () => number) {
    this.#depth = depth;
    this.#next = next;
  }

  nextRun(kernel: Kernel): boolean {
    this.#length = Math.max(this.#length, kernel.steps);
    const somewhere = () => Math.floor(this.#next() * this.#length);
    this.#changes = new Set(Array.from({ length: this.#depth - 1 }, somewhere));
    this.#mishapAt = somewhere();
    this.#priorities.clear();
    this.#at = 0;
    return true;
  }

  choose(actions: readonly Action[]): Action | undefined {
    if (actions.length === 1) return actions[0];
    const steps = actions.filter((action) => whatOf(action) === Do.Step);
    const mishaps = actions.filter((action) => whatOf(action) !== Do.Step);
    const now = this.#at++;
    if (mishaps.length > 0 && now >= this.#mishapAt && this.#next() < 0.1)
      return mishaps[Math.floor(this.#next() * mishaps.length)];
    if (this.#changes.has(now))
      this.#priorities.set(threadOf(this.#best(steps)), 0.5 - now / (2 * this.#length));
    return this.#best(steps);
  }

  #best(steps: readonly Action[]): Action {
    return steps.reduce((a, b) => (this.#priorityOf(a) > this.#priorityOf(b) ? a : b));
  }

  #priorityOf(action: Action): number {
    const thread = threadOf(action);
    if (!this.#priorities.has(thread)) this.#priorities.set(thread, 1 + this.#next());
    return this.#priorities.get(thread) as number;
  }
}

export class ByChance implements Search {
  readonly pruned = 0;
  readonly #next: () => number;

  constructor(next: () => number) {
    this.#next = next;
  }

  nextRun(): boolean {
    return true;
  }

  choose(actions: readonly Action[]): Action | undefined {
    return actions.length === 1 ? actions[0] : actions[Math.floor(this.#next() * actions.length)];
  }
}

/** Follows a schedule; behind its end, or where it does not fit, the first action. */
export class Scripted implements Search {
  readonly pruned = 0;
  readonly #schedule: readonly Action[];
  #at = 0;

  constructor(schedule: readonly Action[]) {
    this.#schedule = schedule;
  }

  nextRun(): boolean {
    return true;
  }

  choose(actions: readonly Action[]): Action | undefined {
    if (actions.length === 1) return actions[0];
    const action = this.#schedule[this.#at++];
    return action !== undefined && actions.includes(action) ? action : actions[0];
  }
}

/** A small generator of pseudo-random numbers from a seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
