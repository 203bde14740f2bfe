import { Violation } from './actions.ts';
import type { Operation, Sequential } from './history.ts';
import { isLinearizable } from './history.ts';
import { judgeBroadcast } from './judge-broadcast.ts';
import { judgeCell } from './judge-cell.ts';
import { judgeLanes } from './judge-lanes.ts';
import { judgeQueue } from './judge-queue.ts';
import { slotsOf } from './probes.ts';
import type { QueueRules } from './queue-model.ts';
import type { Scenario } from './scenario.ts';
import type { Call } from './self.ts';
import type { World } from './world.ts';

/** How a run ended. */
export interface Outcome {
  readonly scenario: Scenario;
  readonly world: World;
  readonly history: readonly Operation[];
  readonly died: readonly number[];
  /** Calls that never returned, because their threads died. */
  readonly cutShort: readonly Call[];
}

/** Everything that must hold at the end of a run, whatever its schedule was. */
export function judge(scenario: Scenario, world: World): void {
  if (!scenario.patience && world.kernel.rescues > 0) {
    throw new Violation('stuck', 'A wake-up was lost: only a time-out went on.');
  }
  const died = world.actors.map((_, i) => i).filter((i) => world.isDead(i));
  const outcome = { scenario, world, history: [...world.history], died, cutShort: world.cutShort() };
  for (const thread of died) {
    for (let lane = 0; lane < world.lanes; lane++) repairAlone(world, thread, lane);
  }
  if (world.setup.topology === 'latest') judgeCell(outcome);
  else if (world.lanes > 1) judgeLanes(outcome);
  else if (world.setup.topology === 'broadcast') judgeBroadcast(outcome);
  else judgeQueue(outcome);
}

function repairAlone(world: World, thread: number, lane: number): void {
  world.afterwards(function* () {
    const self = world.newcomer(lane);
    yield* self.attach([]);
    yield* self.repair(thread);
  });
}

/** Closing may have begun in a thread that died at it. */
export function isClosed(world: World): boolean {
  return world.afterwards(function* (self) {
    yield* self.attach([]);
    return (yield* self.ring.stats()).closed;
  });
}

/** When what happens after the race happens. */
export const AFTERWARDS = 1e9;

/** Operations of the calls that never returned: each may have happened or not. */
export function unfinished(cutShort: readonly Call[]): Operation[] {
  return cutShort.flatMap<Operation>(({ what, values, reads, cursor, began, lane }, i) => {
    const operation = { thread: 1000 + 100 * i, began, ended: Infinity, cursor, lane };
    if (what === 'write')
      return values.map((value, j) => ({ ...operation, kind: what, value, thread: operation.thread + j }));
    if (what === 'join') return [{ ...operation, kind: 'join-oldest' as const, value: 0 }];
    return [{ ...operation, kind: what, value: reads }];
  });
}

const judged = new Map<string, boolean>();

/** Compares the history with a model, unless a history that differs only in its times was compared before. */
export function checkOrder(
  { name, order = 'weak-full', ring }: Scenario,
  history: readonly Operation[],
  model: (rules: QueueRules) => Sequential<unknown>,
): void {
  if (order === 'none') return;
  const ranks = ranksOf(history);
  const key = `${name} ${history.map((o, i) => `${o.thread}${o.kind}${o.value}/${o.cursor}@${ranks[2 * i]}-${ranks[2 * i + 1]}`).join()}`;
  let fine = judged.get(key);
  if (fine === undefined) {
    const sizeOf = ring.variable ? slotsOf : () => 1;
    fine = isLinearizable(
      history,
      model({
        capacity: ring.capacity,
        sizeOf,
        full: order === 'strict' ? order : order === 'any-full' ? 'any' : 'weak',
      }),
    );
    judged.set(key, fine);
  }
  if (!fine) throw new Violation('result', 'Not the behaviour of such a ring in any order of its calls.');
}

/** Times matter only by their order. */
function ranksOf(history: readonly Operation[]): number[] {
  const times = history.flatMap(({ began, ended }) => [began, ended]);
  const sorted = [...new Set(times)].sort((a, b) => a - b);
  return times.map((time) => sorted.indexOf(time));
}
