import { isLinearizable, type Operation } from './history.ts';
import { type Budgets, Violation } from './kernel.ts';
import type { Steps } from './steps.ts';
import { type Actor, type RingSetup, type Self, slotsOf, type World } from './world.ts';

export interface Scenario {
  readonly name: string;
  readonly ring: RingSetup;
  readonly actors: readonly Actor[];
  readonly budgets?: Partial<Budgets>;
  /** How much of a queue's order is promised: `strict`, "full" only weakly (the default), or only that nothing is lost. */
  readonly order?: 'strict' | 'weak-full' | 'none';
  /** Whether sleeps may be ended by their time alone. Otherwise that is a lost wake-up. */
  readonly patience?: boolean;
  /** The thread whose own reader looks for what is left; a new one otherwise. */
  readonly lastReader?: number;
  /** Threads whose death is not repaired by the scenario itself. */
  readonly repairs?: readonly number[];
}

const judged = new Map<string, boolean>();

/** Everything that must hold at the end of a run, whatever its schedule was. */
export function judge(scenario: Scenario, world: World): void {
  if (!scenario.patience && world.kernel.rescues > 0) {
    throw new Violation('stuck', 'A wake-up was lost: only a time-out went on.');
  }
  const history = [...world.history];
  const died = world.actors.map((_, i) => i).filter((i) => world.isDead(i));
  const lost = interrupted(world);
  for (const thread of died) world.afterwards((self) => repairAlone(self, thread));
  const left = drainAll(scenario, world, died);
  checkConservation(history, lost, left, scenario);
  checkOrder(scenario, history, lost, left);
  if (died.length === 0) checkStats(scenario, world, history, left.length);
  if (!isClosed(world)) checkRoom(scenario, world);
}

/** Closing may have begun in a thread that died at it. */
function isClosed(world: World): boolean {
  return world.afterwards(function* (self) {
    return (yield* self.ring.stats()).closed;
  });
}

interface Interrupted {
  readonly writing: readonly number[];
  readonly readers: number;
}

function interrupted(world: World): Interrupted {
  const calls = world.cutShort();
  return {
    writing: calls.flatMap(({ values }) => values),
    readers: calls.filter(({ values }) => values.length === 0).length,
  };
}

function* repairAlone(self: Self, thread: number): Steps<void> {
  yield* self.attach([]);
  yield* self.ring.repair(thread);
}

/** Reads what is left, then lets everybody go so that a newcomer finds nothing either. */
function drainAll({ lastReader }: Scenario, world: World, died: readonly number[]): number[] {
  const left: number[] = [];
  if (lastReader !== undefined && !died.includes(lastReader)) {
    left.push(...world.afterwards((self) => pollAll(self), lastReader));
    world.afterwards((self) => detach(self), lastReader);
    const more = world.afterwards((self) => newcomer(self, world, died));
    if (more.length > 0)
      throw new Violation('result', `Thread ${lastReader} does not see ${more}, a newcomer does.`);
    return left;
  }
  return world.afterwards((self) => newcomer(self, world, died));
}

function* detach(self: Self): Steps<void> {
  if (self.reader) yield* self.reader.detach();
  if (self.writer) yield* self.writer.detach();
}

function* newcomer(self: Self, world: World, died: readonly number[]): Steps<number[]> {
  for (const other of world.selves) if (!died.includes(other.index)) yield* detach(other);
  yield* self.attach(['writer', 'reader']);
  world.selves[self.index] = self;
  return yield* pollAll(self);
}

function* pollAll(self: Self): Steps<number[]> {
  const values: number[] = [];
  for (;;) {
    const value = yield* self.reader.poll();
    if (value === undefined) return values;
    values.push(value);
  }
}

