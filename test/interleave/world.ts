import type { Make, Ring } from './ends.ts';
import type { Operation } from './history.ts';
import { Instance } from './instance.ts';
import { type Budgets, Kernel, Violation } from './kernel.ts';
import { fixedProbe, variableProbe } from './probes.ts';
import type { RingProgram } from './program.ts';
import { type Actor, type Call, durableCursor, type Outcome, Self } from './self.ts';
import type { Steps } from './steps.ts';
import type { Site } from './transform.ts';

export interface RingSetup {
  readonly topology: 'spsc' | 'mpsc' | 'spmc' | 'mpmc' | 'broadcast';
  readonly capacity: number;
  readonly overflow?: 'block' | 'strict' | 'drop-oldest' | 'drop-newest';
  readonly variable?: boolean;
  readonly firstSequence?: number;
  /** Subscriptions that are there from the beginning and keep their cursors between readers. */
  readonly durable?: number;
}

/** Names of subscriptions that are not durable begin here. */
const FIRST_CURSOR = 100;

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
  readonly #words: Int32Array;
  #pending = new Map<number, Call>();
  #cursors = FIRST_CURSOR;

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
    this.#words = new Int32Array(handle.buffer);
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

  /** The step at which a thread died. */
  diedAt(thread: number): number {
    return this.kernel.threads[thread]?.diedAt ?? -1;
  }

  /** The value of a word of the ring, by its name in the layout. */
  wordAt(name: string): number {
    return this.#words[this.offsets[name] as number] as number;
  }

  /** One who was not there during the race. */
  newcomer(): Self {
    return new Self(this, this.actors.length);
  }

  begin(budgets: Budgets): void {
    const { kernel } = this;
    kernel.reset(budgets);
    this.history = [];
    this.#pending = new Map();
    for (const instance of this.#instances) (instance.module('./lot.js')['$reset'] as () => void)();
    this.#cursors = FIRST_CURSOR;
    this.selves = this.actors.map((_, index) => new Self(this, index));
    this.afterwards((self) => this.#addDurable(self));
    for (const [index, actor] of this.actors.entries()) {
      kernel.alone(index, (this.selves[index] as Self).attach(actor.ends ?? []));
    }
    kernel.start(this.actors.map((actor, index) => this.#guarded(actor, this.selves[index] as Self)));
  }

  *#addDurable(self: Self): Steps<void> {
    const { durable = 0 } = this.setup;
    yield* self.attach([]);
    for (let i = 0; i < durable; i++) {
      const cursor = durableCursor(yield* self.ring.addSubscription());
      this.history.push({ thread: 400 + i, kind: 'join-oldest', value: 0, began: 0, ended: 0, cursor });
    }
  }

  newCursor(): number {
    return this.#cursors++;
  }

  *#guarded(actor: Actor, self: Self): Steps<void> {
    try {
      yield* actor.run(self);
    } catch (error) {
      if (error instanceof Violation) throw error;
      throw new Violation('exception', `${actor.name}: ${(error as Error).stack}`);
    }
  }

  called(what: Omit<Call, 'began'>): Call {
    const call = { ...what, began: this.kernel.steps };
    this.#pending.set(call.thread, call);
    return call;
  }

  returned(call: Call, outcomes: readonly Outcome[]): void {
    this.#pending.delete(call.thread);
    const { thread, began, cursor } = call;
    const ended = this.kernel.steps;
    for (const outcome of outcomes) this.history.push({ ...outcome, thread, began, ended, cursor });
  }

  /** What a thread was about when it died. */
  cutShort(): Call[] {
    return [...this.#pending.values()];
  }

  /** Code that runs after the race, with nobody else: as thread `thread`, or as one that comes new. */
  afterwards<T>(steps: (self: Self) => Steps<T>, thread = this.actors.length): T {
    const self = this.selves[thread] ?? this.newcomer();
    return this.kernel.alone(thread, steps(self));
  }
}
