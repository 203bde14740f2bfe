import type { Scenario } from '../scenario.ts';
import type { Self } from '../self.ts';
import type { Steps } from '../steps.ts';
import {
  batch,
  closes,
  drains,
  durably,
  leavesAfter,
  offers,
  other,
  polls,
  puts,
  reader,
  ringOf,
  subscribes,
  supervises,
  takes,
  writer,
} from './cast.ts';

const ring = ringOf('broadcast');
const WRAP = 2 ** 31 - 1;

function* joinLate(self: Self, thread: number, times: number): Steps<void> {
  yield* self.join(thread);
  yield* self.attach([]);
  yield* self.subscribe('oldest');
  for (let i = 0; i < times; i++) yield* self.poll();
}

/** Offers, polls, claims given up, and room. */
export const BROADCAST: Scenario[] = [
  {
    name: 'broadcast: one writer, one subscriber, capacity 1',
    ring: ring(1),
    order: 'strict',
    actors: [offers('A', 11, 12), polls('R', 2)],
  },
  {
    name: 'broadcast: one writer, two subscribers, capacity 1',
    ring: ring(1),
    order: 'strict',
    actors: [offers('A', 11, 12), polls('R', 2), polls('S', 2)],
  },
  {
    name: 'broadcast: one writer, two subscribers, capacity 2, wrap',
    ring: ring(2, { firstSequence: WRAP }),
    order: 'strict',
    actors: [offers('A', 11, 12, 13), polls('R', 2), polls('S', 1)],
  },
  {
    name: 'broadcast: wrap of 32 bits',
    ring: ring(2, { firstSequence: 2 ** 32 - 1 }),
    order: 'strict',
    actors: [offers('A', 11, 12, 13), polls('R', 3), polls('S', 1)],
  },
  {
    name: 'broadcast: two writers, one subscriber, capacity 1',
    ring: ring(1),
    order: 'any-full',
    actors: [offers('A', 11, 12), offers('B', 21), polls('R', 3)],
  },
  {
    name: 'broadcast: two writers, one subscriber, capacity 2',
    ring: ring(2),
    order: 'any-full',
    actors: [offers('A', 11, 12), offers('B', 21, 22), polls('R', 4)],
  },
  {
    name: 'broadcast: two writers, two subscribers, capacity 2',
    ring: ring(2),
    order: 'any-full',
    actors: [offers('A', 11, 12), offers('B', 21), polls('R', 2), polls('S', 2)],
  },
  {
    name: 'broadcast: three writers, one subscriber, capacity 2',
    ring: ring(2),
    order: 'any-full',
    actors: [offers('A', 11), offers('B', 21), offers('C', 31), polls('R', 3)],
  },
  {
    name: 'broadcast: batches and drains',
    ring: ring(3),
    order: 'any-full',
    actors: [batch('A', 11, 12, 13, 14), offers('B', 21), drains('R', 2, 9), drains('S', 9)],
  },
  {
    name: 'broadcast: a batch given up',
    ring: ring(4),
    order: 'any-full',
    actors: [batch('A', 11, 12), offers('B', 21, 22), polls('R', 3)],
  },
  {
    name: 'broadcast: variable size',
    ring: ring(4, { variable: true }),
    order: 'any-full',
    actors: [offers('A', 12, 21), offers('B', 33), polls('R', 2), drains('S', 9)],
  },
  {
    name: 'broadcast: variable size, round the ring',
    ring: ring(4, { variable: true, firstSequence: WRAP - 2 }),
    actors: [offers('A', 13, 22, 33), polls('R', 3)],
  },
  {
    name: 'broadcast: variable batches',
    ring: ring(4, { variable: true }),
    order: 'none',
    actors: [batch('A', 12, 21, 31), offers('B', 41), drains('R', 1, 9)],
  },
  {
    name: 'broadcast: a batch is left, and one is abandoned',
    ring: ring(3),
    actors: [
      batch('A', 11, 12, 13),
      reader('R', function* (self) {
        yield* self.batch(1);
        yield* self.batch(1, true);
        yield* self.poll();
      }),
    ],
  },
  {
    name: 'broadcast: drop-newest',
    ring: ring(1, { overflow: 'drop-newest' }),
    order: 'none',
    actors: [offers('A', 11, 12), offers('B', 21), polls('R', 2)],
  },
];

