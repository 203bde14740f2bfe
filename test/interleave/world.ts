import type { Operation } from './history.ts';
import { Instance } from './instance.ts';
import { type Budgets, Kernel, Violation } from './kernel.ts';
import type { RingProgram } from './program.ts';
import type { Steps } from './steps.ts';
import type { Site } from './transform.ts';

/** The ring's ends in the transformed code. */
export interface Writer {
  offer(value: number): Steps<boolean>;
  offerAll(values: readonly number[]): Steps<number>;
  putSync(value: number, options?: { timeout?: number }): Steps<boolean>;
  close(): Steps<void>;
  fail(error: unknown): Steps<void>;
  detach(): Steps<void>;
}

export interface Reader {
  poll(): Steps<number | undefined>;
  drain(each: (view: number) => void, max?: number): Steps<number>;
  takeSync(options?: { timeout?: number }): Steps<number | undefined>;
  drainSync(each: (view: number) => void, options?: { timeout?: number; max?: number }): Steps<number>;
  openBatch(max: number): Steps<boolean>;
  nextView(): unknown;
  closeBatch(all: boolean): Steps<void>;
  abandonBatch(): Steps<void>;
  detach(): Steps<void>;
}

export interface Stats {
  readonly written: number;
  readonly read: number;
  readonly dropped: number;
  readonly depth: number;
  readonly closed: boolean;
}

interface Ring {
  $get_writer(): Steps<Writer>;
  $get_reader(): Steps<Reader>;
  readonly handle: { buffer: SharedArrayBuffer; lot: SharedArrayBuffer };
  close(): Steps<void>;
  repair(threadId: number): Steps<void>;
  stats(): Steps<Stats>;
}

type Make = (from: unknown, how: unknown) => Ring | Steps<Ring>;

export interface RingSetup {
  readonly topology: 'spsc' | 'mpsc' | 'spmc' | 'mpmc';
  readonly capacity: number;
  readonly overflow?: 'block' | 'strict' | 'drop-oldest' | 'drop-newest';
  readonly variable?: boolean;
  readonly firstSequence?: number;
}

/** A logical thread of a scenario. */
export interface Actor {
  readonly name: string;
  /** Ends it attaches before the race begins. */
  readonly ends?: readonly ('writer' | 'reader')[];
  run(self: Self): Steps<void>;
}

/** What the code of a logical thread works with; every call is recorded in the history. */
export class Self {
  readonly index: number;
  readonly #world: World;
  ring!: Ring;
  writer!: Writer;
  reader!: Reader;

  constructor(world: World, index: number) {
    this.#world = world;
    this.index = index;
  }

  *attach(ends: readonly string[]): Steps<void> {
    this.ring = this.#world.openAt(this.index);
    if (ends.includes('writer')) this.writer = yield* this.ring.$get_writer();
    if (ends.includes('reader')) this.reader = yield* this.ring.$get_reader();
  }

  *offer(value: number): Steps<boolean> {
    const call = this.#begin([value]);
    const answer = yield* refusable(this.writer.offer(value));
    this.#wrote(call, [value], answer === undefined ? -1 : Number(answer));
    return answer === true;
  }

  *offerAll(values: readonly number[]): Steps<number> {
    const call = this.#begin(values);
    const answer = yield* refusable(this.writer.offerAll(values));
    this.#wrote(call, values, answer ?? -1);
    return answer ?? -1;
  }

  /** `undefined` when refused because the ring is closed. */
  *putSync(value: number, timeout?: number): Steps<boolean | undefined> {
    const call = this.#begin([value]);
    const answer = yield* refusable(this.writer.putSync(value, timeout === undefined ? {} : { timeout }));
    this.#wrote(call, [value], answer === undefined ? -1 : Number(answer));
    return answer;
  }

  *poll(): Steps<number | undefined> {
    const call = this.#begin([]);
    const value = yield* this.reader.poll();
    this.#read(call, value === undefined ? [] : [value], false);
    return value;
  }

  /** What `drain` handed over; with `throwAt` the callback throws at that message. */
  *drain(max?: number, throwAt?: number): Steps<number[]> {
    const call = this.#begin([]);
    const got: number[] = [];
    const each = (value: number) => {
      got.push(value);
      if (got.length === throwAt) throw new Thrown();
    };
    try {
      yield* this.reader.drain(each, max);
    } catch (error) {
      if (!(error instanceof Thrown)) throw error;
    }
    this.#read(call, got, false);
    return got;
  }

