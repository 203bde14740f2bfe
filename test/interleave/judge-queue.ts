import { Violation } from './actions.ts';
import type { Operation } from './history.ts';
import { AFTERWARDS, checkOrder, isClosed, type Outcome, unfinished } from './judge.ts';
import { QueueModel } from './queue-model.ts';
import type { Scenario } from './scenario.ts';
import type { Call, Self } from './self.ts';
import type { Steps } from './steps.ts';
import type { World } from './world.ts';

/** Rings of which each message goes to one reader. */
export function judgeQueue(outcome: Outcome): void {
  const { scenario, world, history, died, cutShort } = outcome;
  const left = drainAll(outcome);
  checkConservation(history, cutShort, left, scenario);
  checkNobodyStands(outcome, left);
  checkOrder(
    scenario,
    [...history, ...unfinished(cutShort), ...readAfterwards(left)],
    (rules) => new QueueModel(history, rules),
  );
  if (died.length === 0) checkStats(scenario, world, history, left.length);
  if (isClosed(world)) return;
  if (scenario.ring.capacity === 0) checkMeetings(world);
  else checkRoom(scenario, world);
}

/** In a ring of capacity 0 no message is left that nobody waits with. */
export function checkNobodyStands({ scenario, died }: Outcome, left: readonly number[]): void {
  if (scenario.ring.capacity > 0 || died.length > 0 || left.length === 0) return;
  throw new Violation('result', `${left} stands there, and nobody waits with it.`);
}

/** With nobody waiting an offer is refused, and whoever waits next meets the next message, more often than messages can stand there. */
function checkMeetings(world: World): void {
  const met = world.afterwards(function* ({ writer, reader }) {
    for (const value of valuesAfterwards(3)) {
      if (yield* writer.offer(value)) return `An offer of ${value} is accepted by nobody.`;
      yield* reader.armForMessage();
      if (!(yield* writer.offer(value))) return 'A reader waits, and an offer is refused.';
      const taken = yield* reader.poll();
      if (taken !== value) return `${taken} is met instead of ${value}.`;
    }
    return undefined;
  });
  if (met !== undefined) throw new Violation('result', met);
}

function readAfterwards(left: readonly number[]): Operation[] {
  return left.map((value, i) => {
    const time = AFTERWARDS + i;
    return { thread: 99, kind: 'read', value, began: time, ended: time, cursor: 0 };
  });
}

/** Reads what is left, then lets everybody go so that a newcomer finds nothing either. */
function drainAll({ scenario: { lastReader }, world, died }: Outcome): number[] {
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

export function* pollAll(self: Self): Steps<number[]> {
  const values: number[] = [];
  for (;;) {
    const value = yield* self.look();
    if (value === undefined) return values;
    values.push(value);
  }
}

export function checkConservation(
  history: readonly Operation[],
  cutShort: readonly Call[],
  left: readonly number[],
  { ring }: Scenario,
): void {
  const written = new Set(history.filter(({ kind }) => kind === 'write').map(({ value }) => value));
  const writing = cutShort.flatMap(({ values }) => values);
  const read = [...history.filter(({ kind }) => kind === 'read').map(({ value }) => value), ...left];
  const seen = new Set<number>();
  for (const value of read) {
    if (seen.has(value)) throw new Violation('result', `Message ${value} was read twice.`);
    seen.add(value);
    if (!written.has(value) && !writing.includes(value)) {
      throw new Violation('result', `Message ${value} was read although its write was refused.`);
    }
  }
  if (ring.overflow?.startsWith('drop')) return;
  const missing = [...written].filter((value) => !seen.has(value));
  const readByDead = cutShort.reduce((sum, { reads, keeps }) => sum + (keeps ? 0 : reads), 0);
  if (missing.length > readByDead) throw new Violation('result', `Lost: ${missing}.`);
}

export function checkStats(
  { ring }: Scenario,
  world: World,
  history: readonly Operation[],
  left: number,
): void {
  const stats = world.afterwards(function* (self) {
    yield* self.attach([]);
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

/** What is written afterwards, one message more than there is room for. */
export const valuesAfterwards = (capacity: number): number[] =>
  Array.from({ length: capacity + 1 }, (_, i) => 100_001 + i * 10);

/** Offers until the ring is full; how many fitted. */
export function* fill(self: Self, values: readonly number[]): Steps<number> {
  let accepted = 0;
  while (accepted < values.length && (yield* self.writer.offer(values[accepted] as number))) accepted++;
  return accepted;
}

/** Exactly `capacity` messages fit again, and come out again. */
function checkRoom({ ring }: Scenario, world: World): void {
  const values = valuesAfterwards(ring.capacity);
  const fit = world.afterwards((self) => fill(self, values));
  const back = world.afterwards((self) => pollAll(self));
  if (ring.overflow?.startsWith('drop')) return;
  if (fit !== ring.capacity)
    throw new Violation('result', `${fit} messages fit afterwards instead of ${ring.capacity}.`);
  if (`${back}` !== `${values.slice(0, fit)}`) throw new Violation('result', `Read back ${back}.`);
}
