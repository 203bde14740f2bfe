import { Violation } from './actions.ts';
import { BroadcastModel } from './broadcast-model.ts';
import type { Operation } from './history.ts';
import { AFTERWARDS, checkOrder, isClosed, type Outcome, unfinished } from './judge.ts';
import { checkNewest, judgeLapping } from './judge-lapping.ts';
import { checkStats, fill, pollAll, valuesAfterwards } from './judge-queue.ts';
import { durableCursor, type Self } from './self.ts';
import type { Steps } from './steps.ts';
import type { World } from './world.ts';

/** Rings of which every subscription reads every message. */
export function judgeBroadcast(outcome: Outcome): void {
  const { scenario, world, history, died, cutShort } = outcome;
  const readers = lastReaders(outcome);
  const whole = [...history, ...leaves(outcome), ...unfinished(cutShort)];
  const leftOf = new Map(
    readers.map((reader) => [reader, world.afterwards(() => pollAll(reader), reader.index)] as const),
  );
  for (const [reader, left] of leftOf) whole.push(...readAfterwards(world, reader, left));
  const read = [...leftOf.values()].reduce((sum, { length }) => sum + length, 0);
  if (world.setup.overflow === 'drop-oldest') judgeLapping(outcome, leftOf);
  else checkOrder(scenario, whole, (rules) => new BroadcastModel(whole, rules, gatesOf(world)));
  if (died.length === 0) checkStats(scenario, world, history, read);
  if (!isClosed(world)) checkRoom(outcome, readers);
  if (died.length === 0) checkCounts(world);
}

/** For each durable subscription, those it comes after, by the model's names. */
function gatesOf({ setup: { after = [] } }: World): Map<number, number[]> {
  return new Map(after.map((gates, i) => [durableCursor(i), gates.map(durableCursor)]));
}

/** Everybody who still has a subscription, and newcomers for durable ones that nobody reads, or where there are none. */
function lastReaders({ world, died, cutShort }: Outcome): Self[] {
  const readers = world.selves.filter(({ index, cursor }) => cursor > 0 && !died.includes(index));
  const { durable = 0 } = world.setup;
  for (let i = 0; i < durable; i++) {
    const cursor = durableCursor(i);
    const isRead = readers.some((reader) => reader.cursor === cursor);
    const left = [...world.history, ...unfinished(cutShort)].some(
      (each) => each.kind === 'leave' && each.cursor === cursor,
    );
    if (!isRead && !left) readers.push(newReader(world, (self) => self.attachTo(i)));
  }
  if (readers.length === 0) readers.push(newReader(world, (self) => self.subscribe('oldest')));
  return readers;
}

function newReader(world: World, subscribe: (self: Self) => Steps<void>): Self {
  const self = world.newcomer();
  world.afterwards(function* () {
    yield* self.attach([]);
    yield* subscribe(self);
  });
  return self;
}

/** Subscriptions that ended because their threads died. */
function leaves({ world, died }: Outcome): Operation[] {
  const { durable = 0 } = world.setup;
  const ended = world.selves.filter(({ index, cursor }) => died.includes(index) && cursor > durable);
  return ended.map(({ cursor, index }) => {
    return {
      thread: 300 + cursor,
      kind: 'leave',
      value: 0,
      began: world.diedAt(index),
      ended: AFTERWARDS - 1,
      cursor,
    };
  });
}

/** A newcomer's subscription begins with the oldest message there is; everybody then reads up to the end. */
function readAfterwards(world: World, { cursor, index }: Self, left: readonly number[]): Operation[] {
  const at = (i: number) => {
    return { thread: 2000 + cursor, began: AFTERWARDS + i, ended: AFTERWARDS + i, cursor };
  };
  const isNew = index === world.actors.length && cursor > (world.setup.durable ?? 0);
  const join = isNew ? [{ ...at(0), kind: 'join-oldest' as const, value: 0 }] : [];
  const reads = left.map((value, i) => ({ ...at(i + 1), kind: 'read' as const, value }));
  return [...join, ...reads, { ...at(left.length + 1), kind: 'empty', value: 0 }];
}

/** Exactly `capacity` messages fit again, and every subscription reads them. */
function checkRoom({ scenario: { ring }, world, died }: Outcome, readers: readonly Self[]): void {
  if (ring.overflow === 'drop-oldest') {
    checkNewest(world, readers);
    return;
  }
  const values = valuesAfterwards(ring.capacity);
  const fit = world.afterwards(function* (self) {
    for (const other of world.selves)
      if (other.writer && !died.includes(other.index)) yield* other.writer.detach();
    yield* self.attach(['writer']);
    return yield* fill(self, values);
  });
  if (ring.overflow !== 'drop-newest' && fit !== ring.capacity)
    throw new Violation('result', `${fit} messages fit afterwards instead of ${ring.capacity}.`);
  for (const reader of readers) {
    const back = world.afterwards(() => pollAll(reader), reader.index);
    if (`${back}` !== `${values.slice(0, ring.capacity)}`)
      throw new Violation('result', `Read back ${back}.`);
  }
}

/** With every thread alive and done, no claim counts as given up any more. */
function checkCounts(world: World): void {
  const voids = world.wordAt('VOID_CLAIMS');
  if (voids !== 0) throw new Violation('result', `${voids} claims still count as given up.`);
}