  /** Looks at the first `count` views of a batch and leaves it; `abandon` gives them back as well. */
  *batch(count: number, abandon = false): Steps<number[]> {
    const call = this.#begin([]);
    const got: number[] = [];
    if (yield* this.reader.openBatch(Number.POSITIVE_INFINITY)) {
      while (got.length < count) {
        const view = this.reader.nextView();
        if (typeof view !== 'number') break;
        got.push(view);
      }
      yield* abandon ? this.reader.abandonBatch() : this.reader.closeBatch(false);
    }
    if (abandon && got.length > 0) this.#world.returned(call, []);
    else this.#read(call, got, false);
    return got;
  }

  *takeSync(timeout?: number): Steps<number | undefined> {
    const call = this.#begin([]);
    const value = yield* refusable(this.reader.takeSync(timeout === undefined ? {} : { timeout }));
    this.#read(call, value === undefined ? [] : [value], value === undefined && timeout === undefined);
    return value;
  }

  *drainSync(timeout?: number): Steps<number[]> {
    const call = this.#begin([]);
    const got: number[] = [];
    yield* this.reader.drainSync((value) => got.push(value), timeout === undefined ? {} : { timeout });
    this.#read(call, got, got.length === 0 && timeout === undefined);
    return got;
  }

  *close(): Steps<void> {
    const call = this.#begin([]);
    yield* this.ring.close();
    this.#world.returned(call, [{ kind: 'close', value: 0 }]);
  }

  /** Waits for the end or death of another thread; then its `exit` event has been seen. */
  *join(thread: number): Steps<void> {
    yield { op: 'join', words: NO_WORDS, index: 0, a: thread, site: -1 };
  }

  /** Whether the thread died; repairs it if so. */
  *repairIfDead(thread: number): Steps<void> {
    yield* this.join(thread);
    if (this.#world.isDead(thread)) yield* this.ring.repair(thread);
  }

  #begin(values: readonly number[]): Call {
    return this.#world.called(this.index, values);
  }

  #wrote(call: Call, values: readonly number[], count: number): void {
    const done: Outcome[] = values.slice(0, Math.max(0, count)).map((value) => ({ kind: 'write', value }));
    if (count < 0) done.push({ kind: 'refused', value: values[0] as number });
    else if (count < values.length) done.push({ kind: 'full', value: values[count] as number });
    this.#world.returned(call, done);
  }

  #read(call: Call, values: readonly number[], ended: boolean): void {
    const done: Outcome[] = values.map((value) => ({ kind: 'read', value }));
    if (done.length === 0) done.push({ kind: ended ? 'ended' : 'empty', value: 0 });
    this.#world.returned(call, done);
  }
}

export interface Call {
  readonly thread: number;
  readonly began: number;
  readonly values: readonly number[];
}
type Outcome = Pick<Operation, 'kind' | 'value'>;

class Thrown extends Error {}
const NO_WORDS = new Int32Array(1);

/** The answer, or `undefined` for the refusal of a closed ring. */
function* refusable<T>(call: Steps<T>): Steps<T | undefined> {
  try {
    return yield* call;
  } catch (error) {
    if ((error as { code?: string }).code === 'MILLRACE_CLOSED') return undefined;
    throw error;
  }
}

/** One ring with its logical threads, run again and again from the same beginning. */
export class World {
  readonly kernel: Kernel;
  readonly actors: readonly Actor[];
  readonly setup: RingSetup;
  readonly offsets: Record<string, number>;
  readonly sites: readonly Site[];
  history: Operation[] = [];
  selves: Self[] = [];
  readonly #instances: Instance[];
  readonly #codec: unknown;
  /** A handle for each thread, which keeps what opening it found out. */
  readonly #handles: object[];
  #pending = new Map<number, Call>();

  constructor(program: RingProgram, setup: RingSetup, actors: readonly Actor[]) {
    this.setup = setup;
    this.sites = program.sites;
    this.actors = actors;
    this.kernel = new Kernel(actors.length + 1);
    this.#instances = [...actors, undefined].map((_, thread) => new Instance(program, thread, this.kernel));
    this.#codec = setup.variable ? variableProbe(this.kernel) : fixedProbe(this.kernel);
    const { topology, capacity, overflow = 'block', firstSequence, variable } = setup;
    const options = {
      capacity,
      overflow,
      wait: 'park',
      ...(firstSequence === undefined ? {} : { firstSequence }),
      ...(variable ? { slotSize: 8 } : {}),
    };
    const create = this.#last.module('./open.js')[topology] as Make;
    const { handle } = this.#made(create(this.#codec, options));
    this.#handles = this.#instances.map(() => ({ ...handle }));
    const layout = this.#last.module('./layout.js');
    this.offsets = {
      ...(layout as Record<string, number>),
      ...(layout['readLayout'] as (b: unknown) => object)(handle.buffer),
    };
    this.kernel.memory.register(handle.buffer);
    this.kernel.memory.register(handle.lot);
  }

