import type { Scenario } from '../scenario.ts';
import {
  batch,
  closes,
  drains,
  durably,
  leavesAfter,
  offers,
  other,
  polls,
  reader,
  ringOf,
  subscribes,
  supervises,
  takes,
  writer,
} from './cast.ts';

/** A broadcast ring that drops the oldest: writers push the slowest on. */
const ring = ringOf('broadcast', { overflow: 'drop-oldest' });
const WRAP = 2 ** 31 - 1;

export const LAPPING: Scenario[] = [
  {
    name: 'lapping: one writer, one subscriber, capacity 1',
    ring: ring(1),
    actors: [offers('A', 11, 12, 13), polls('R', 2)],
  },
  {
    name: 'lapping: one writer, one subscriber, capacity 2',
    ring: ring(2),
    actors: [offers('A', 11, 12, 13, 14), polls('R', 2)],
  },
  {
    name: 'lapping: one writer, two subscribers',
    ring: ring(1),
    actors: [offers('A', 11, 12), polls('R', 2), polls('S', 1)],
  },
  {
    name: 'lapping: two writers, one subscriber',
    ring: ring(1),
    actors: [offers('A', 11, 12), offers('B', 21), polls('R', 2)],
  },
  {
    name: 'lapping: two writers, capacity 2',
    ring: ring(2),
    actors: [offers('A', 11, 12), offers('B', 21, 22), polls('R', 2)],
  },
  { name: 'lapping: nobody reads', ring: ring(2), actors: [offers('A', 11, 12, 13), offers('B', 21)] },
  {
    name: 'lapping: wrap of 31 bits',
    ring: ring(2, { firstSequence: WRAP - 1 }),
    actors: [offers('A', 11, 12, 13, 14), polls('R', 2)],
  },
  {
    name: 'lapping: wrap of 30 bits',
    ring: ring(1, { firstSequence: 2 ** 30 - 1 }),
    actors: [offers('A', 11, 12, 13), polls('R', 2)],
  },
  {
    name: 'lapping: wrap of 32 bits',
    ring: ring(1, { firstSequence: 2 ** 32 - 1 }),
    actors: [offers('A', 11, 12, 13), polls('R', 2)],
  },
  {
    name: 'lapping: batches and drains',
    ring: ring(2),
    actors: [batch('A', 11, 12, 13), drains('R', 9, 9), polls('S', 1)],
  },
  {
    name: 'lapping: batches of two writers',
    ring: ring(3),
    actors: [batch('A', 11, 12), batch('B', 21, 22), drains('R', 9)],
  },
  {
    name: 'lapping: variable size',
    ring: ring(3, { variable: true }),
    actors: [offers('A', 12, 21, 32), polls('R', 2)],
  },
  {
    name: 'lapping: variable size, two writers',
    ring: ring(3, { variable: true }),
    actors: [offers('A', 12, 21), offers('B', 33), polls('R', 2)],
  },
  {
    name: 'lapping: a batch is left, and one is abandoned',
    ring: ring(3),
    actors: [
      offers('A', 11, 12, 13, 14),
      reader('R', function* (self) {
        yield* self.batch(1);
        yield* self.batch(1, true);
        yield* self.poll();
      }),
    ],
  },
  {
    name: 'lapping: one subscribes to the oldest',
    ring: ring(1),
    actors: [offers('A', 11, 12), polls('R', 1), subscribes('N', 'oldest', 1)],
  },
  {
    name: 'lapping: one subscribes to the oldest, capacity 2',
    ring: ring(2),
    actors: [offers('A', 11, 12, 13), subscribes('N', 'oldest', 2)],
  },
  {
    name: 'lapping: one subscribes to the newest',
    ring: ring(1),
    actors: [offers('A', 11, 12), subscribes('N', 'newest', 1)],
  },
  {
    name: 'lapping: one leaves',
    ring: ring(1),
    actors: [offers('A', 11, 12, 13), leavesAfter('R', 1), polls('S', 1)],
  },
  {
    name: 'lapping: one leaves, one subscribes',
    ring: ring(1),
    actors: [
      offers('A', 11, 12, 13),
      leavesAfter('R', 1),
      other('N', function* (self) {
        yield* self.join(1);
        yield* self.join(0);
        yield* self.attach([]);
        yield* self.subscribe('oldest');
        const missed = yield* self.missed();
        if (missed > 0) self.fail(`A new subscription has missed ${missed}.`);
      }),
    ],
  },
  {
    name: 'lapping: one writer, one subscriber, missed twice',
    ring: ring(1),
    actors: [
      offers('A', 11, 12, 13),
      reader('R', function* (self) {
        yield* self.missed();
        yield* self.poll();
        yield* self.missed();
      }),
    ],
  },
  {
    name: 'lapping: the missed are counted',
    ring: ring(1),
    actors: [
      offers('A', 11, 12, 13),
      reader('R', function* (self) {
        yield* self.join(0);
        for (let i = 0; i < 2; i++) {
          const missed = yield* self.missed();
          if (missed !== 2) self.fail(`${missed} missed instead of 2.`);
        }
      }),
    ],
  },
  {
    name: 'lapping: without subscribers the dropped are counted',
    ring: ring(2),
    actors: [
      writer('A', function* (self) {
        for (const value of [11, 12, 13]) yield* self.offer(value);
        const { dropped } = yield* self.ring.stats();
        if (dropped !== 1) self.fail(`${dropped} dropped instead of 1.`);
      }),
    ],
  },
  { name: 'lapping: parked subscriber', ring: ring(1), actors: [offers('A', 11), takes('R', 1)] },
  {
    name: 'lapping: parked until the end',
    ring: ring(1),
    actors: [
      {
        name: 'A',
        ends: ['writer'],
        *run(self) {
          yield* self.offer(11);
          yield* self.offer(12);
          yield* self.close();
        },
      },
      takes('R'),
    ],
  },
  { name: 'lapping: closed by a third', ring: ring(1), actors: [offers('A', 11, 12), takes('R'), closes()] },
  {
    name: 'lapping: a writer dies',
    ring: ring(1),
    budgets: { mayDie: [0] },
    actors: [offers('A', 11, 12), offers('B', 21), polls('R', 1), supervises('X', 0)],
  },
  {
    name: 'lapping: a writer dies, and another one needs the room',
    ring: ring(1),
    budgets: { mayDie: [0] },
    actors: [offers('A', 11), offers('B', 21, 22)],
  },
  {
    name: 'lapping: a writer of a batch dies',
    ring: ring(2),
    budgets: { mayDie: [0] },
    actors: [batch('A', 11, 12, 13), polls('R', 2), supervises('X', 0)],
  },
  {
    name: 'lapping: a subscriber dies',
    ring: ring(1),
    budgets: { mayDie: [1] },
    actors: [offers('A', 11, 12), polls('R', 2), polls('S', 1), supervises('X', 1)],
  },
  {
    name: 'lapping: the reader of a durable subscription dies',
    ring: ring(1, { durable: 1 }),
    budgets: { mayDie: [1] },
    actors: [
      offers('A', 11, 12),
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
    name: 'lapping: one dies while it subscribes',
    ring: ring(1),
    budgets: { mayDie: [1] },
    actors: [offers('A', 11, 12), subscribes('N', 'oldest', 1), supervises('X', 1)],
  },
];
