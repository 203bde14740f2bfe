import { iterates } from '../in-place.ts';
import type { Scenario } from '../scenario.ts';
import type { Actor } from '../self.ts';
import type { RingSetup } from '../subject.ts';
import { awaiting, awaitsPuts, awaitsTakes } from './awaited.ts';
import { closes, drains, offers, other, polls, puts, reader, takes, writer } from './cast.ts';

const ring = (
  topology: RingSetup['topology'],
  capacity: number,
  more: Partial<RingSetup> = {},
): RingSetup => ({ topology, capacity, ...more });

const fails = (name = 'X'): Actor =>
  other(name, function* (self) {
    yield* self.failRing();
  });

const failsAfter = (name: string, ...values: number[]): Actor =>
  writer(name, function* (self) {
    for (const value of values) yield* self.putSync(value);
    yield* self.failRing();
  });

const drainsToTheEnd = (name: string): Actor =>
  reader(name, function* (self) {
    while ((yield* self.drainSync()).length > 0);
  });

/** Rings that end with an error, which all must be told, after the last message. */
export const FAILING: Scenario[] = [
  {
    name: 'fail: spsc, by the writer',
    ring: ring('spsc', 1),
    order: 'strict',
    actors: [failsAfter('A', 11, 12), takes('R')],
  },
  {
    name: 'fail: spsc, by a third',
    ring: ring('spsc', 1),
    order: 'strict',
    actors: [puts('A', 11, 12), takes('R'), fails()],
  },
  {
    name: 'fail: spsc, polled and drained',
    ring: ring('spsc', 2),
    order: 'strict',
    actors: [failsAfter('A', 11, 12), drains('R', 1, 9, 9)],
  },
  {
    name: 'fail: spsc, drained to the end',
    ring: ring('spsc', 2),
    order: 'strict',
    actors: [failsAfter('A', 11, 12), drainsToTheEnd('R')],
  },
  {
    name: 'fail: spsc, a writer waits',
    ring: ring('spsc', 1),
    order: 'strict',
    actors: [puts('A', 11, 12), fails()],
  },
  {
    name: 'fail: spsc, awaited',
    ring: ring('spsc', 1),
    order: 'strict',
    actors: [awaitsPuts('A', 11, 12), awaitsTakes('R'), fails()],
  },
  {
    name: 'fail: spsc, for await',
    ring: ring('spsc', 1),
    order: 'strict',
    actors: [
      failsAfter('A', 11, 12),
      awaiting(
        reader('R', function* (self) {
          yield* iterates(self);
        }),
      ),
    ],
  },
  {
    name: 'fail: against a close',
    ring: ring('spsc', 2),
    order: 'strict',
    actors: [offers('A', 11, 12), takes('R'), fails('F'), closes('C')],
  },
  {
    name: 'close: by two at once',
    ring: ring('spsc', 2),
    order: 'strict',
    actors: [offers('A', 11, 12), takes('R'), closes('C'), closes('D')],
  },
  {
    name: 'close: mpmc, by two at once',
    ring: ring('mpmc', 2),
    actors: [offers('A', 11, 12), polls('R', 1), closes('C'), closes('D')],
  },
  {
    name: 'close: broadcast, by two at once',
    ring: ring('broadcast', 2),
    actors: [offers('A', 11, 12), polls('R', 1), closes('C'), closes('D')],
  },
  {
    name: 'fail: by two at once',
    ring: ring('spsc', 1),
    order: 'strict',
    actors: [puts('A', 11), takes('R'), fails('F'), fails('G')],
  },
  {
    name: 'fail: whoever fails it dies, repaired',
    ring: ring('spsc', 1),
    order: 'none',
    budgets: { mayDie: [2] },
    actors: [
      puts('A', 11),
      reader('R', function* (self) {
        yield* self.takeSync();
        yield* self.join(3);
        if (yield* self.isClosed()) yield* self.takeSync();
      }),
      fails(),
      other('S', function* (self) {
        yield* self.attach([]);
        yield* self.repairIfDead(2);
      }),
    ],
  },
  {
    name: 'fail: mpmc, two writers',
    ring: ring('mpmc', 2),
    actors: [failsAfter('A', 11), offers('B', 21, 22), takes('R')],
  },
  {
    name: 'fail: mpmc, of a full ring',
    ring: ring('mpmc', 1),
    actors: [puts('A', 11), puts('B', 21), fails()],
  },
  {
    name: 'fail: mpmc, two readers',
    ring: ring('mpmc', 1),
    actors: [puts('A', 11, 12), takes('R'), polls('S', 1), fails()],
  },
  {
    name: 'fail: mpmc, awaited',
    ring: ring('mpmc', 1),
    actors: [awaitsPuts('A', 11), awaitsTakes('R'), fails()],
  },
  {
    name: 'fail: broadcast',
    ring: ring('broadcast', 2),
    actors: [failsAfter('A', 11, 12), takes('R'), polls('S', 2)],
  },
  {
    name: 'fail: levels of urgency',
    ring: ring('mpmc', 1, { lanes: 2, guard: 64 }),
    actors: [offers('A', 111, 11), takes('R'), fails()],
  },
];
