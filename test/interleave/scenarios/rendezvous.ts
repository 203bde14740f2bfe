import type { Scenario } from '../scenario.ts';
import type { Self } from '../self.ts';
import { NO_WORDS, type Steps } from '../steps.ts';
import type { RingSetup } from '../world.ts';
import { awaiting, awaitsPuts, awaitsTakes } from './awaited.ts';
import { closes, offers, polls, puts, reader, supervises, takes, writer } from './cast.ts';

const ring = (more: Partial<RingSetup> = {}): RingSetup => ({ topology: 'mpmc', capacity: 0, ...more });

/** Waits for a message, for a while. */
const waits = (name: string) =>
  reader(name, function* (self) {
    yield* self.takeSync(1);
  });
/** Puts a message, and takes it back when nobody comes for a while. */
const stands = (name: string, value: number) =>
  writer(name, function* (self) {
    yield* self.putSync(value, 1);
  });

/** Waits until the readers of these threads say that they wait. */
function* untilWaiting(self: Self, ...threads: number[]): Steps<void> {
  const { words } = self.world.stateWord();
  const deskOf = self.world.exportOf(self.index, './layout.js', 'deskOf') as (seat: number) => number;
  const demand = self.world.offsets['DESK_DEMAND'] as number;
  for (;;) {
    let waiting = 0;
    for (const thread of threads) {
      const index = deskOf(thread + 1) + demand;
      waiting += Number((yield { op: 'load', words, index, site: -1 }) === 1);
    }
    if (waiting === threads.length) return;
    yield { op: 'rest', words: NO_WORDS, index: 0, a: Number.POSITIVE_INFINITY, site: -1 };
  }
}

/** Rings of capacity 0. There is no queue to compare with: nothing is lost, doubled or left standing. */
export const RENDEZVOUS: Scenario[] = [
  {
    name: 'meeting: two puts, one reader',
    ring: ring(),
    order: 'none',
    patience: true,
    actors: [puts('A', 11), puts('B', 21), takes('R', 2)],
  },
  {
    name: 'meeting: a put that may be withdrawn, two looks',
    ring: ring(),
    order: 'none',
    budgets: { timeouts: 1 },
    patience: true,
    actors: [stands('A', 11), polls('R', 1), polls('S', 1)],
  },
  {
    name: 'meeting: two offers, two readers that may go',
    ring: ring(),
    order: 'none',
    budgets: { timeouts: 2 },
    patience: true,
    actors: [offers('A', 11), offers('B', 21), waits('R'), waits('S')],
  },
  {
    name: 'meeting: an offer and a put, a reader that may go and one that looks',
    ring: ring(),
    order: 'none',
    budgets: { timeouts: 2 },
    patience: true,
    actors: [offers('A', 11), stands('B', 21), waits('R'), polls('S', 1)],
  },
  {
    name: 'meeting: messages of several slots',
    ring: ring({ variable: true }),
    order: 'none',
    budgets: { timeouts: 2 },
    patience: true,
    actors: [offers('A', 12), stands('B', 21), waits('R'), waits('S')],
  },
  {
    name: 'meeting: close',
    ring: ring(),
    order: 'none',
    actors: [puts('A', 11), takes('R', 1), closes()],
  },
  {
    name: 'meeting: close against an offer',
    ring: ring(),
    order: 'none',
    actors: [offers('A', 11), takes('R', 2), closes()],
  },
  {
    name: 'meeting: close, nobody reads',
    ring: ring(),
    order: 'none',
    actors: [puts('A', 11), closes()],
  },
  {
    name: 'meeting: an offer to a reader that stays',
    ring: ring({ wait: 'spin' }),
    order: 'none',
    actors: [
      writer('A', function* (self) {
        yield* untilWaiting(self, 1, 2);
        if (!(yield* self.offer(11))) self.fail('Readers wait, and an offer is refused.');
        yield* self.putSync(12);
      }),
      takes('R', 1),
      takes('S', 1),
    ],
  },
  {
    name: 'meeting: awaited',
    ring: ring(),
    order: 'none',
    patience: true,
    actors: [awaitsPuts('A', 11, 12), awaitsTakes('R', 2)],
  },
  {
    name: 'meeting: awaited, close',
    ring: ring(),
    order: 'none',
    actors: [awaitsPuts('A', 11), closes()],
  },
  {
    name: 'meeting: awaited, puts that may be withdrawn',
    ring: ring(),
    order: 'none',
    budgets: { timeouts: 1 },
    patience: true,
    actors: [
      awaiting(
        writer('A', function* (self) {
          yield* self.put(11, { timeout: 5 });
        }),
      ),
      polls('R', 1),
    ],
  },
  {
    name: 'meeting: awaited, two offers to readers that may go',
    ring: ring(),
    order: 'none',
    budgets: { timeouts: 2 },
    patience: true,
    actors: [
      offers('A', 11),
      offers('B', 21),
      awaiting(
        reader('R', function* (self) {
          yield* self.take({ timeout: 5 });
        }),
      ),
      awaiting(
        reader('S', function* (self) {
          yield* self.take({ timeout: 5 });
        }),
      ),
    ],
  },
  {
    name: 'meeting: a waiting reader dies',
    ring: ring(),
    order: 'none',
    budgets: { mayDie: [1], timeouts: 3 },
    patience: true,
    actors: [stands('A', 11), waits('R'), waits('S'), supervises('X', 1)],
  },
  {
    name: 'meeting: a reader dies that may have been handed an offer',
    ring: ring(),
    order: 'none',
    budgets: { mayDie: [1], timeouts: 2 },
    patience: true,
    actors: [offers('A', 11, 12), waits('R'), waits('S'), supervises('X', 1)],
  },
  {
    name: 'meeting: a standing writer dies',
    ring: ring(),
    order: 'none',
    budgets: { mayDie: [0], timeouts: 1 },
    patience: true,
    actors: [puts('A', 11), waits('R'), supervises('X', 0)],
  },
];
