import { type Action, Do, threadOf, whatOf } from './actions.ts';
import type { Kernel } from './kernel.ts';

/** Something that happened in a run, and what happened before it whatever the order of independent things. */
export interface Event {
  readonly action: Action;
  readonly thread: number;
  /** Words and queues of sleepers that it read or wrote: twice the address, plus 1 for a write. */
  readonly touched: readonly number[];
  /** How many events of each thread happen before it, itself included. */
  readonly clock: Int32Array;
  /** Earlier events that it would be in conflict with and could change places with. */
  readonly races: readonly number[];
}

export const conflict = (a: readonly number[], b: readonly number[]): boolean =>
  a.some((x) => b.some((y) => x >> 1 === y >> 1 && ((x | y) & 1) === 1));

/**
 * Happens-before of one run, event by event: two events are in order when they are of one thread, when one of them writes
 * what the other one reads or writes, or when one lets the other thread go on (a wake-up, an end that is waited for).
 */
export class Causality {
  readonly events: Event[] = [];
  readonly #clocks: Int32Array[];
  readonly #lastWrite = new Map<number, number>();
  readonly #readsSince = new Map<number, number[]>();
  /** Clocks of wake-ups that a thread has not acted on, and of messages for its event loop. */
  readonly #wakings: (Int32Array | undefined)[];
  readonly #messages: Int32Array[][];

  constructor(threads: number) {
    this.#clocks = Array.from({ length: threads }, () => new Int32Array(threads));
    this.#wakings = this.#clocks.map(() => undefined);
    this.#messages = this.#clocks.map(() => []);
  }

  /** Takes note of what `kernel` has just done; `before` is the step that the thread was about to take. */
  add(action: Action, { op, joined }: { op: string; joined: number }, { footprint }: Kernel): void {
    const thread = threadOf(action);
    const { touched, woken, told } = footprint;
    const clock = (this.#clocks[thread] as Int32Array).slice();
    this.#letGo(action, op, joined, clock);
    const near = this.#conflicting(touched, thread, clock);
    const races = this.#immediate(near);
    for (const index of near) joinInto(clock, this.#event(index).clock);
    (clock[thread] as number)++;
    this.#clocks[thread] = clock;
    this.#remember(touched, this.events.length);
    this.events.push({ action, thread, touched, clock, races });
    for (const other of woken) this.#wakings[other] = clock;
    for (const other of told) (this.#messages[other] as Int32Array[]).push(clock);
  }

  #event(index: number): Event {
    return this.events[index] as Event;
  }

  /** What let this thread go on happens before what it does next. */
  #letGo(action: Action, op: string, joined: number, clock: Int32Array): void {
    const thread = threadOf(action);
    const waking = this.#wakings[thread];
    if (waking) joinInto(clock, waking);
    this.#wakings[thread] = undefined;
    if (whatOf(action) === Do.Rescue) for (const each of this.#clocks) joinInto(clock, each);
    if (whatOf(action) !== Do.Step) return;
    if (op === 'join') joinInto(clock, this.#clocks[joined] as Int32Array);
    const message = op === 'idle' ? this.#messages[thread]?.shift() : undefined;
    if (message) joinInto(clock, message);
  }

  /** Events of other threads in conflict with these accesses that do not happen before them anyway. */
  #conflicting(touched: readonly number[], thread: number, clock: Int32Array): number[] {
    const found = new Set<number>();
    for (const access of touched) {
      const write = this.#lastWrite.get(access >> 1);
      if (write !== undefined) found.add(write);
      if ((access & 1) === 1) for (const read of this.#readsSince.get(access >> 1) ?? []) found.add(read);
    }
    return [...found].filter((index) => this.#event(index).thread !== thread && !this.isBefore(index, clock));
  }

  /** Those between which and the new event nothing else stands. */
  #immediate(near: readonly number[]): number[] {
    return near.filter(
      (index) => !near.some((other) => other !== index && this.isBefore(index, this.#event(other).clock)),
    );
  }

  /** Whether an event is among those that a clock counts. */
  isBefore(index: number, clock: Int32Array): boolean {
    const { thread, clock: own } = this.#event(index);
    return (clock[thread] as number) >= (own[thread] as number);
  }

  #remember(touched: readonly number[], index: number): void {
    for (const access of touched) {
      const address = access >> 1;
      if ((access & 1) === 1) {
        this.#lastWrite.set(address, index);
        this.#readsSince.delete(address);
      } else {
        const reads = this.#readsSince.get(address);
        if (reads) reads.push(index);
        else this.#readsSince.set(address, [index]);
      }
    }
  }

  /**
   * Threads that could take the first step of a run in which `index` comes after everything it need not come before, up to
   * the event `until`.
   */
  initials(index: number, until: number): number[] {
    const first = new Map<number, Event>();
    for (let i = index + 1; i <= until; i++) {
      const event = this.#event(i);
      if (i < until && this.isBefore(index, event.clock)) continue;
      if (!first.has(event.thread)) first.set(event.thread, event);
    }
    const begin = (thread: number) => first.get(thread)?.clock[thread] as number;
    const isFree = ({ thread, clock }: Event) =>
      [...first.keys()].every((other) => other === thread || (clock[other] as number) < begin(other));
    return [...first.values()].filter(isFree).map(({ thread }) => thread);
  }
}

function joinInto(clock: Int32Array, other: Int32Array): void {
  for (let t = 0; t < clock.length; t++)
    if ((other[t] as number) > (clock[t] as number)) clock[t] = other[t] as number;
}
