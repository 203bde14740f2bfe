import { judge } from './judge.ts';
import { type Action, Do, type Kernel, type TraceEntry, threadOf, Violation, whatOf } from './kernel.ts';
import type { Race } from './memory-model.ts';
import type { RingProgram } from './program.ts';
import type { Scenario } from './scenario.ts';
import { printTrace, wordName } from './trace.ts';
import { World } from './world.ts';

export interface Failure {
  readonly scenario: string;
  readonly kind: string;
  readonly message: string;
  /** The choices, from which `replay` runs it again. */
  readonly schedule: readonly Action[];
  readonly trace: string;
}

export interface Report {
  readonly runs: number;
  readonly steps: number;
  readonly pruned: number;
  /** Whether the search came to its end. */
  readonly complete: boolean;
  readonly failure: Failure | undefined;
}

export interface Limits {
  readonly ms?: number;
  readonly runs?: number;
  /** Report races of plain accesses too (the default). */
  readonly races?: boolean;
}

/** Picks the next action; `undefined` gives the run up because its state was seen before. */
type Choose = (actions: readonly Action[], kernel: Kernel) => Action | undefined;

export class Explorer {
  readonly scenario: Scenario;
  readonly #world: World;
  #steps = 0;

  constructor(program: RingProgram, scenario: Scenario) {
    this.scenario = scenario;
    this.#world = new World(program, scenario.ring, scenario.actors);
  }

  /** Every schedule with at most `preemptions` interruptions of a thread that could have gone on. */
  exhaust(preemptions: number, limits: Limits = {}): Report {
    const search = new BoundedSearch(preemptions);
    return this.#search(
      limits,
      () => search.nextRun(),
      search.choose,
      () => search.pruned,
    );
  }

  /** Schedules by random priorities with `depth` - 1 changes (Burckhardt et al., ASPLOS 2010). */
  pct(depth: number, seed: number, limits: Limits = {}): Report {
    const next = random(seed);
    let choose: Choose = () => undefined;
    let length = 60;
    const begin = () => {
      length = Math.max(length, this.#world.kernel.steps);
      choose = byPriorities(depth, length, next);
      return true;
    };
    return this.#search(limits, begin, (actions, kernel) => choose(actions, kernel));
  }

  /** Schedules in which every choice is as likely as any other. */
  random(seed: number, limits: Limits = {}): Report {
    const next = random(seed);
    const choose: Choose = (actions) => actions[Math.floor(next() * actions.length)];
    return this.#search(limits, () => true, choose);
  }

  replay(schedule: readonly Action[], races = true): Failure | undefined {
    return this.#run(scripted(schedule), races, true);
  }

  #search(limits: Limits, begin: () => boolean, choose: Choose, pruned: () => number = () => 0): Report {
    const { ms = 10_000, runs: most = Infinity, races = true } = limits;
    const until = performance.now() + ms;
    this.#steps = 0;
    for (let runs = 0; ; runs++) {
      const report = { runs, steps: this.#steps, pruned: pruned(), failure: undefined };
      if (runs >= most || (runs % 16 === 0 && performance.now() > until))
        return { ...report, complete: false };
      if (!begin()) return { ...report, complete: true };
      const failure = this.#run(choose, races, false);
      if (failure)
        return { ...report, complete: false, failure: this.replay(failure.schedule, races) ?? failure };
    }
  }

  #run(choose: Choose, races: boolean, tracing: boolean): Failure | undefined {
    const { kernel } = this.#world;
    const schedule: Action[] = [];
    const entries: TraceEntry[] = [];
    kernel.onStep = undefined;
    kernel.memory.onRace = undefined;
    try {
      kernel.memory.onRace = races ? (race) => this.#raced(race) : undefined;
      this.#world.begin({ spurious: 0, timeouts: 0, mayDie: [], deaths: 1, ...this.scenario.budgets });
      if (tracing) kernel.onStep = (entry) => entries.push(entry);
      while (!kernel.over) {
        const actions = kernel.actions();
        const action = actions.length === 1 ? actions[0] : choose(actions, kernel);
        if (action === undefined) return undefined;
        if (actions.length > 1) schedule.push(action);
        kernel.perform(action);
      }
      kernel.onStep = undefined;
      kernel.memory.onRace = undefined;
      judge(this.scenario, this.#world);
      return undefined;
    } catch (error) {
      const { name } = this.scenario;
      const message = error instanceof Violation ? error.message : `${(error as Error).stack}`;
      const kind = error instanceof Violation ? error.kind : 'exception';
      const trace = tracing ? printTrace(this.#world, entries) : '';
      return { scenario: name, kind, message, schedule, trace };
    } finally {
      this.#steps += kernel.steps;
    }
  }

  #raced({ address, what, onlyLoads, threads }: Race): void {
    const { region, index } = this.#world.kernel.memory.locate(address);
    const name = region === 0 ? wordName(this.#world, index) : 'lot';
    // Documented: a writer fills in turn and run words inside its claim; whoever lags behind may load them and
    // sees by their lap, or by looking again, that they are not for it. What it may then read is checked here as well.
    if (onlyLoads && (name.startsWith('turn[') || name.startsWith('run['))) return;
    const names = threads.map((t) => this.#world.actors[t]?.name ?? 'newcomer');
    throw new Violation('race', `${what} of ${name} by ${names[0]}, before by ${names[1]}`);
  }
}

interface Point {
  readonly actions: readonly Action[];
  readonly costs: readonly number[];
  readonly spent: number;
  tried: number;
}

/** Depth-first search over the choices, going back to the last one with something left to try. */
class BoundedSearch {
  readonly #bound: number;
  readonly #points: Point[] = [];
  #depth = 0;
  #started = false;
  /** States from which everything within the remaining budget has been looked at, by what was spent. */
  readonly #seen = new Map<number, number>();
  pruned = 0;

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

  choose: Choose = (actions, kernel) => {
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
  };
}

function byPriorities(depth: number, length: number, next: () => number): Choose {
  const changes = new Set(Array.from({ length: depth - 1 }, () => Math.floor(next() * length)));
  const mishapAt = Math.floor(next() * length);
  const priorities = new Map<number, number>();
  let at = 0;
  return (actions) => {
    const steps = actions.filter((action) => whatOf(action) === Do.Step);
    const mishaps = actions.filter((action) => whatOf(action) !== Do.Step);
    const now = at++;
    if (mishaps.length > 0 && (now >= mishapAt || steps.length === 0)) {
      if (steps.length === 0 || next() < 0.1) return mishaps[Math.floor(next() * mishaps.length)];
    }
    for (const action of steps) {
      const thread = threadOf(action);
      if (!priorities.has(thread)) priorities.set(thread, 1 + next());
    }
    const best = () =>
      steps.reduce((a, b) =>
        (priorities.get(threadOf(a)) as number) > (priorities.get(threadOf(b)) as number) ? a : b,
      );
    if (changes.has(now)) priorities.set(threadOf(best()), 0.5 - now / (2 * length));
    return best();
  };
}

/** Follows a schedule; behind its end, or where it does not fit, the first action. */
function scripted(schedule: readonly Action[]): Choose {
  let at = 0;
  return (actions) => {
    const action = schedule[at++];
    return action !== undefined && actions.includes(action) ? action : actions[0];
  };
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