/** Subscriptions that come and go while writers look for room. */
export const SUBSCRIBING: Scenario[] = [
  {
    name: 'broadcast: wrap of 32 bits, one subscribes',
    ring: ring(1, { firstSequence: WRAP }),
    actors: [offers('A', 11, 12), polls('R', 1), subscribes('N', 'oldest', 1)],
  },
  {
    name: 'broadcast: one subscribes while a writer looks for room',
    ring: ring(1),
    actors: [
      offers('P', 11),
      reader('R', function* (self) {
        yield* self.join(0);
        yield* self.poll();
      }),
      writer('A', function* (self) {
        yield* self.join(1);
        yield* self.offer(12);
      }),
      writer('N', (self) => joinLate(self, 1, 1)),
    ],
  },
  {
    name: 'broadcast: one subscribes to the oldest',
    ring: ring(1),
    actors: [offers('A', 11, 12), polls('R', 2), subscribes('N', 'oldest', 1)],
  },
  {
    name: 'broadcast: one subscribes to the oldest, capacity 2',
    ring: ring(2),
    actors: [offers('A', 11, 12, 13), polls('R', 3), subscribes('N', 'oldest', 2)],
  },
  {
    name: 'broadcast: the first to subscribe',
    ring: ring(1),
    actors: [offers('A', 11, 12), subscribes('N', 'oldest', 2)],
  },
  {
    name: 'broadcast: the first to subscribe, wrap of 32 bits',
    ring: ring(1, { firstSequence: 2 ** 32 - 1 }),
    actors: [offers('A', 11, 12), subscribes('N', 'oldest', 2)],
  },
  {
    name: 'broadcast: one subscribes to the newest',
    ring: ring(2),
    actors: [offers('A', 11, 12), polls('R', 2), subscribes('N', 'newest', 1)],
  },
  {
    name: 'broadcast: two subscribe at once',
    ring: ring(1),
    actors: [offers('A', 11, 12), polls('R', 1), subscribes('N', 'oldest', 1), subscribes('M', 'oldest', 1)],
  },
  {
    name: 'broadcast: two writers look for room while one subscribes',
    ring: ring(1),
    order: 'any-full',
    actors: [offers('A', 11), offers('B', 21), polls('R', 1), subscribes('N', 'oldest', 1)],
  },
  {
    name: 'broadcast: one leaves',
    ring: ring(1),
    actors: [offers('A', 11, 12), leavesAfter('R', 1), polls('S', 2)],
  },
  {
    name: 'broadcast: the last one leaves',
    ring: ring(1),
    actors: [offers('A', 11, 12), leavesAfter('R', 1)],
  },
  {
    name: 'broadcast: one leaves and one subscribes in its place',
    ring: ring(1),
    actors: [
      offers('A', 11, 12),
      leavesAfter('R', 1),
      other('N', (self) => joinLate(self, 1, 1)),
      polls('S', 1),
    ],
  },
  {
    name: 'broadcast: one leaves, another subscribes at the same time',
    ring: ring(1),
    actors: [offers('A', 11, 12), leavesAfter('R', 1), subscribes('N', 'oldest', 1)],
  },
  {
    name: 'broadcast: a durable subscription is handed over',
    ring: ring(2, { durable: 1 }),
    actors: [
      offers('A', 11, 12),
      {
        name: 'R',
        ends: [0],
        *run(self) {
          yield* self.poll();
          yield* self.detachReader();
        },
      },
      other('N', function* (self) {
        yield* self.join(1);
        yield* self.attach([0]);
        yield* self.poll();
      }),
    ],
  },
  {
    name: 'broadcast: the offsets of messages',
    ring: ring(2, { firstSequence: WRAP }),
    actors: [
      writer('A', function* (self) {
        yield* self.offer(11);
        yield* self.lastOffsetIs(WRAP);
        yield* self.offer(12);
        yield* self.lastOffsetIs(WRAP + 1);
      }),
      polls('R', 2),
      polls('S', 1),
    ],
  },
];

