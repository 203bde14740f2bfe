import type { Scenario } from '../scenario.ts';
import type { Actor } from '../self.ts';
import { awaitsTakes } from './awaited.ts';
import {
  both,
  closes,
  drains,
  levels,
  offers,
  other,
  polls,
  reader,
  supervises,
  takes,
  writer,
} from './cast.ts';

const batches = (name: string, ...counts: number[]): Actor =>
  reader(name, function* (self) {
    for (const count of counts) yield* self.batch(count);
  });

export const PRIORITY: Scenario[] = [
  {
    name: 'priority: one writer, one reader',
    ring: levels(1),
    actors: [offers('A', 111, 11), polls('R', 2)],
  },
  {
    name: 'priority: two writers, one reader',
    ring: levels(1),
    actors: [offers('A', 11, 112), offers('B', 121), polls('R', 2)],
  },
  {
    name: 'priority: one writer, two readers',
    ring: levels(2),
    actors: [offers('A', 11, 111, 12), polls('R', 2), polls('S', 1)],
  },
  { name: 'priority: drained', ring: levels(2), actors: [offers('A', 111, 112, 11), drains('R', 9, 9)] },
  {
    name: 'priority: the guard',
    ring: levels(2, { guard: 1 }),
    order: 'none',
    actors: [
      both('A', function* (self) {
        for (const value of [111, 112, 11, 12]) yield* self.offer(value);
        yield* self.pollsInOrder(11, 111, 12, 112);
      }),
    ],
  },
  {
    name: 'priority: the most urgent first',
    ring: levels(2),
    order: 'none',
    actors: [
      both('A', function* (self) {
        for (const value of [111, 112, 11, 12]) yield* self.offer(value);
        yield* self.pollsInOrder(11, 12, 111, 112);
      }),
    ],
  },
  {
    name: 'priority: the guard counts from when a level was last served',
    ring: levels(4, { guard: 2 }),
    order: 'none',
    actors: [
      both('A', function* (self) {
        for (const value of [111, 112, 11, 12, 13, 14]) yield* self.offer(value);
        yield* self.pollsInOrder(11, 12, 111, 13, 14, 112);
      }),
    ],
  },
  {
    name: 'priority: the guard counts what is drained',
    ring: levels(4, { guard: 2 }),
    order: 'none',
    actors: [
      both('A', function* (self) {
        for (const value of [111, 112, 11, 12, 13]) yield* self.offer(value);
        yield* self.drainsInOrder([11, 12, 13], [111], [112]);
      }),
    ],
  },
  {
    name: 'priority: the guard counts what a batch shows',
    ring: levels(4, { guard: 2 }),
    order: 'none',
    actors: [
      both('A', function* (self) {
        for (const value of [111, 112, 11, 12, 13]) yield* self.offer(value);
        yield* self.batchesInOrder([11, 12, 13], [111], [112]);
      }),
    ],
  },
  {
    name: 'priority: the guard counts over batches of two levels',
    ring: levels(6, { lanes: 3, guard: 4 }),
    order: 'none',
    actors: [
      both('A', function* (self) {
        for (const value of [211, 111, 112, 11]) yield* self.offer(value);
        yield* self.batchesInOrder([11], [111, 112]);
        for (const value of [12, 13, 14, 15, 16, 113]) yield* self.offer(value);
        yield* self.pollsInOrder(12, 211, 13, 14, 15, 113, 16);
      }),
    ],
  },
  {
    name: 'priority: what is only looked at passes nobody over, and stays due',
    ring: levels(4, { guard: 1 }),
    order: 'none',
    actors: [
      both('A', function* (self) {
        for (const value of [111, 11, 12]) yield* self.offer(value);
        yield* self.batch(1, true);
        yield* self.batch(0);
        yield* self.pollsInOrder(11);
        yield* self.batch(1, true);
        yield* self.batch(0);
        yield* self.pollsInOrder(111, 12);
      }),
    ],
  },
  {
    name: 'priority: batches of two readers',
    ring: levels(2),
    order: 'none',
    actors: [offers('A', 111, 112, 11), batches('R', 9, 9), batches('S', 1)],
  },
  {
    name: 'priority: a batch is left, and one is abandoned',
    ring: levels(2),
    order: 'none',
    actors: [
      offers('A', 11, 12, 111),
      reader('R', function* (self) {
        yield* self.batch(1);
        yield* self.batch(1, true);
      }),
      polls('S', 2),
    ],
  },
  {
    name: 'priority: a reader dies in a batch',
    ring: levels(2),
    order: 'none',
    budgets: { mayDie: [1] },
    actors: [offers('A', 111, 11), batches('R', 9, 9), polls('S', 1), supervises('X', 1)],
  },
  {
    name: 'priority: parked reader',
    ring: levels(1),
    actors: [offers('A', 111), offers('B', 21), takes('R', 2)],
  },
  {
    name: 'priority: parked reader, the less urgent level',
    ring: levels(1),
    actors: [offers('A', 111), takes('R', 1)],
  },
  {
    name: 'priority: parked writer of one level',
    ring: levels(1),
    actors: [
      writer('A', function* (self) {
        yield* self.offer(111);
        yield* self.putSync(112);
      }),
      takes('R', 2),
    ],
  },
  {
    name: 'priority: taken until the end',
    ring: levels(1),
    actors: [
      writer('A', function* (self) {
        yield* self.offer(111);
        yield* self.offer(12);
        yield* self.close();
      }),
      takes('R'),
    ],
  },
  {
    name: 'priority: closed by a third',
    ring: levels(1),
    actors: [offers('A', 11, 111), takes('R'), closes()],
  },
  { name: 'priority: awaited', ring: levels(1), actors: [offers('A', 111, 11), awaitsTakes('R', 2)] },
  {
    name: 'priority: time-outs',
    ring: levels(1),
    patience: true,
    budgets: { timeouts: 1 },
    actors: [
      offers('A', 111),
      reader('R', function* (self) {
        yield* self.takeSync(5);
        yield* self.takeSync(5);
      }),
    ],
  },
  {
    name: 'priority: a writer dies',
    ring: levels(1),
    order: 'none',
    budgets: { mayDie: [0] },
    actors: [offers('A', 11, 111), polls('R', 2), supervises('X', 0)],
  },
  {
    name: 'priority: a reader dies',
    ring: levels(2),
    order: 'none',
    budgets: { mayDie: [1] },
    actors: [offers('A', 111, 11), polls('R', 2), supervises('X', 1)],
  },
  {
    name: 'priority: a closer dies, nobody closes again',
    ring: levels(1),
    order: 'none',
    budgets: { mayDie: [1] },
    actors: [
      reader('R', function* (self) {
        yield* self.join(2);
        if ((yield* self.ring.stats()).closed) while ((yield* self.takeSync()) !== undefined);
      }),
      closes('C'),
      supervises('X', 1),
    ],
  },
  {
    name: 'priority: a closer dies between two levels',
    ring: levels(1),
    order: 'none',
    budgets: { mayDie: [1] },
    actors: [
      takes('R'),
      closes('C'),
      other('X', function* (self) {
        yield* self.attach([]);
        yield* self.repairIfDead(1);
        if (self.hasDied(1)) yield* self.ring.close();
      }),
    ],
  },
];