  get #last(): Instance {
    return this.#instances.at(-1) as Instance;
  }

  openAt(thread: number): Ring {
    const open = this.#instances[thread]?.module('./open.js')['open'] as Make;
    return this.#made(open(this.#handles[thread], this.#codec));
  }

  /** Making and opening a ring may or may not reach a step; either way it is nothing to schedule. */
  #made(ring: Ring | Steps<Ring>): Ring {
    return 'next' in ring ? this.kernel.alone(this.actors.length, ring) : ring;
  }

  isDead(thread: number): boolean {
    return this.kernel.threads[thread]?.state === 'dead';
  }

  begin(budgets: Budgets): void {
    const { kernel } = this;
    kernel.reset(budgets);
    this.history = [];
    this.#pending = new Map();
    for (const instance of this.#instances) (instance.module('./lot.js')['$reset'] as () => void)();
    this.selves = this.actors.map((_, index) => new Self(this, index));
    for (const [index, actor] of this.actors.entries()) {
      kernel.alone(index, (this.selves[index] as Self).attach(actor.ends ?? []));
    }
    kernel.start(this.actors.map((actor, index) => this.#guarded(actor, this.selves[index] as Self)));
  }

  *#guarded(actor: Actor, self: Self): Steps<void> {
    try {
      yield* actor.run(self);
    } catch (error) {
      if (error instanceof Violation) throw error;
      throw new Violation('exception', `${actor.name}: ${(error as Error).stack}`);
    }
  }

  called(thread: number, values: readonly number[]): Call {
    const call = { thread, began: this.kernel.steps, values };
    this.#pending.set(thread, call);
    return call;
  }

  returned(call: Call, outcomes: readonly Outcome[]): void {
    this.#pending.delete(call.thread);
    const { thread, began } = call;
    for (const outcome of outcomes)
      this.history.push({ ...outcome, thread, began, ended: this.kernel.steps });
  }

  /** What a thread was about when it died. */
  cutShort(): Call[] {
    return [...this.#pending.values()];
  }

  /** Code that runs after the race, with nobody else: as thread `thread`, or as one that comes new. */
  afterwards<T>(steps: (self: Self) => Steps<T>, thread = this.actors.length): T {
    const self = this.selves[thread] ?? new Self(this, thread);
    return this.kernel.alone(thread, steps(self));
  }
}

interface Words {
  readonly i32: Int32Array;
}

/** A message of two words, so that a torn one is noticed. */
function fixedProbe(kernel: Kernel): object {
  return {
    kind: 'fixed',
    spec: { name: 'probe' },
    size: 8,
    alignment: 8,
    bind: ({ i32 }: Words) => {
      const read = (at: number) => sameIn(kernel, i32, at >> 2, 2);
      return { write: (value: number, at: number) => fill(kernel, i32, at >> 2, 2, value), read, view: read };
    },
  };
}

/** A message of as many 8-byte slots as its last decimal digit says. */
export const slotsOf = (value: number): number => value % 10;

function variableProbe(kernel: Kernel): object {
  return {
    kind: 'variable',
    spec: { name: 'probe' },
    typicalSize: 8,
    prepare: (value: number) => value,
    bound: (value: number) => slotsOf(value) * 8,
    bind: ({ i32 }: Words) => {
      const read = (at: number, length: number) => {
        const value = sameIn(kernel, i32, at >> 2, length >> 2);
        if (slotsOf(value) * 8 !== length)
          throw new Violation('result', `Message ${value} has length ${length}.`);
        return value;
      };
      const write = (value: number, at: number) => {
        fill(kernel, i32, at >> 2, slotsOf(value) * 2, value);
        return slotsOf(value) * 8;
      };
      return { write, read, view: read };
    },
  };
}

function fill(kernel: Kernel, words: Int32Array, from: number, count: number, value: number): void {
  for (let i = 0; i < count; i++) kernel.write(words, from + i, value);
}

function sameIn(kernel: Kernel, words: Int32Array, from: number, count: number): number {
  const value = kernel.read(words, from) as number;
  for (let i = 1; i < count; i++) {
    const other = kernel.read(words, from + i);
    if (other !== value) throw new Violation('result', `Torn message: ${value} and ${other}.`);
  }
  return value;
}