/** Sleeping writers and subscribers, and the end of the ring. */
export const BROADCAST_WAITING: Scenario[] = [
  {
    name: 'broadcast: parked writer, one subscriber',
    ring: ring(1),
    actors: [puts('A', 11, 12, 13), takes('R', 3)],
  },
  {
    name: 'broadcast: parked writers, one subscriber',
    ring: ring(1),
    order: 'any-full',
    actors: [puts('A', 11, 12), puts('B', 21), takes('R', 3)],
  },
  {
    name: 'broadcast: parked writer, two subscribers',
    ring: ring(1),
    actors: [puts('A', 11, 12), takes('R', 2), takes('S', 2)],
  },
  {
    name: 'broadcast: parked writer, spurious wake-ups',
    ring: ring(1),
    budgets: { spurious: 2 },
    actors: [puts('A', 11, 12), takes('R', 2), takes('S', 2)],
  },
  {
    name: 'broadcast: parked writer, drained',
    ring: ring(2),
    actors: [
      puts('A', 11, 12, 13),
      reader('R', function* (self) {
        for (let n = 0; n < 3; ) n += (yield* self.drainSync()).length;
      }),
    ],
  },
  {
    name: 'broadcast: parked writer, the slowest leaves',
    ring: ring(1),
    actors: [puts('A', 11, 12), takes('R', 2), leavesAfter('S', 0)],
  },
  {
    name: 'broadcast: time-outs',
    ring: ring(1),
    patience: true,
    budgets: { timeouts: 2 },
    actors: [
      writer('A', function* (self) {
        yield* self.putSync(11, 5);
        yield* self.putSync(12, 5);
      }),
      reader('R', function* (self) {
        yield* self.takeSync(5);
        yield* self.takeSync(5);
      }),
      polls('S', 1),
    ],
  },
  {
    name: 'broadcast: parked subscribers, closed by the writer',
    ring: ring(1),
    actors: [
      writer('A', function* (self) {
        yield* self.putSync(11);
        yield* self.close();
      }),
      takes('R'),
      takes('S'),
    ],
  },
  {
    name: 'broadcast: close against writers and subscribers',
    ring: ring(2),
    order: 'any-full',
    actors: [offers('A', 11, 12), offers('B', 21), takes('R'), closes()],
  },
  {
    name: 'broadcast: close of a full ring, a writer parked',
    ring: ring(1),
    actors: [puts('A', 11, 12), polls('R', 1), closes()],
  },
  {
    name: 'broadcast: close against a batch',
    ring: ring(2),
    actors: [batch('A', 11, 12, 13), drains('R', 9, 9), closes()],
  },
  {
    name: 'broadcast: close while one subscribes',
    ring: ring(1),
    actors: [
      offers('A', 11),
      closes(),
      other('N', function* (self) {
        yield* self.attach([]);
        yield* self.subscribe('oldest');
        yield* self.takeSync();
        yield* self.takeSync();
      }),
    ],
  },
];

