import { type Budgets, Violation } from './actions.ts';
import type { Cell, Ring } from './ends.ts';
import type { EventLoop } from './event-loop.ts';
import type { Operation } from './history.ts';
import { Instance } from './instance.ts';
import { Kernel } from './kernel.ts';
import { fixedProbe, variableProbe } from './probes.ts';
import type { RingProgram } from './program.ts';
import { reordered } from './reordered.ts';
import type { Scenario } from './scenario.ts';
import { type Actor, type Call, durableCursor, FAILURE, type Outcome, Self } from './self.ts';
import type { Steps } from './steps.ts';
import { type Handle, type RingSetup, Subject } from './subject.ts';
import type { Site } from './transform.ts';

export type { RingSetup } from './subject.ts';

/** Names of subscriptions that are not durable begin here. */
const FIRST_CURSOR = 100;

/** One ring with its logical threads, run again and again from the same beginning. */
export class World {
  readonly kernel: Kernel;
  readonly actors: readonly Actor[];
  readonly setup: RingSetup;
  readonly offsets: Record<string, number>;
  readonly sites: ReadonlyMap<number, Site>;
  history: Operation[] = [];
  selves: Self[] = [];
  readonly #instances: Instance[];
  readonly #subject: Subject;
  readonly #handles: readonly Handle[][];
  readonly #words: Int32Array;
  readonly #pending = new Set<Call>();
  readonly #reordered: boolean;
  #cursors = FIRST_CURSOR;
  /** How the threads have begun to end the ring. */
  readonly ends = new Set<'close' | 'fail'>();
  /** What the first one was told who found the ring ended by an error. */
  #end: string | undefined;

  constructor(
    program: RingProgram,
    { ring: setup, actors, reordered = false }: Pick<Scenario, 'ring' | 'actors' | 'reordered'>,
  ) {
    this.setup = setup;
    this.#reordered = reordered;
    this.sites = program.sites;
    this.actors = actors;
    this.kernel = new Kernel(actors.length + 1);
    this.#instances = [...actors, undefined].map((_, thread) => new Instance(program, thread, this.kernel));
    this.kernel.loops = this.#instances.map(({ loop }) => loop);
    this.kernel.rests = setup.wait === 'spin' || setup.capacity === 0;
    const codec = (setup.variable ? variableProbe : fixedProbe)(
      this.kernel,
      program.plain && setup.topology !== 'latest',
    );
    const maker = this.#instanceOf(actors.length);
    this.#subject = new Subject(setup, codec, this.kernel, maker);
    this.#handles = this.#instances.map(() => this.#subject.copyOfHandles());
    const { buffer } = this.#subject.handles[0] as Handle;
    this.#words = new Int32Array(buffer);
    const layout = maker.module('./layout.js');
    const read = layout['readLayout'] as (buffer: unknown) => object;
    const isRing = setup.topology !== 'latest';
    this.offsets = { ...(layout as Record<string, number>), ...(isRing ? read(buffer) : {}) };
    this.#subject.register();
  }

  #instanceOf(thread: number): Instance {
    return this.#instances[thread] as Instance;
  }

  /** Something that the transformed code exports, in a thread. */
  exportOf(thread: number, module: string, name: string): unknown {
    return this.#instanceOf(thread).module(module)[name];
  }

  openAt(thread: number, lane = 0): Ring {
    return this.#subject.openRing(this.#instanceOf(thread), this.#handles[thread] as Handle[], lane);
  }

  openCellAt(thread: number): Cell {
    return this.#subject.openCell(this.#instanceOf(thread), this.#handles[thread] as Handle[]);
  }

  /** How many rings there are, or levels of one. */
  get lanes(): number {
    return this.setup.lanes ?? 1;
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

  /** The word that says whether the ring is open. */
  stateWord(): { words: Int32Array; index: number } {
    return { words: this.#words, index: this.offsets['STATE'] as number };
  }

  /** One who was not there during the race. */
  newcomer(lane = 0): Self {
    return new Self(this, this.actors.length, lane);
  }

  begin(budgets: Budgets): void {
    const { kernel } = this;
    kernel.reset(budgets);
    this.history = [];
    this.#pending.clear();
    this.#end = undefined;
    this.ends.clear();
    for (const instance of this.#instances) reset(instance);
    this.#cursors = FIRST_CURSOR;
    this.selves = this.actors.map((_, index) => new Self(this, index));
    this.afterwards((self) => this.#addDurable(self));
    for (const [index, actor] of this.actors.entries()) {
      kernel.alone(index, (this.selves[index] as Self).attach(actor.ends ?? []));
    }
    kernel.start(this.actors.map((actor, index) => this.#started(actor, index)));
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

  #started(actor: Actor, index: number): Steps<void> {
    const inOrder = this.#guarded(actor, this.selves[index] as Self);
    const code = this.#reordered ? reordered(inOrder) : inOrder;
    return actor.awaits ? this.loopOf(index).run(code) : code;
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
    this.#pending.add(call);
    return call;
  }

  returned(call: Call, outcomes: readonly Outcome[]): void {
    this.#pending.delete(call);
    const { thread, began, cursor, lane } = call;
    const ended = this.kernel.steps;
    for (const outcome of outcomes) this.history.push({ thread, began, ended, cursor, lane, ...outcome });
  }

  /** Whether an error says that the ring has ended. It must say why, and the same to everybody. */
  isEnd(error: unknown): boolean {
    const { code, message } = error as Error & { code?: string };
    if (code !== 'MILLRACE_CLOSED' && message !== FAILURE) return false;
    const someDied = this.kernel.threads.some(({ state }) => state === 'dead');
    const expected = this.ends.has('close') || someDied || !this.ends.has('fail') ? message : FAILURE;
    this.#end ??= expected;
    if (message === this.#end) return true;
    throw new Violation('result', `The end of the ring is told as "${message}", not as "${this.#end}".`);
  }

  /** How the end of the ring was told, if it was. */
  get told(): string | undefined {
    return this.#end;
  }

  /** What a thread was about when it died. */
  cutShort(): Call[] {
    return [...this.#pending];
  }

  /** The event loop of a thread. */
  loopOf(thread: number): EventLoop {
    return this.#instanceOf(thread).loop;
  }

  /** Code that runs after the race, with nobody else: as thread `thread`, or as one that comes new. */
  afterwards<T>(steps: (self: Self) => Steps<T>, thread = this.actors.length): T {
    const self = this.selves[thread] ?? this.newcomer();
    return this.kernel.alone(thread, steps(self));
  }
}

function reset(instance: Instance): void {
  instance.loop.reset();
  for (const name of ['./lot.js', './async-wait.js']) (instance.module(name)['$reset'] as () => void)();
}
