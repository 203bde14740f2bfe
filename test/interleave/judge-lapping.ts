import { Violation } from './actions.ts';
import type { Outcome } from './judge.ts';
import { pollAll, valuesAfterwards } from './judge-queue.ts';
import type { Self } from './self.ts';
import type { World } from './world.ts';

/**
 * A broadcast ring that drops the oldest: every subscriber sees messages in one order, each at most once; those it did not see
 * were pushed out by later ones, and are counted. `left` is what everybody still found at the end.
 */
export function judgeLapping(outcome: Outcome, left: ReadonlyMap<Self, readonly number[]>): void {
  const readers = [...left.keys()];
  const { world, history, died } = outcome;
  const written = valuesOf(outcome, 'write');
  const seen = readers.map((reader) => [...readBy(outcome, reader), ...(left.get(reader) ?? [])]);
  for (const values of seen) checkSeen(values, written, outcome);
  checkOneOrder(seen);
  checkOrderOfWriters(seen, outcome);
  const begun = readers.filter(({ index }) => world.actors[index]?.ends?.includes('reader'));
  if (died.length > 0 || begun.length < readers.length || history.some(({ kind }) => kind === 'leave'))
    return;
  checkMissed(
    world,
    readers,
    written.length,
    seen.map(({ length }) => length),
  );
}

const valuesOf = ({ history }: Outcome, kind: string): number[] =>
  history.filter((each) => each.kind === kind).map(({ value }) => value);

const readBy = ({ history }: Outcome, { cursor }: Self): number[] =>
  history.filter((each) => each.kind === 'read' && each.cursor === cursor).map(({ value }) => value);

function checkSeen(values: readonly number[], written: readonly number[], { cutShort }: Outcome): void {
  const possible = [...written, ...cutShort.flatMap((call) => call.values)];
  for (const [i, value] of values.entries()) {
    if (values.indexOf(value) !== i) throw new Violation('result', `Message ${value} was read twice by one.`);
    if (!possible.includes(value)) throw new Violation('result', `Message ${value} was never written.`);
  }
}

/** No two subscribers see two messages in different orders. */
function checkOneOrder(seen: readonly (readonly number[])[]): void {
  for (const mine of seen) {
    for (const other of seen) {
      const common = mine.filter((value) => other.includes(value));
      const theirs = other.filter((value) => mine.includes(value));
      if (`${common}` !== `${theirs}`)
        throw new Violation('result', `One sees ${common}, another one ${theirs}.`);
    }
  }
}

/** Messages of one writer count up. */
function checkOrderOfWriters(seen: readonly (readonly number[])[], { history }: Outcome): void {
  const writerOf = new Map(
    history.filter(({ kind }) => kind === 'write').map(({ value, thread }) => [value, thread]),
  );
  for (const values of seen) {
    for (const [i, value] of values.entries()) {
      const later = values
        .slice(i + 1)
        .find((other) => other < value && writerOf.get(other) === writerOf.get(value));
      if (later !== undefined) throw new Violation('result', `Message ${later} came after ${value}.`);
    }
  }
}

/** What one has not seen it has missed, but for messages that were dropped as the newest, which nobody saw. */
function checkMissed(world: World, readers: readonly Self[], written: number, seen: readonly number[]): void {
  const missed = readers.map((reader) => world.afterwards(() => reader.missed(), reader.index));
  const { dropped } = world.afterwards(function* (self) {
    yield* self.attach([]);
    return yield* self.ring.stats();
  });
  const unseen = dropped - missed.reduce((sum, each) => sum + each, 0);
  const fits = readers.every((_, i) => (seen[i] as number) + (missed[i] as number) + unseen === written);
  if (unseen < 0 || !fits)
    throw new Violation('result', `${written} written, ${seen} seen, ${missed} missed, ${dropped} dropped.`);
}

/** The last `capacity` messages are there for everybody, whatever came before. */
export function checkNewest(world: World, readers: readonly Self[]): void {
  const values = valuesAfterwards(world.setup.capacity);
  world.afterwards(function* (self) {
    for (const other of world.selves)
      if (other.writer && !world.isDead(other.index)) yield* other.writer.detach();
    yield* self.attach(['writer']);
    for (const value of values) yield* self.writer.offer(value);
  });
  for (const reader of readers) {
    const back = world.afterwards(() => pollAll(reader), reader.index);
    if (`${back}` !== `${values.slice(1)}`) throw new Violation('result', `Read back ${back} of ${values}.`);
  }
}