/** Every thread dies before each of its steps in turn, and is repaired. */
export const BROADCAST_DEATHS: Scenario[] = [
  {
    name: 'broadcast: a writer dies',
    ring: ring(2),
    order: 'any-full',
    budgets: { mayDie: [0] },
    actors: [offers('A', 11, 12), offers('B', 21), polls('R', 3), supervises('X', 0)],
  },
  {
    name: 'broadcast: a writer dies, capacity 1',
    ring: ring(1),
    budgets: { mayDie: [0] },
    actors: [offers('A', 11, 12), polls('R', 2), supervises('X', 0)],
  },
  {
    name: 'broadcast: a writer of a batch dies',
    ring: ring(4),
    order: 'any-full',
    budgets: { mayDie: [0] },
    actors: [batch('A', 11, 12), offers('B', 21, 22), polls('R', 2), supervises('X', 0)],
  },
  {
    name: 'broadcast: a writer of large messages dies',
    ring: ring(4, { variable: true }),
    order: 'any-full',
    budgets: { mayDie: [0] },
    actors: [offers('A', 12, 22), offers('B', 31), polls('R', 3), supervises('X', 0)],
  },
  {
    name: 'broadcast: a subscriber dies',
    ring: ring(1),
    budgets: { mayDie: [1] },
    actors: [offers('A', 11, 12), polls('R', 2), polls('S', 2), supervises('X', 1)],
  },
  {
    name: 'broadcast: who gives a claim up dies',
    ring: ring(2),
    order: 'any-full',
    budgets: { mayDie: [2] },
    actors: [offers('A', 11), offers('B', 21, 22), polls('R', 1), polls('S', 2), supervises('X', 2)],
  },
  {
    name: 'broadcast: the reader of a durable subscription dies',
    ring: ring(2, { durable: 1 }),
    budgets: { mayDie: [1] },
    actors: [
      offers('A', 11, 12, 13),
      durably(0, polls('R', 2)),
      other('N', function* (self) {
        yield* self.repairIfDead(1);
        if (!self.hasDied(1)) return;
        yield* self.attach([0]);
        yield* self.poll();
      }),
    ],
  },
  {
    name: 'broadcast: a drainer of a durable subscription dies',
    ring: ring(3, { durable: 1 }),
    budgets: { mayDie: [1] },
    actors: [batch('A', 11, 12, 13), durably(0, drains('R', 2, 9)), supervises('X', 1)],
  },
  {
    name: 'broadcast: one dies while it subscribes',
    ring: ring(1),
    budgets: { mayDie: [2] },
    actors: [offers('A', 11, 12), polls('R', 2), subscribes('N', 'oldest', 1), supervises('X', 2)],
  },
  {
    name: 'broadcast: one dies while it subscribes to the newest',
    ring: ring(2),
    budgets: { mayDie: [1] },
    actors: [offers('A', 11, 12), subscribes('N', 'newest', 1), supervises('X', 1)],
  },
  {
    name: 'broadcast: one dies while it leaves',
    ring: ring(1),
    budgets: { mayDie: [1] },
    actors: [offers('A', 11, 12), leavesAfter('R', 1), supervises('X', 1)],
  },
  {
    name: 'broadcast: a subscriber dies, a writer parked',
    ring: ring(1),
    budgets: { mayDie: [1] },
    actors: [puts('A', 11, 12), leavesAfter('R', 1), supervises('X', 1), takes('S', 2)],
  },
  {
    name: 'broadcast: a writer dies, subscribers parked',
    ring: ring(1),
    order: 'any-full',
    budgets: { mayDie: [0] },
    actors: [offers('A', 11), puts('B', 21), takes('R', 1), supervises('X', 0)],
  },
  {
    name: 'broadcast: a closer dies, another closes',
    ring: ring(1),
    order: 'none',
    budgets: { mayDie: [2] },
    actors: [
      puts('A', 11),
      takes('R'),
      closes(),
      other('S', function* (self) {
        yield* self.repairIfDead(2);
        yield* self.close();
      }),
    ],
  },
  {
    name: 'broadcast: the repairer dies and another repairs',
    ring: ring(2),
    budgets: { mayDie: [0, 2], deaths: 2 },
    actors: [
      offers('A', 11),
      polls('R', 2),
      supervises('X', 0),
      other('Y', function* (self) {
        yield* self.repairIfDead(2);
        yield* self.repairIfDead(0);
      }),
    ],
  },
  {
    name: 'broadcast: the repairer of a subscriber dies and another repairs',
    ring: ring(1),
    budgets: { mayDie: [1, 2], deaths: 2 },
    actors: [
      offers('A', 11, 12),
      polls('R', 1),
      supervises('X', 1),
      other('Y', function* (self) {
        yield* self.repairIfDead(2);
        yield* self.repairIfDead(1);
      }),
      polls('S', 1),
    ],
  },
];

/** Two repair at once, while another subscribes in the place of the dead one. */
BROADCAST_DEATHS.push({
  name: 'broadcast: two repair at once, another subscribes',
  ring: ring(1),
  budgets: { mayDie: [1] },
  actors: [
    offers('A', 11, 12),
    reader('R', function* (self) {
      yield* self.poll();
    }),
    supervises('X', 1),
    supervises('Y', 1),
    // It has a seat already: see docs/verification/interleaving.md for what two repairs and a reused seat do.
    writer('N', (self) => joinLate(self, 2, 1)),
  ],
});
