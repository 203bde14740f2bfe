import type { Scenario } from '../scenario.ts';
import type { Actor, Patience, Self } from '../self.ts';
import type { Steps } from '../steps.ts';
import {
  both,
  closes,
  closesAfter,
  levels,
  offers,
  other,
  polls,
  puts,
  reader,
  ringOf,
  supervises,
  takes,
  writer,
} from './cast.ts';

const spsc = ringOf('spsc');
const mpmc = ringOf('mpmc');

/** A thread with an event loop. */
export const awaiting = (actor: Actor): Actor => ({ ...actor, awaits: true });

export const awaitsPuts = (name: string, ...values: number[]): Actor =>
  awaiting(
    writer(name, function* (self) {
      for (const value of values) if (!(yield* self.put(value))) return;
    }),
  );

export const awaitsTakes = (name: string, times: number = Number.POSITIVE_INFINITY): Actor =>
  awaiting(
    reader(name, function* (self) {
      for (let i = 0; i < times; i++) if ((yield* self.take()) === undefined) return;
    }),
  );

const triesToTake = (name: string, times: number, how: Patience): Actor =>
  awaiting(
    reader(name, function* (self) {
      for (let i = 0; i < times; i++) yield* self.take(how);
    }),
  );

/** Two calls at the same time in one thread. */
function* twoTakes(self: Self, first: Patience, second: Patience): Steps<void> {
  const one = self.spawn(self.strand(1).take(first));
  const two = self.spawn(self.strand(2).take(second));
  yield* self.settled(one);
  yield* self.settled(two);
}

/** Calls that were made one after the other get their messages in that order. */
function* inOrder(self: Self, call: (strand: Self) => Steps<unknown>, expected: number[]): Steps<void> {
  const got: unknown[] = [];
  const each = function* (number: number) {
    got[number] = yield* call(self.strand(number + 1));
  };
  const pending = expected.map((_, number) => self.spawn(each(number)));
  for (const one of pending) yield* self.settled(one);
  if (`${got}` !== `${expected}`) self.fail(`Messages ${got} instead of ${expected}.`);
}

