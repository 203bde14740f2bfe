import type { Support } from './instance.ts';
import { MemoryModel } from './memory-model.ts';
import type { Step, Steps } from './steps.ts';

/** What may happen next: a thread's step, or something done to a thread. */
export const Do = { Step: 0, WakeSpuriously: 1, TimeOut: 2, Kill: 3 } as const;
export type Do = (typeof Do)[keyof typeof Do];
/** A choice of the scheduler: thread × 4 + what. */
export type Action = number;
export const actionOf = (thread: number, what: Do): Action => thread * 4 + what;
export const threadOf = (action: Action): number => action >> 2;
export const whatOf = (action: Action): Do => (action & 3) as Do;

export type ViolationKind = 'result' | 'race' | 'stuck' | 'livelock' | 'exception';
export class Violation extends Error {
  readonly kind: ViolationKind;
  constructor(kind: ViolationKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** How often things that may happen at any moment are allowed to happen in one run. */
export interface Budgets {
  readonly spurious: number;
  readonly timeouts: number;
  /** Threads that may die before any of their steps, and how many of them in one run. */
  readonly mayDie: readonly number[];
  readonly deaths: number;
}

interface Thread {
  readonly code: Steps<void>;
  state: 'ready' | 'asleep' | 'ended' | 'dead';
  next: Step;
  deadline: number;
  /** Address slept on. */
  bell: number;
  hash: number;
  hash2: number;
  /** The step at which it died. */
  diedAt: number;
}

export interface TraceEntry {
  readonly thread: number;
  readonly what: Do;
  readonly step: Step | undefined;
  readonly address: number;
  readonly before: number;
  readonly after: number;
  readonly result: unknown;
}

/** Steps in a row that one thread may take alone, or a run in all, before it counts as a livelock. */
const ALONE_MAX = 600;
const RUN_MAX = 6000;
const RESCUES_MAX = 12;

/** Runs the logical threads of one schedule, one step at a time. */
export class Kernel implements Support {
  readonly memory: MemoryModel;
  threads: Thread[] = [];
  /** The thread whose code is running. */
  current = 0;
  /** Steps so far; the time of the histories. */
  steps = 0;
  /** Sleeps that only a time-out ended because nothing else could go on. */
  rescues = 0;
  onStep: ((entry: TraceEntry) => void) | undefined;
  readonly #count: number;
  #budgets: Budgets = { spurious: 0, timeouts: 0, mayDie: [], deaths: 1 };
  #spurious = 0;
  #timeouts = 0;
  #deaths = 0;
  #now = 0;
  #alone = 0;
  #lastThread = -1;

  constructor(threads: number) {
    this.#count = threads;
    this.memory = new MemoryModel(threads);
  }

  reset(budgets: Budgets): void {
    this.memory.reset();
    this.threads = [];
    this.#budgets = budgets;
    this.steps = this.rescues = this.#spurious = this.#timeouts = this.#deaths = this.#now = this.#alone = 0;
    this.#lastThread = -1;
  }

  get deaths(): number {
    return this.#deaths;
  }

  start(codes: readonly Steps<void>[]): void {
    // Everything before the threads start happens before all of them.
    for (const clock of this.memory.clocks) for (let t = 0; t < this.#count; t++) this.memory.join(t, clock);
    for (const code of codes) {
      this.threads.push(newThread(code, NOTHING));
      this.#resume(this.threads.length - 1, undefined);
    }
  }

  /** Whether a run is over; throws when it is stuck. */
  get over(): boolean {
    return this.threads.every(({ state }) => state === 'ended' || state === 'dead');
  }

  /** Everything that may happen next, the step of the thread that ran last first. */
  actions(): Action[] {
    const actions: Action[] = [];
    const last = this.#lastThread;
    if (last >= 0 && this.#canStep(last)) actions.push(actionOf(last, Do.Step));
    for (let t = 0; t < this.threads.length; t++) {
      if (t !== last && this.#canStep(t)) actions.push(actionOf(t, Do.Step));
    }
    if (actions.length === 0) return this.#rescue();
    for (let t = 0; t < this.threads.length; t++) this.#mishaps(t, actions);
    return actions;
  }

  #mishaps(t: number, actions: Action[]): void {
    const { state, deadline } = this.threads[t] as Thread;
    if (state === 'ended' || state === 'dead') return;
    if (this.#deaths < this.#budgets.deaths && this.#budgets.mayDie.includes(t))
      actions.push(actionOf(t, Do.Kill));
    if (state !== 'asleep') return;
    if (this.#spurious < this.#budgets.spurious) actions.push(actionOf(t, Do.WakeSpuriously));
    if (this.#timeouts < this.#budgets.timeouts && deadline < Infinity) actions.push(actionOf(t, Do.TimeOut));
  }

  /** Nobody can go on: the sleeper whose time is over first wakes; without one the run is stuck. */
  #rescue(): Action[] {
    let first = -1;
    this.threads.forEach(({ state, deadline }, t) => {
      if (state !== 'asleep' || deadline === Infinity) return;
      if (first < 0 || deadline < (this.threads[first] as Thread).deadline) first = t;
    });
    if (first < 0) throw new Violation('stuck', `Nobody can go on: ${this.#states()}`);
    this.rescues++;
    if (this.rescues > RESCUES_MAX) throw new Violation('livelock', `Only time-outs move: ${this.#states()}`);
    return [actionOf(first, Do.TimeOut)];
  }

  #states(): string {
    return this.threads
      .map(({ state, next }, t) => `${t} ${state}${state === 'ready' ? ` before ${next.op}` : ''}`)
      .join(', ');
  }

  #canStep(t: number): boolean {
    const { state, next } = this.threads[t] as Thread;
    if (state !== 'ready') return false;
    if (next.op !== 'join') return true;
    const joined = this.threads[next.a as number] as Thread;
    return joined.state === 'ended' || joined.state === 'dead';
  }

  /** Whether taking this action means interrupting a thread that could have gone on. */
  isPreemption(action: Action): boolean {
    const last = this.#lastThread;
    return last >= 0 && threadOf(action) !== last && whatOf(action) === Do.Step && this.#canStep(last);
  }

  perform(action: Action): void {
    const t = threadOf(action);
    const thread = this.threads[t] as Thread;
    this.steps++;
    if (this.steps > RUN_MAX)
      throw new Violation('livelock', `No end after ${RUN_MAX} steps: ${this.#states()}`);
    const what = whatOf(action);
    if (what === Do.Step) this.#step(t, thread);
    else this.#befall(t, thread, what);
  }

  #befall(t: number, thread: Thread, what: Do): void {
    this.onStep?.({
      thread: t,
      what,
      step: thread.next,
      address: -1,
      before: 0,
      after: 0,
      result: undefined,
    });
    if (what === Do.Kill) {
      this.#deaths++;
      thread.state = 'dead';
      thread.diedAt = this.steps;
      return;
    }
    if (what === Do.TimeOut) {
      this.#timeouts++;
      this.#now = Math.max(this.#now, thread.deadline);
    } else this.#spurious++;
    thread.state = 'ready';
    this.#resume(t, what === Do.TimeOut ? 'timed-out' : 'ok');
  }

  #step(t: number, thread: Thread): void {
    if (t === this.#lastThread) this.#alone++;
    else this.#alone = 0;
    if (this.#alone > ALONE_MAX) {
      throw new Violation(
        'livelock',
        `Thread ${t} takes more than ${ALONE_MAX} steps with nobody in its way.`,
      );
    }
    this.#lastThread = t;
    const result = this.#execute(t, thread);
    if (thread.state !== 'asleep') this.#resume(t, result);
  }

  #execute(t: number, thread: Thread): unknown {
    const { op, words, index, a = 0, b = 0 } = thread.next;
    const { memory } = this;
    if (op === 'join') {
      memory.join(t, memory.clocks[a] as Int32Array);
      this.onStep?.({
        thread: t,
        what: Do.Step,
        step: thread.next,
        address: -1,
        before: 0,
        after: 0,
        result: undefined,
      });
      return undefined;
    }
    const address = memory.addressOf(words, index);
    const before = words[index] as number;
    let after = before;
    let result: unknown = before;
    switch (op) {
      case 'load':
        break;
      case 'store':
        after = a | 0;
        result = a;
        break;
      case 'add':
        after = (before + a) | 0;
        break;
      case 'or':
        after = before | a;
        break;
      case 'exchange':
        after = a | 0;
        break;
      case 'compareExchange':
        if (before === (a | 0)) after = b | 0;
        break;
      case 'wait':
        result = before === a ? this.#fallAsleep(thread, address, b) : 'not-equal';
        break;
      case 'notify':
        result = this.#notify(address);
        break;
      default:
        throw new Error(`No such step: ${op}`);
    }
    const writes =
      op === 'compareExchange'
        ? before === (a | 0)
        : op === 'store' || op === 'add' || op === 'or' || op === 'exchange';
    if (op !== 'store' && op !== 'notify') memory.atomicRead(t, address);
    if (writes) {
      words[index] = after;
      memory.changed(address, before, after);
      memory.atomicWrite(t, address);
    }
    this.onStep?.({ thread: t, what: Do.Step, step: thread.next, address, before, after, result });
    return result;
  }

  #fallAsleep(thread: Thread, address: number, timeoutMs: number): string {
    thread.state = 'asleep';
    thread.bell = address;
    thread.deadline = this.#now + timeoutMs;
    return 'asleep';
  }

  #notify(address: number): number {
    let woken = 0;
    this.threads.forEach((thread, t) => {
      if (thread.state !== 'asleep' || thread.bell !== address) return;
      thread.state = 'ready';
      woken++;
      this.#resume(t, 'ok');
    });
    return woken;
  }

