import { Violation } from './actions.ts';
import type { Operation } from './history.ts';
import { AFTERWARDS, checkOrder, isClosed, type Outcome, unfinished } from './judge.ts';
import { checkConservation, checkNobodyStands, pollAll, valuesAfterwards } from './judge-queue.ts';
import { QueueModel } from './queue-model.ts';
import { laneOfValue, type Self } from './self.ts';
import type { Steps } from './steps.ts';
import type { World } from './world.ts';

/** Several rings that are waited for together, or the levels of a priority ring: each lane is a queue. */
export function judgeLanes(outcome: Outcome): void {
  const { scenario, world, history, cutShort } = outcome;
  const left = Array.from({ length: world.setup.guard === undefined ? world.lanes : 1 }, (_, lane) =>
    readRest(outcome, lane),
  ).flat();
  checkConservation(history, cutShort, left, scenario);
  checkNobodyStands(outcome, left);
  const whole = [...history, ...unfinished(cutShort), ...readAfterwards(left)];
  for (let lane = 0; lane < world.lanes; lane++) {
    const own = whole.filter((operation) => laneOf(operation) === lane || isOfEveryLane(operation, world));
    checkOrder(
      { ...scenario, name: `${scenario.name} lane ${lane}` },
      own,
      (rules) => new QueueModel(own, rules),
    );
  }
  if (outcome.died.length === 0) checkStats(outcome, left.length);
  if (world.setup.guard !== undefined && !isClosed(world)) checkRoom(world);
}

/** Exactly `capacity` messages fit into every level again. */
function checkRoom(world: World): void {
  for (let lane = 0; lane < world.lanes; lane++) {
    const values = valuesAfterwards(world.setup.capacity).map((_, i) => 10_001 + 100 * lane + 10 * i);
    const fit = world.afterwards(function* (self) {
      yield* self.attach(['writer']);
      let accepted = 0;
      for (const value of values) accepted += Number(yield* self.offer(value));
      yield* detach(self);
      return accepted;
    });
    if (fit !== world.setup.capacity)
      throw new Violation('result', `${fit} messages fit into level ${lane}.`);
  }
}

const laneOf = ({ kind, value, lane = 0 }: Operation): number =>
  kind === 'read' || kind === 'write' || kind === 'full' ? laneOfValue(value) : lane;

/** Closing closes all levels, and only when all are empty does a priority ring say so. */
const isOfEveryLane = ({ kind }: Operation, { setup }: World): boolean =>
  setup.guard !== undefined && ['empty', 'close', 'refused', 'ended'].includes(kind);

function readAfterwards(left: readonly number[]): Operation[] {
  return left.map((value, i) => {
    return { thread: 99, kind: 'read', value, began: AFTERWARDS + i, ended: AFTERWARDS + i, cursor: 0 };
  });
}

function readRest({ world, died }: Outcome, lane: number): number[] {
  return world.afterwards(function* () {
    for (const other of world.selves)
      if (!died.includes(other.index)) yield* detach(lane === 0 ? other : other.second);
    const self = world.newcomer(lane);
    yield* self.attach(['writer', 'reader']);
    const left = yield* pollAll(self);
    yield* detach(self);
    return left;
  });
}

function* detach({ reader, writer }: Self): Steps<void> {
  if (reader) yield* reader.detach();
  if (writer) yield* writer.detach();
}

function checkStats({ world, history }: Outcome, left: number): void {
  const stats = world.afterwards(function* (self) {
    yield* self.attach([]);
    return yield* self.ring.stats();
  });
  if (world.setup.guard === undefined) return;
  const written = history.filter(({ kind }) => kind === 'write').length;
  const read = history.filter(({ kind }) => kind === 'read').length + left;
  if (stats.written === written && stats.read === read && stats.depth === 0) return;
  throw new Violation('result', `${written} written, ${read} read; stats say ${JSON.stringify(stats)}.`);
}
