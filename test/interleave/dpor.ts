import { type Action, threadOf } from './actions.ts';
import { Causality, conflict } from './causality.ts';
import type { Kernel } from './kernel.ts';
import type { Search } from './searches.ts';

/** An action that need not be tried at a place, because what begins with it has been looked at; and what it touches. */
interface Sleeper {
  readonly action: Action;
  readonly touched: readonly number[];
}

/** A state on the way of the run at hand. */
interface Place {
  readonly actions: readonly Action[];
  /** Threads of which every action is to be tried here. */
  readonly wanted: Set<number>;
  readonly asleep: Sleeper[];
  action: Action;
}

/**
 * Dynamic partial-order reduction (Flanagan and Godefroid, POPL 2005) in the form of Abdulla, Aronis, Jonsson and Sagonas
 * (source sets, POPL 2014), with sleep sets: of the schedules that differ only in the order of steps that have nothing to do
 * with each other, one is run. After each run, every two steps in conflict that could change places are found, and a
 * schedule that begins to do so is asked for at the place before the first of them. When there is none left, all results,
 * data races and deadlocks of the scenario have been seen; not all orders in which calls may begin and end.
 *
 * What can befall a thread in the place of its step (death, the end of a sleep) is another action of that thread: where a
 * thread is tried, all its actions are. Who waits for its turn (a sleeper, a `join`) is not in conflict with who lets it go on.
 */
export class DporSearch implements Search {
  pruned = 0;
  readonly #places: Place[] = [];
  #causality = new Causality(0);
  #depth = 0;
  /** The first place that this run is the first to go on from. */
  #fresh = 0;
  #step = { op: '', joined: -1 };
  #started = false;

  nextRun(kernel: Kernel): boolean {
    this.#askForReversals();
    this.#causality = new Causality(kernel.memory.threads);
    this.#depth = 0;
    if (!this.#started) {
      this.#started = true;
      return true;
    }
    return this.#backtrack();
  }

  /** Goes back to the last place where something is still to be tried. */
  #backtrack(): boolean {
    for (let place = this.#places.at(-1); place !== undefined; place = this.#places.at(-1)) {
      const next = place.actions.find(
        (action) => place.wanted.has(threadOf(action)) && !isAsleep(place, action),
      );
      if (next !== undefined) {
        place.action = next;
        this.#fresh = this.#places.length - 1;
        return true;
      }
      this.#places.pop();
    }
    return false;
  }

  choose(actions: readonly Action[], kernel: Kernel): Action | undefined {
    let place = this.#places[this.#depth];
    if (place === undefined) {
      place = this.#arrive(actions);
      if (place === undefined) {
        this.pruned++;
        return undefined;
      }
      this.#places.push(place);
    }
    const { op, a = -1 } = kernel.threads[threadOf(place.action)]?.next ?? { op: '' };
    this.#step = { op, joined: a };
    return place.action;
  }

  /** A new place; `undefined` when everything from here on has been looked at. */
  #arrive(actions: readonly Action[]): Place | undefined {
    const asleep = this.#stillAsleep();
    const action = actions.find((each) => !asleep.some((sleeper) => sleeper.action === each));
    if (action === undefined) return undefined;
    return { actions, wanted: new Set([threadOf(action)]), asleep, action };
  }

  /** What was asleep before the last event, or tried in its place, and has nothing to do with it. */
  #stillAsleep(): Sleeper[] {
    const before = this.#places[this.#depth - 1];
    const event = this.#causality.events[this.#depth - 1];
    if (before === undefined || event === undefined) return [];
    return before.asleep.filter(
      ({ action, touched }) => threadOf(action) !== event.thread && !conflict(touched, event.touched),
    );
  }

  performed(action: Action, kernel: Kernel): void {
    this.#causality.add(action, this.#step, kernel);
    this.#depth++;
  }

  /** For every two events in conflict that could change places, of which this run was the first to have the second. */
  #askForReversals(): void {
    const { events } = this.#causality;
    for (let i = this.#fresh; i < events.length; i++) {
      for (const earlier of events[i]?.races ?? []) this.#askFor(earlier, i);
    }
    // From now on what begins with the events of this run is known.
    for (const [i, { action, touched }] of events.entries()) {
      const place = this.#places[i];
      if (place && !isAsleep(place, action)) place.asleep.push({ action, touched });
    }
  }

  #askFor(earlier: number, later: number): void {
    const { wanted, actions } = this.#places[earlier] as Place;
    const initials = this.#causality.initials(earlier, later);
    if (initials.some((thread) => wanted.has(thread))) return;
    const possible = initials.filter((thread) => actions.some((action) => threadOf(action) === thread));
    const thread = possible.includes(this.#causality.events[later]?.thread as number)
      ? (this.#causality.events[later]?.thread as number)
      : possible[0];
    if (thread !== undefined) wanted.add(thread);
    else for (const action of actions) wanted.add(threadOf(action));
  }
}

const isAsleep = ({ asleep }: Place, action: Action): boolean =>
  asleep.some((sleeper) => sleeper.action === action);