  #resume(t: number, result: unknown): void {
    const thread = this.threads[t] as Thread;
    const running = this.current;
    this.current = t;
    this.#fold(thread, result);
    try {
      const { done, value } = thread.code.next(result);
      if (done) thread.state = 'ended';
      else thread.next = value;
    } finally {
      this.current = running;
    }
  }

  #fold(thread: Thread, result: unknown): void {
    const value = typeof result === 'number' ? result : typeof result === 'string' ? result.length : 77;
    thread.hash = Math.imul(thread.hash ^ value, 0x01000193) + 0x9e37;
    thread.hash2 = Math.imul(thread.hash2 + value, 0x85ebca6b) ^ (thread.hash2 >>> 13);
  }

  /** A key of the whole state; threads are known by what they have seen so far. */
  stateKey(): number {
    let a = this.memory.hashA ^ Math.imul(this.#lastThread + 2, 0x27d4eb2f);
    let b = this.memory.hashB + this.#deaths * 7919 + this.#spurious * 104_729 + this.#timeouts * 1_299_709;
    for (const { hash, hash2, state } of this.threads) {
      a = Math.imul(a ^ hash, 0x01000193) ^ (hash >>> 7);
      b = (Math.imul(b ^ hash2, 0x2c1b3c6d) + state.length) | 0;
    }
    return (a >>> 0) * 0x20_0000 + ((b >>> 0) & 0x1f_ffff);
  }

  /** Runs code of a thread outside the schedule: before the threads start, or after they have ended. */
  alone<T>(t: number, code: Steps<T>): T {
    this.current = t;
    let result: unknown;
    for (let steps = 0; steps < 20_000; steps++) {
      const { done, value } = code.next(result);
      if (done) return value;
      const thread = newThread(code as Steps<never>, value);
      result = this.#execute(t, thread);
      if (thread.state === 'asleep') throw new Violation('stuck', 'A thread left alone with the ring waits.');
    }
    throw new Violation('livelock', 'A thread left alone with the ring does not come to an end.');
  }

  // What the transformed code calls:

  read(target: unknown, index: number): unknown {
    const value = (target as Record<number, unknown>)[index];
    if (target instanceof Int32Array) {
      const address = this.memory.addressOf(target, index);
      if (address < 0) return value;
      this.memory.plainRead(this.current, address);
      if (this.threads.length > this.current) this.#fold(this.threads[this.current] as Thread, value);
    }
    return value;
  }

  write(target: unknown, index: number, value: unknown): unknown {
    if (target instanceof Int32Array) {
      const address = this.memory.addressOf(target, index);
      if (address >= 0) {
        this.memory.plainWrite(this.current, address);
        this.memory.changed(address, target[index] as number, (value as number) | 0);
      }
    }
    (target as Record<number, unknown>)[index] = value;
    return value;
  }

  nowMs = (): number => this.#now;
}

const NOTHING: Step = { op: 'load', words: new Int32Array(1), index: 0, site: -1 };

function newThread(code: Steps<void>, next: Step): Thread {
  return { code, next, state: 'ready', deadline: 0, bell: -1, hash: 0, hash2: 0, diedAt: -1 };
}
