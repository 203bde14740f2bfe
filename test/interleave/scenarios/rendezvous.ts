import { selectsSync } from '../choosing.ts';
import type { Scenario } from '../scenario.ts';
import type { Self } from '../self.ts';
import { NO_WORDS, type Steps } from '../steps.ts';
import { awaiting, awaitsPuts, awaitsTakes } from './awaited.ts';
import { batch, closes, offers, polls, puts, reader, ringOf, supervises, takes, writer } from './cast.ts';

const ring = ringOf('mpmc');

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
    ring: ring(0),
    order: 'none',
    patience: true,
    actors: [puts('A', 11), puts('B', 21), takes('R', 2)],
  },
  {
    name: 'meeting: a put that may be withdrawn, two looks',
    ring: ring(0),
    order: 'none',
    budgets: { timeouts: 1 },
    patience: true,
    actors: [stands('A', 11), polls('R', 1), polls('S', 1)],
  },
  {
    name: 'meeting: two offers, two readers that may go',
    ring: ring(0),
    order: 'none',
    budgets: { timeouts: 2 },
    patience: true,
    actors: [offers('A', 11), offers('B', 21), waits('R'), waits('S')],
  },
  {
    name: 'meeting: an offer and a put, a reader that may go and one that looks',
    ring: ring(0),
    order: 'none',
    budgets: { timeouts: 2 },
    patience: true,
    actors: [offers('A', 11), stands('B', 21), waits('R'), polls('S', 1)],
  },
  {
    name: 'meeting: messages of several slots',
    ring: ring(0, { variable: true }),
    order: 'none',
    budgets: { timeouts: 2 },
    patience: true,
    actors: [offers('A', 12), stands('B', 21), waits('R'), waits('S')],
  },
  {
    name: 'meeting: close',
    ring: ring(0),
    order: 'none',
    actors: [puts('A', 11), takes('R', 1), closes()],
  },
  {
    name: 'meeting: close against an offer',
    ring: ring(0),
    order: 'none',
    actors: [offers('A', 11), takes('R', 2), closes()],
  },
  {
    name: 'meeting: close, nobody reads',
    ring: ring(0),
    order: 'none',
    actors: [puts('A', 11), closes()],
  },
  {
    name: 'meeting: an offer to a reader that stays',
    ring: ring(0, { wait: 'spin' }),
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
    name: 'meeting: an offer to the only reader, which is quick to see it',
    ring: ring(0, { wait: 'spin' }),
    order: 'none',
    actors: [
      writer('A', function* (self) {
        yield* untilWaiting(self, 1);
        if (!(yield* self.offer(11))) self.fail('A reader waits, and an offer is refused.');
      }),
      takes('R', 1),
    ],
  },
  {
    name: 'meeting: awaited',
    ring: ring(0),
    order: 'none',
    patience: true,
    actors: [awaitsPuts('A', 11, 12), awaitsTakes('R', 2)],
  },
  {
    name: 'meeting: awaited, close',
    ring: ring(0),
    order: 'none',
    actors: [awaitsPuts('A', 11), closes()],
  },
  {
    name: 'meeting: awaited, puts that may be withdrawn',
    ring: ring(0),
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
    ring: ring(0),
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
    ring: ring(0),
    order: 'none',
    budgets: { mayDie: [1], timeouts: 3 },
    patience: true,
    actors: [stands('A', 11), waits('R'), waits('S'), supervises('X', 1)],
  },
  {
    name: 'meeting: a reader dies that may have been handed an offer',
    ring: ring(0),
    order: 'none',
    budgets: { mayDie: [1], timeouts: 2 },
    patience: true,
    actors: [offers('A', 11, 12), waits('R'), waits('S'), supervises('X', 1)],
  },
  {
    name: 'meeting: a standing writer dies',
    ring: ring(0),
    order: 'none',
    budgets: { mayDie: [0], timeouts: 1 },
    patience: true,
    actors: [puts('A', 11), waits('R'), supervises('X', 0)],
  },
  {
    name: 'meeting: an offer to a sleeping reader',
    ring: ring(0),
    order: 'none',
    patience: true,
    actors: [
      writer('A', function* (self) {
        yield* self.isClosed(); // Something others can come before.
        // Whoever sleeps there has said that it waits. It may be woken, look for the message, and wait again while that is taken back.
        while (self.isAsleep(1)) if (yield* self.offer(11)) return;
        yield* self.putSync(12);
      }),
      takes('R', 1),
    ],
  },
  ...(['park', 'spin'] as const).map((wait) => ({
    name: `meeting: a writer selects, a reader waits (${wait})`,
    ring: ring(0, { wait }),
    order: 'none' as const,
    actors: [
      writer('A', function* (self) {
        do yield* selectsSync(self, undefined, 'writer');
        while (!(yield* self.offer(11)));
      }),
      takes('R', 1),
    ],
  })),
  {
    name: 'meeting: a writer selects, another one is quicker',
    ring: ring(0),
    order: 'none',
    patience: true,
    actors: [
      writer('A', function* (self) {
        do yield* selectsSync(self, undefined, 'writer');
        while (!(yield* self.offer(11)));
      }),
      puts('B', 21),
      takes('R', 2),
    ],
  },
  {
    name: 'meeting: a writer selects, closed by a third',
    ring: ring(0),
    order: 'none',
    actors: [
      writer('A', function* (self) {
        yield* selectsSync(self, undefined, 'writer');
        yield* self.offer(11);
        if (self.lastOutcome !== 'refused') self.fail('The ring is closed, and an offer does not say so.');
      }),
      closes(),
    ],
  },
  {
    name: 'meeting: an offer after the end',
    ring: ring(0),
    order: 'none',
    actors: [
      closes(),
      writer('A', function* (self) {
        yield* self.join(0);
        yield* self.offer(11);
        if (self.lastOutcome !== 'refused') self.fail('The ring is closed, and an offer does not say so.');
      }),
    ],
  },
  {
    name: 'meeting: more stand there than there is room for',
    ring: ring(0),
    order: 'none',
    budgets: { timeouts: 3 },
    patience: true,
    actors: [stands('A', 11), stands('B', 21), offers('C', 31), waits('R')],
  },
  {
    name: 'meeting: three stand, two have room',
    ring: ring(0),
    order: 'none',
    budgets: { timeouts: 3 },
    patience: true,
    actors: [stands('A', 11), stands('B', 21), stands('C', 31)],
  },
  {
    name: 'meeting: the slot of a put is used again',
    ring: ring(0),
    order: 'none',
    patience: true,
    actors: [puts('A', 11), puts('B', 21, 22), takes('R', 3)],
  },
  {
    name: 'meeting: spinning, close, nobody reads',
    ring: ring(0, { wait: 'spin' }),
    order: 'none',
    actors: [puts('A', 11), closes()],
  },
  {
    name: 'meeting: a batch of offers',
    ring: ring(0),
    order: 'none',
    budgets: { timeouts: 2 },
    patience: true,
    actors: [batch('A', 11, 12), waits('R'), waits('S')],
  },
  {
    name: 'meeting: a batch of offers, closed by a third',
    ring: ring(0),
    order: 'none',
    patience: true,
    actors: [batch('A', 11, 12), takes('R', 2), closes()],
  },
  {
    name: 'meeting: a large message that may be withdrawn',
    ring: ring(0, { variable: true }),
    order: 'none',
    budgets: { timeouts: 1 },
    patience: true,
    actors: [stands('A', 12), polls('R', 1)],
  },
  {
    name: 'meeting: an offer when a waiting reader has died',
    ring: ring(0),
    order: 'none',
    budgets: { mayDie: [1], timeouts: 1 },
    patience: true,
    actors: [
      writer('A', function* (self) {
        yield* self.join(2);
        if (self.hasDied(1) && (yield* self.offer(11))) self.fail('Nobody waits, and an offer is accepted.');
      }),
      waits('R'),
      supervises('X', 1),
    ],
  },
];