/** Calls that are awaited: `waitAsync`, timers, signals. */
export const AWAITED: Scenario[] = [
  {
    name: 'awaited: spsc, put and take',
    ring: spsc(1),
    order: 'strict',
    actors: [awaitsPuts('A', 11, 12), awaitsTakes('R', 2)],
  },
  {
    name: 'awaited: take, putSync',
    ring: spsc(1),
    order: 'strict',
    actors: [puts('A', 11, 12), awaitsTakes('R', 2)],
  },
  {
    name: 'awaited: put, takeSync',
    ring: spsc(1),
    order: 'strict',
    actors: [awaitsPuts('A', 11, 12, 13), takes('R', 3)],
  },
  {
    name: 'awaited: mpmc, put and take',
    ring: mpmc(1),
    actors: [awaitsPuts('A', 11, 12), awaitsTakes('R', 2)],
  },
  {
    name: 'awaited: two writers, one reader',
    ring: mpmc(1),
    actors: [awaitsPuts('A', 11, 12), awaitsPuts('B', 21), awaitsTakes('R', 3)],
  },
  {
    name: 'awaited: one writer, two readers',
    ring: mpmc(2),
    actors: [awaitsPuts('A', 11, 12), awaitsTakes('R', 1), awaitsTakes('S', 1)],
  },
  {
    name: 'awaited: broadcast',
    ring: { topology: 'broadcast', capacity: 1 },
    actors: [awaitsPuts('A', 11, 12), awaitsTakes('R', 2)],
  },
  {
    name: 'awaited: taken until the end',
    ring: spsc(1),
    order: 'strict',
    actors: [closesAfter('A', 11), awaitsTakes('R')],
  },
  {
    name: 'awaited: closed by a third',
    ring: spsc(1),
    order: 'strict',
    actors: [awaitsPuts('A', 11, 12), awaitsTakes('R'), closes()],
  },
  {
    name: 'awaited: mpmc, closed by a third',
    ring: mpmc(1),
    actors: [awaitsPuts('A', 11), awaitsTakes('R'), closes()],
  },
  {
    name: 'awaited: a writer waits when the ring is closed',
    ring: spsc(1),
    actors: [awaitsPuts('A', 11, 12), closes()],
  },
  {
    name: 'awaited: take with time-outs',
    ring: spsc(1),
    patience: true,
    budgets: { timeouts: 2 },
    actors: [offers('A', 11), triesToTake('R', 2, { timeout: 5 })],
  },
  {
    name: 'awaited: put with time-outs',
    ring: spsc(1),
    patience: true,
    budgets: { timeouts: 2 },
    actors: [
      awaiting(
        writer('A', function* (self) {
          for (const value of [11, 12, 13]) yield* self.put(value, { timeout: 5 });
        }),
      ),
      polls('R', 1),
    ],
  },
  {
    name: 'awaited: take given up by a signal',
    ring: spsc(1),
    patience: true,
    budgets: { timeouts: 2 },
    actors: [puts('A', 11), triesToTake('R', 2, { abortAfter: 5 })],
  },
  {
    name: 'awaited: mpmc, given up by time or by a signal',
    ring: mpmc(1),
    patience: true,
    budgets: { timeouts: 2 },
    actors: [offers('A', 11), triesToTake('R', 2, { timeout: 5, abortAfter: 7 }), polls('S', 1)],
  },
  {
    name: 'awaited: two takes in one thread',
    ring: spsc(2),
    actors: [puts('A', 11, 12), awaiting(reader('R', (self) => twoTakes(self, {}, {})))],
  },
  {
    name: 'awaited: two takes in one thread, the first is given up',
    ring: spsc(2),
    patience: true,
    budgets: { timeouts: 1 },
    actors: [puts('A', 11, 12), awaiting(reader('R', (self) => twoTakes(self, { timeout: 5 }, {})))],
    order: 'none',
  },
  {
    name: 'awaited: two takes in one thread, the first by a signal',
    ring: mpmc(2),
    patience: true,
    budgets: { timeouts: 1 },
    actors: [puts('A', 11, 12), awaiting(reader('R', (self) => twoTakes(self, { abortAfter: 5 }, {})))],
    order: 'none',
  },
  {
    name: 'awaited: two takes in one thread, in order',
    ring: spsc(2),
    order: 'none',
    actors: [
      puts('A', 11, 12),
      awaiting(reader('R', (self) => inOrder(self, (strand) => strand.take(), [11, 12]))),
    ],
  },
  {
    name: 'awaited: two puts in one thread, in order',
    ring: mpmc(4, { variable: true }),
    order: 'none',
    actors: [
      awaiting(
        writer('A', function* (self) {
          yield* self.offer(14);
          const large = self.spawn(self.strand(1).put(23));
          const small = self.spawn(self.strand(2).put(31));
          yield* self.settled(large);
          yield* self.settled(small);
        }),
      ),
      awaiting(
        reader('R', function* (self) {
          const got = [yield* self.take(), yield* self.take(), yield* self.take()];
          if (`${got}` !== '14,23,31') self.fail(`Messages in the order ${got}.`);
        }),
      ),
    ],
  },
  {
    name: 'awaited: a thread takes and puts',
    ring: mpmc(1),
    patience: true,
    actors: [
      awaiting(
        both('A', function* (self) {
          const taken = self.spawn(self.strand(1).take());
          yield* self.put(11);
          yield* self.put(12);
          yield* self.settled(taken);
        }),
      ),
      awaitsTakes('R', 1),
    ],
  },
  {
    name: 'awaited: behind a claim that is given up',
    ring: mpmc(2),
    patience: true,
    actors: [puts('A', 11), puts('B', 21), awaitsTakes('R', 2)],
  },
  {
    name: 'awaited: an awaiting reader dies',
    ring: mpmc(1),
    order: 'none',
    budgets: { mayDie: [1] },
    patience: true,
    actors: [puts('A', 11, 12), awaitsTakes('R', 1), takes('S', 1), supervises('X', 1)],
  },
  {
    name: 'awaited: an awaiting writer dies',
    ring: mpmc(1),
    order: 'none',
    budgets: { mayDie: [0] },
    actors: [
      awaitsPuts('A', 11, 12),
      supervises('X', 0),
      reader('R', function* (self) {
        yield* self.takeSync(5);
        yield* self.join(1);
        yield* self.poll();
      }),
    ],
    patience: true,
  },
  {
    name: 'awaited: spsc, an awaiting reader dies',
    ring: spsc(1),
    budgets: { mayDie: [1] },
    actors: [
      puts('A', 11, 12),
      awaitsTakes('R', 1),
      other('S', function* (self) {
        yield* self.repairIfDead(1);
        if (!self.hasDied(1)) yield* self.join(1);
        else yield* self.attach(['reader']);
        if (self.hasDied(1)) for (let i = 0; i < 2; i++) yield* self.takeSync(5);
      }),
    ],
    patience: true,
  },
];

