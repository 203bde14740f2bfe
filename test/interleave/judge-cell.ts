import { Violation } from './actions.ts';
import type { Operation, Sequential } from './history.ts';
import { AFTERWARDS, checkOrder, type Outcome, unfinished } from './judge.ts';
import { FIRST_VALUE } from './subject.ts';
import type { World } from './world.ts';

/** A cell for one value: what is read is what was set last. */
export function judgeCell({ scenario, world, history, cutShort }: Outcome): void {
  const last = world.afterwards(function* (self) {
    yield* self.attach([]);
    return (yield* self.cell.get()) ?? NOTHING;
  });
  const afterwards = { thread: 99, began: AFTERWARDS, ended: AFTERWARDS, cursor: 0 };
  const final: Operation = { ...afterwards, kind: last === NOTHING ? 'empty' : 'read', value: last };
  const { firstSequence } = world.setup;
  const first = firstSequence === undefined ? NOTHING : FIRST_VALUE;
  const whole = [...history, ...unfinished(cutShort), final];
  checkOrder(scenario, whole, () => new CellModel(first));
  checkUse(world);
}

const NOTHING = 0;
const LATER = 71;

/** Somebody else can set the cell once its writer has ended and was repaired. */
function checkUse(world: World): void {
  const seen = world.afterwards(function* (self) {
    yield* self.attach([]);
    for (const { index } of world.selves) yield* self.repair(index);
    yield* self.cell.set(LATER);
    return yield* self.cell.get();
  });
  if (seen !== LATER) throw new Violation('result', `The cell shows ${seen} after ${LATER} was set.`);
}

class CellModel implements Sequential<number> {
  readonly start: number;

  constructor(start: number) {
    this.start = start;
  }

  after(state: number, { kind, value, ended }: Operation): number[] {
    if (kind === 'write') return [value];
    if (ended === Number.POSITIVE_INFINITY) return [state];
    return (kind === 'empty' ? NOTHING : value) === state ? [state] : [];
  }
}
