import { type Action, Violation } from './actions.ts';
import { DporSearch } from './dpor.ts';
import { judge } from './judge.ts';
import type { TraceEntry } from './kernel.ts';
import type { Race } from './memory-model.ts';
import type { RingProgram } from './program.ts';
import type { Scenario } from './scenario.ts';
import { BoundedSearch, ByChance, ByPriorities, random, Scripted, type Search } from './searches.ts';
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
  /** Runs given up because all that they could still find was found by others. */
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

export class Explorer {
  readonly scenario: Scenario;
  readonly #world: World;
  #steps = 0;

  constructor(program: RingProgram, scenario: Scenario) {
    this.scenario = scenario;
    this.#world = new World(program, scenario);
  }

  /** One schedule of each kind that can make a difference to results, races and deadlocks: see `dpor.ts`. */
  dpor(limits: Limits = {}): Report {
    return this.search(new DporSearch(), limits);
  }

  /** Every schedule with at most `preemptions` interruptions of a thread that could have gone on. */
  exhaust(preemptions: number, limits: Limits = {}): Report {
    return this.search(new BoundedSearch(preemptions), limits);
  }

  /** Schedules by random priorities with `depth` - 1 changes (Burckhardt et al., ASPLOS 2010). */
  pct(depth: number, seed: number, limits: Limits = {}): Report {
    return this.search(new ByPriorities(depth, random(seed)), limits);
  }

  /** Schedules in which every choice is as likely as any other. */
  random(seed: number, limits: Limits = {}): Report {
    return this.search(new ByChance(random(seed)), limits);
  }

  /** Twice if need be: which words are accessed plainly is known after a run only, so a race with the first such access is missed. */
  replay(schedule: readonly Action[], races = true): Failure | undefined {
    return this.#run(new Scripted(schedule), races, true) ?? this.#run(new Scripted(schedule), races, true);
  }

  search(search: Search, limits: Limits = {}): Report {
    const { ms = 10_000, runs: most = Infinity, races = true } = limits;
    const until = performance.now() + ms;
    this.#steps = 0;
    for (let runs = 0; ; runs++) {
      const report = { runs, steps: this.#steps, pruned: search.pruned, failure: undefined };
      if (runs >= most || (runs % 16 === 0 && performance.now() > until))
        return { ...report, complete: false };
      if (!search.nextRun(this.#world.kernel)) return { ...report, complete: true };
      const failure = this.#run(search, races, false);
      if (failure)
        return { ...report, complete: false, failure: this.replay(failure.schedule, races) ?? failure };
    }
  }

  #run(search: Search, races: boolean, tracing: boolean): Failure | undefined {
    const schedule: Action[] = [];
    const entries: TraceEntry[] = [];
    try {
      this.#begin(races, tracing ? entries : undefined);
      if (!this.#race(search, schedule)) return undefined;
      judge(this.scenario, this.#world);
      return undefined;
    } catch (error) {
      const { name } = this.scenario;
      const message = error instanceof Violation ? error.message : `${(error as Error).stack}`;
      const kind = error instanceof Violation ? error.kind : 'exception';
      const trace = tracing ? printTrace(this.#world, entries) : '';
      return { scenario: name, kind, message, schedule, trace };
    } finally {
      this.#steps += this.#world.kernel.steps;
    }
  }

  #begin(races: boolean, entries: TraceEntry[] | undefined): void {
    const { kernel } = this.#world;
    kernel.onStep = undefined;
    kernel.memory.onRace = races ? (race) => this.#raced(race) : undefined;
    this.#world.begin({ spurious: 0, timeouts: 0, mayDie: [], deaths: 1, ...this.scenario.budgets });
    if (entries) kernel.onStep = (entry) => entries.push(entry);
  }

  /** Runs the threads to their ends; `false` when the search gives the run up. */
  #race(search: Search, schedule: Action[]): boolean {
    const { kernel } = this.#world;
    while (!kernel.over) {
      const actions = kernel.actions();
      const action = search.choose(actions, kernel);
      if (action === undefined) return false;
      if (actions.length > 1) schedule.push(action);
      kernel.perform(action);
      search.performed?.(action, kernel);
    }
    kernel.onStep = undefined;
    kernel.memory.onRace = undefined;
    return true;
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