function checkConservation(
  history: readonly Operation[],
  lost: Interrupted,
  left: readonly number[],
  { ring }: Scenario,
): void {
  const written = new Set(history.filter(({ kind }) => kind === 'write').map(({ value }) => value));
  const read = [...history.filter(({ kind }) => kind === 'read').map(({ value }) => value), ...left];
  const seen = new Set<number>();
  for (const value of read) {
    if (seen.has(value)) throw new Violation('result', `Message ${value} was read twice.`);
    seen.add(value);
    if (!written.has(value) && !lost.writing.includes(value)) {
      throw new Violation('result', `Message ${value} was read although its write was refused.`);
    }
  }
  if (ring.overflow?.startsWith('drop')) return;
  const missing = [...written].filter((value) => !seen.has(value));
  if (missing.length > lost.readers) throw new Violation('result', `Lost: ${missing}.`);
}

function checkOrder(
  scenario: Scenario,
  history: readonly Operation[],
  lost: Interrupted,
  left: readonly number[],
): void {
  const { order = 'weak-full', ring } = scenario;
  if (order === 'none') return;
  const whole = withEnd(history, lost, left);
  const key = `${scenario.name} ${whole.map((o) => `${o.thread}${o.kind}${o.value}@${rank(whole, o.began)}-${rank(whole, o.ended)}`).join()}`;
  let fine = judged.get(key);
  if (fine === undefined) {
    const sizeOf = ring.variable ? slotsOf : () => 1;
    fine = isLinearizable(whole, { capacity: ring.capacity, sizeOf, weakFull: order === 'weak-full' });
    judged.set(key, fine);
  }
  if (!fine) throw new Violation('result', 'Not the behaviour of a queue in any order.');
}

/** Adds what never returned, and the reads after the race. */
function withEnd(history: readonly Operation[], lost: Interrupted, left: readonly number[]): Operation[] {
  const whole = [...history];
  lost.writing.forEach((value, i) => {
    whole.push({ thread: 100 + i, kind: 'write', value, began: 0, ended: Infinity });
  });
  for (let i = 0; i < lost.readers; i++)
    whole.push({ thread: 200 + i, kind: 'read', value: 0, began: 0, ended: Infinity });
  left.forEach((value, i) => {
    whole.push({ thread: 99, kind: 'read', value, began: 1e9 + i, ended: 1e9 + i });
  });
  return whole;
}

/** Times matter only by their order. */
function rank(history: readonly Operation[], time: number): number {
  let before = 0;
  for (const { began, ended } of history) before += Number(began < time) + Number(ended < time);
  return before;
}

function checkStats({ ring }: Scenario, world: World, history: readonly Operation[], left: number): void {
  const stats = world.afterwards(function* (self) {
    return yield* self.ring.stats();
  });
  const count = (which: string) => history.filter(({ kind }) => kind === which).length;
  const said = `${stats.written} written, ${stats.read} read, ${stats.dropped} dropped, depth ${stats.depth}`;
  const dropsAccepted = ring.overflow === 'drop-newest' ? stats.dropped : 0;
  if (stats.written + dropsAccepted !== count('write'))
    throw new Violation('result', `${count('write')} accepted, stats say ${said}.`);
  if (stats.read !== count('read') + left)
    throw new Violation('result', `${count('read') + left} read, stats say ${said}.`);
  if (stats.depth !== 0) throw new Violation('result', `Nothing left, stats say ${said}.`);
}

/** Exactly `capacity` messages fit again, and come out again. */
function checkRoom({ ring }: Scenario, world: World): void {
  const values = Array.from({ length: ring.capacity + 1 }, (_, i) => 100_001 + i * 10);
  const [fit, back] = world.afterwards(function* (self) {
    let accepted = 0;
    while (accepted < values.length && (yield* self.writer.offer(values[accepted] as number))) accepted++;
    return [accepted, yield* pollAll(self)] as const;
  });
  if (ring.overflow?.startsWith('drop')) return;
  if (fit !== ring.capacity)
    throw new Violation('result', `${fit} messages fit afterwards instead of ${ring.capacity}.`);
  if (`${back}` !== `${values.slice(0, fit)}`) throw new Violation('result', `Read back ${back}.`);
}