const inWays = (wait: 'spin' | 'adaptive'): Scenario[] => [
  {
    name: `${wait}: spsc`,
    ring: spsc(1, { wait }),
    order: 'strict',
    actors: [puts('A', 11, 12), takes('R', 2)],
  },
  {
    name: `${wait}: spsc, close`,
    ring: spsc(1, { wait }),
    order: 'strict',
    actors: [closesAfter('A', 11, 12), takes('R')],
  },
  {
    name: `${wait}: spsc, closed by a third`,
    ring: spsc(1, { wait }),
    order: 'strict',
    actors: [puts('A', 11, 12), takes('R'), closes()],
  },
  {
    name: `${wait}: spsc, drained`,
    ring: spsc(2, { wait }),
    order: 'strict',
    actors: [
      closesAfter('A', 11, 12),
      reader('R', function* (self) {
        while ((yield* self.drainSync()).length > 0);
      }),
    ],
  },
  { name: `${wait}: mpmc`, ring: mpmc(1, { wait }), actors: [puts('A', 11, 12), takes('R', 2)] },
  {
    name: `${wait}: mpmc, two writers`,
    ring: mpmc(1, { wait }),
    actors: [puts('A', 11), puts('B', 21), takes('R', 2)],
  },
  {
    name: `${wait}: mpmc, closed by a third`,
    ring: mpmc(1, { wait }),
    actors: [puts('A', 11), takes('R'), closes()],
  },
  {
    name: `${wait}: broadcast`,
    ring: { topology: 'broadcast', capacity: 1, wait },
    actors: [puts('A', 11, 12), takes('R', 2)],
  },
  {
    name: `${wait}: a writer waits when the ring is closed`,
    ring: spsc(1, { wait }),
    order: 'strict',
    actors: [puts('A', 11, 12), closes()],
  },
  {
    name: `${wait}: time-outs`,
    ring: spsc(1, { wait }),
    patience: true,
    budgets: { timeouts: 2 },
    actors: [
      writer('A', function* (self) {
        yield* self.putSync(11, 5);
        yield* self.putSync(12, 5);
      }),
      reader('R', function* (self) {
        yield* self.takeSync(5);
      }),
    ],
  },
  {
    name: `${wait}: a writer dies, a reader waits`,
    ring: mpmc(1, { wait }),
    order: 'none',
    budgets: { mayDie: [0] },
    actors: [offers('A', 11), puts('B', 21), takes('R', 1), supervises('X', 0)],
    patience: true,
  },
];

/** Other ways to wait. */
export const WAYS_TO_WAIT: Scenario[] = [...inWays('spin'), ...inWays('adaptive')];

/**
 * A writer has died in its claim, and nobody repairs: what is written behind that claim is found by those who begin to sleep there
 * because they look again after a while.
 */
export const BEHIND_THE_DEAD: Scenario[] = [
  { name: 'parked', ring: mpmc(2), values: [11, 21], awaits: false },
  { name: 'awaited', ring: mpmc(2), values: [11, 21], awaits: true },
  { name: 'priority', ring: levels(2), values: [111, 121], awaits: false },
].map(({ name, ring, values: [first = 0, second = 0], awaits }) => ({
  name: `${name}: behind a dead claim that nobody repairs`,
  ring,
  order: 'none',
  budgets: { mayDie: [0] },
  patience: true,
  actors: [
    offers('A', first),
    offers('B', second),
    {
      name: 'R',
      ends: ['reader'],
      awaits,
      *run(self) {
        yield* self.join(0);
        yield* awaits ? self.take() : self.takeSync();
      },
    },
  ],
}));
