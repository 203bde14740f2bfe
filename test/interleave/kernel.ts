import { type Action, actionOf, type Budgets, Do, threadOf, Violation, whatOf } from './actions.ts';
import { apply, effectOf } from './atomic-step.ts';
import type { EventLoop } from './event-loop.ts';
import type { Support } from './instance.ts';
import { MemoryModel } from './memory-model.ts';
import { NO_WORDS, type Step, type Steps } from './steps.ts';
import { Thread } from './thread.ts';

export interface TraceEntry {
  readonly thread: number;
  readonly what: Do;
  readonly step: Step;
  readonly address: number;
  readonly before: number;
  readonly after: number;
  readonly result: unknown;
}

/** What a step had to do with others: from this follows which steps may change places. */
export interface Footprint {
  /** Words and other things read and written: twice the address, plus 1 for a write. */
  readonly touched: number[];
  /** Threads that it woke from a sleep. */
  readonly woken: number[];
  /** Threads for whose event loop it had a message. */
  readonly told: number[];
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
  /** Of the last step taken. */
  footprint: Footprint = { touched: [], woken: [], told: [] };
  /** Whether threads rest: then what they look at is kept. */
  rests = false;
  /** What awaits in each thread. */
  loops: readonly EventLoop[] = [];
  onStep: ((entry: TraceEntry) => void) | undefined;
  readonly #count: number;
  #budgets: Budgets = { spurious: 0, timeouts: 0, mayDie: [], deaths: 1 };
  #spurious = 0;
  #timeouts = 0;
  #deaths = 0;
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
    this.steps = this.rescues = this.#spurious = this.#timeouts = this.#deaths = this.#alone = 0;
    this.#lastThread = -1;
  }

  start(codes: readonly Steps<void>[]): void {
    // Everything before the threads start happens before all of them.
    for (const clock of this.memory.clocks) for (let t = 0; t < this.#count; t++) this.memory.join(t, clock);
    for (const code of codes) {
      this.threads.push(new Thread(code));
      this.#resume(this.threads.length - 1, undefined);
    }
  }

  get over(): boolean {
    return this.threads.every(({ state }) => state === 'ended' || state === 'dead');
  }

  /** Everything that may happen next, the step of the thread that ran last first; throws when the run is stuck. */
  actions(): Action[] {
    const actions: Action[] = [];
    const last = this.#lastThread;
    if (last >= 0 && this.canStep(last)) actions.push(actionOf(last, Do.Step));
    for (let t = 0; t < this.threads.length; t++) {
      if (t !== last && this.canStep(t)) actions.push(actionOf(t, Do.Step));
    }
    if (actions.length === 0) return [this.#rescue()];
    for (let t = 0; t < this.threads.length; t++) this.#mishaps(t, actions);
    return actions;
  }

  #mishaps(t: number, actions: Action[]): void {
    const { state, next, waitsUntil } = this.threads[t] as Thread;
    if (state !== 'ready') return;
    const { deaths, mayDie, spurious, timeouts } = this.#budgets;
    if (this.#deaths < deaths && mayDie.includes(t)) actions.push(actionOf(t, Do.Kill));
    if (next.op === 'wait' && this.#spurious < spurious) actions.push(actionOf(t, Do.WakeSpuriously));
    if (this.#timeouts < timeouts && waitsUntil < Number.POSITIVE_INFINITY)
      actions.push(actionOf(t, Do.TimeOut));
  }

  /** Nobody can go on: the sleeper whose time is over first wakes; without one the run is stuck. */
  #rescue(): Action {
    let first = -1;
    let earliest = Number.POSITIVE_INFINITY;
    for (const [t, { state, waitsUntil }] of this.threads.entries()) {
      if (state === 'ended' || state === 'dead' || waitsUntil >= earliest) continue;
      first = t;
      earliest = waitsUntil;
    }
    if (first < 0) throw new Violation('stuck', `Nobody can go on: ${this.#states()}`);
    if (++this.rescues > RESCUES_MAX)
      throw new Violation('livelock', `Only time-outs move: ${this.#states()}`);
    return actionOf(first, Do.Rescue);
  }

  #states(): string {
    return this.threads
      .map(({ state, next }, t) => `${t} ${state}${state === 'ready' ? ` before ${next.op}` : ''}`)
      .join(', ');
  }

  /** Whether a thread is neither asleep nor waiting for something that has not come about. */
  canStep(t: number): boolean {
    const { state, next, inbox, looked } = this.threads[t] as Thread;
    if (state !== 'ready') return false;
    if (next.op === 'idle') return inbox.length > 0;
    if (next.op === 'rest') return this.#hasChanged(looked);
    if (next.op !== 'join') return true;
    const joined = this.threads[next.a as number] as Thread;
    return joined.state === 'ended' || joined.state === 'dead';
  }

  #hasChanged(looked: ReadonlyMap<number, number>): boolean {
    for (const [address, changes] of looked) if (this.memory.changesOf(address) !== changes) return true;
    return false;
  }

  /** Whether taking this action means interrupting a thread that could have gone on. */
  isPreemption(action: Action): boolean {
    const last = this.#lastThread;
    return last >= 0 && threadOf(action) !== last && whatOf(action) !== Do.Kill && this.canStep(last);
  }

  perform(action: Action): void {
    const t = threadOf(action);
    const thread = this.threads[t] as Thread;
    if (++this.steps > RUN_MAX)
      throw new Violation('livelock', `No end after ${RUN_MAX} steps: ${this.#states()}`);
    this.footprint = { touched: [], woken: [], told: [] };
    const what = whatOf(action);
    if (what === Do.Kill) this.#kill(thread);
    else this.#countSteps(t);
    if (what === Do.Step) this.#step(t, thread);
    else this.#befall(t, thread, what);
  }

  #kill(thread: Thread): void {
    this.#deaths++;
    thread.state = 'dead';
    thread.diedAt = this.steps;
  }

  #countSteps(t: number): void {
    this.#alone = t === this.#lastThread ? this.#alone + 1 : 0;
    if (this.#alone > ALONE_MAX) {
      throw new Violation(
        'livelock',
        `Thread ${t} takes more than ${ALONE_MAX} steps with nobody in its way.`,
      );
    }
    this.#lastThread = t;
  }

  #befall(t: number, thread: Thread, what: Do): void {
    const { next } = thread;
    this.onStep?.({ thread: t, what, step: next, address: -1, before: 0, after: 0, result: undefined });
    if (what === Do.Kill) return;
    if (what === Do.TimeOut) this.#timeouts++;
    if (what === Do.WakeSpuriously) this.#spurious++;
    else thread.now = Math.max(thread.now, thread.waitsUntil);
    thread.state = 'ready';
    thread.looked.clear();
    this.#resume(t, what === Do.WakeSpuriously ? 'ok' : 'timed-out');
  }

  #step(t: number, thread: Thread): void {
    const result = this.execute(t, thread, thread.next);
    if (thread.state !== 'asleep') this.#resume(t, result);
  }

  /** Does what a thread asked for; its answer. */
  execute(t: number, thread: Thread, step: Step): unknown {
    const { memory } = this;
    const address = step.words === NO_WORDS ? -1 : memory.addressOf(step.words, step.index);
    const before = step.words[step.index] as number;
    const effect = effectOf(step, before);
    let result: unknown = step.op === 'store' ? step.a : before;
    if (effect === undefined) result = this.#goOn(t, thread, step);
    else {
      apply(memory, t, address, step, effect);
      if (address >= 0 && (effect.reads || effect.writes))
        this.footprint.touched.push(2 * address + Number(effect.writes));
      if (this.rests && effect.reads && !thread.looked.has(address))
        thread.looked.set(address, memory.changesOf(address));
      if (step.op === 'wait') result = this.#fallAsleep(thread, address, step);
      else if (step.op === 'waitAsync') result = this.#listen(thread, address, step);
      else if (step.op === 'notify') result = this.#notify(address);
    }
    this.onStep?.({ thread: t, what: Do.Step, step, address, before, after: effect?.after ?? 0, result });
    return result;
  }

  /** What a thread has waited for has come about. */
  #goOn(t: number, thread: Thread, { op, a = 0 }: Step): unknown {
    if (op === 'join') this.memory.join(t, this.memory.clocks[a] as Int32Array);
    else if (op === 'idle') return thread.inbox.shift();
    else if (op === 'rest') {
      for (const address of thread.looked.keys()) this.footprint.touched.push(2 * address);
      thread.looked.clear();
    } else throw new Error(`No such step: ${op}`);
    return undefined;
  }

  /** Who sleeps on a word, as something that is read and written. */
  #queueOf(address: number): number {
    return this.memory.size + address;
  }

  #fallAsleep(thread: Thread, address: number, { words, index, a, b = 0 }: Step): string {
    if (words[index] !== a) return 'not-equal';
    this.footprint.touched.push(2 * this.#queueOf(address) + 1);
    thread.deadline =
      thread.waitsUntil < Number.POSITIVE_INFINITY ? thread.now + b : Number.POSITIVE_INFINITY;
    thread.state = 'asleep';
    thread.bell = address;
    return 'asleep';
  }

  #listen(thread: Thread, address: number, { words, index, a }: Step): unknown {
    if (words[index] !== a) return { async: false, value: 'not-equal' };
    this.footprint.touched.push(2 * this.#queueOf(address) + 1);
    const value = (this.loops[this.threads.indexOf(thread)] as EventLoop).promise();
    thread.listening.set(address, value);
    return { async: true, value };
  }

  #notify(address: number): number {
    const { touched, woken, told } = this.footprint;
    for (const [t, thread] of this.threads.entries()) {
      const promise = thread.listening.get(address);
      if (thread.state === 'asleep' && thread.bell === address) woken.push(t);
      if (promise === undefined) continue;
      thread.listening.delete(address);
      thread.inbox.push(promise);
      told.push(t);
    }
    touched.push(2 * this.#queueOf(address) + Number(woken.length + told.length > 0));
    for (const t of woken) {
      (this.threads[t] as Thread).state = 'ready';
      this.#resume(t, 'ok');
    }
    return woken.length + told.length;
  }

  #resume(t: number, result: unknown): void {
    const thread = this.threads[t] as Thread;
    const running = this.current;
    this.current = t;
    thread.saw(result);
    try {
      const { done, value } = thread.code.next(result);
      if (done) thread.state = 'ended';
      else thread.next = value;
    } finally {
      this.current = running;
    }
  }

  /** A key of the whole state; threads are known by what they have seen so far. */
  stateKey(): number {
    let a = this.memory.hashA ^ Math.imul(this.#lastThread + 2, 0x27d4eb2f);
    let b = this.memory.hashB + this.#deaths * 7919 + this.#spurious * 104_729 + this.#timeouts * 1_299_709;
    for (const { hashA, hashB, state, inbox } of this.threads) {
      a = Math.imul(a ^ hashA, 0x01000193) ^ (hashA >>> 7);
      b = (Math.imul(b ^ hashB, 0x2c1b3c6d) + state.length + 31 * inbox.length) | 0;
    }
    return (a >>> 0) * 0x20_0000 + ((b >>> 0) & 0x1f_ffff);
  }

  /** Runs code of a thread outside the schedule: before the threads start, or after they have ended. */
  alone<T>(t: number, code: Steps<T>): T {
    this.current = t;
    const thread = new Thread(code as Steps<never>);
    let result: unknown;
    for (let steps = 0; steps < 20_000; steps++) {
      const { done, value } = code.next(result);
      if (done) return value;
      result = this.execute(t, thread, value);
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
      this.threads[this.current]?.saw(value);
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

  /** Whether these words are shared between threads. */
  isShared(target: unknown): boolean {
    return target instanceof Int32Array && this.memory.addressOf(target, 0) >= 0;
  }

  nowMs = (): number => this.threads[this.current]?.now ?? 0;
}
