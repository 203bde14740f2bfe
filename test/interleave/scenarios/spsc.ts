import type { Scenario } from '../scenario.ts';
import type { Self } from '../self.ts';

const writer = (run: (self: Self) => ReturnType<Self['attach']>, name = 'W') => ({
  name,
  ends: ['writer'] as const,
  run,
});
const reader = (run: (self: Self) => ReturnType<Self['attach']>, name = 'R') => ({
  name,
  ends: ['reader'] as const,
  run,
});
const other = (run: (self: Self) => ReturnType<Self['attach']>, name = 'X') => ({ name, run });

export const SPSC: Scenario[] = [
  {
    name: 'spsc: offers and polls, capacity 1',
    ring: { topology: 'spsc', capacity: 1 },
    order: 'strict',
    actors: [
      writer(function* (self) {
        for (const value of [11, 12, 13]) yield* self.offer(value);
      }),
      reader(function* (self) {
        for (let i = 0; i < 3; i++) yield* self.poll();
      }),
    ],
  },
  {
    name: 'spsc: batches, drain, close; sequence wraps',
    ring: { topology: 'spsc', capacity: 2, firstSequence: 2 ** 29 - 1 },
    order: 'strict',
    actors: [
      writer(function* (self) {
        yield* self.offerAll([11, 12, 13]);
        yield* self.offerAll([14, 15]);
      }),
      reader(function* (self) {
        yield* self.drain();
        yield* self.drain(1);
        yield* self.poll();
      }),
      other(function* (self) {
        yield* self.close();
      }),
    ],
  },
  {
    name: 'spsc: putSync, takeSync, close by the writer',
    ring: { topology: 'spsc', capacity: 1 },
    order: 'strict',
    budgets: { spurious: 1 },
    actors: [
      writer(function* (self) {
        for (const value of [11, 12, 13]) yield* self.putSync(value);
        yield* self.close();
      }),
      reader(function* (self) {
        while ((yield* self.takeSync()) !== undefined);
      }),
    ],
  },
  {
    name: 'spsc: putSync, drainSync, close by a third',
    ring: { topology: 'spsc', capacity: 2 },
    order: 'strict',
    actors: [
      writer(function* (self) {
        for (const value of [11, 12, 13, 14]) if ((yield* self.putSync(value)) === undefined) return;
      }),
      reader(function* (self) {
        while ((yield* self.drainSync()).length > 0);
      }),
      other(function* (self) {
        yield* self.close();
      }),
    ],
  },
  {
    name: 'spsc: putSync, drainSync until all are there',
    ring: { topology: 'spsc', capacity: 1 },
    order: 'strict',
    actors: [
      writer(function* (self) {
        for (const value of [11, 12, 13]) yield* self.putSync(value);
      }),
      reader(function* (self) {
        for (let n = 0; n < 3; ) n += (yield* self.drainSync()).length;
      }),
    ],
  },
  {
    name: 'spsc: time-outs',
    ring: { topology: 'spsc', capacity: 1 },
    order: 'strict',
    patience: true,
    budgets: { timeouts: 2 },
    actors: [
      writer(function* (self) {
        yield* self.putSync(11, 5);
        yield* self.putSync(12, 5);
        yield* self.putSync(13, 5);
      }),
      reader(function* (self) {
        yield* self.takeSync(5);
        yield* self.takeSync(5);
      }),
    ],
  },
  {
    name: 'spsc: variable size',
    ring: { topology: 'spsc', capacity: 4, variable: true },
    order: 'strict',
    actors: [
      writer(function* (self) {
        yield* self.offerAll([12, 23, 31]);
        yield* self.offer(42);
      }),
      reader(function* (self) {
        yield* self.drain();
        yield* self.poll();
      }),
    ],
  },
  {
    name: 'spsc: the writer dies',
    ring: { topology: 'spsc', capacity: 1 },
    budgets: { mayDie: [0] },
    actors: [
      writer(function* (self) {
        for (const value of [11, 12]) yield* self.putSync(value);
        yield* self.writer.detach();
      }),
      reader(function* (self) {
        while ((yield* self.takeSync()) !== undefined);
      }),
      other(function* (self) {
        yield* self.repairIfDead(0);
        yield* self.attach(['writer']);
        yield* self.putSync(21);
        yield* self.close();
      }, 'S'),
    ],
  },
  {
    name: 'spsc: the reader dies',
    ring: { topology: 'spsc', capacity: 1 },
    budgets: { mayDie: [1] },
    actors: [
      writer(function* (self) {
        for (const value of [11, 12]) yield* self.putSync(value);
        yield* self.close();
      }),
      reader(function* (self) {
        while ((yield* self.takeSync()) !== undefined);
        yield* self.reader.detach();
      }),
      other(function* (self) {
        yield* self.repairIfDead(1);
        yield* self.attach(['reader']);
        while ((yield* self.takeSync()) !== undefined);
      }, 'S'),
    ],
  },
  {
    name: 'spsc: a closer dies, another closes again',
    ring: { topology: 'spsc', capacity: 1 },
    order: 'none',
    budgets: { mayDie: [2] },
    actors: [
      writer(function* (self) {
        yield* self.putSync(11);
      }),
      reader(function* (self) {
        while ((yield* self.takeSync()) !== undefined);
      }),
      other(function* (self) {
        yield* self.close();
      }),
      other(function* (self) {
        yield* self.repairIfDead(2);
        yield* self.ring.close();
      }, 'S'),
    ],
  },
  {
    name: 'spsc: offers round the wrap',
    ring: { topology: 'spsc', capacity: 2, firstSequence: 2 ** 29 - 3 },
    order: 'strict',
    actors: [
      writer(function* (self) {
        for (const value of [11, 12, 13, 14]) yield* self.offer(value);
      }),
      reader(function* (self) {
        for (let i = 0; i < 3; i++) yield* self.poll();
      }),
    ],
  },
  {
    name: 'spsc: a writer waits when the ring is closed',
    ring: { topology: 'spsc', capacity: 1 },
    order: 'strict',
    actors: [
      writer(function* (self) {
        yield* self.offer(11);
        yield* self.putSync(12);
      }),
      other(function* (self) {
        yield* self.close();
      }),
    ],
  },
  {
    name: 'spsc: a batch is left, and one is abandoned',
    ring: { topology: 'spsc', capacity: 3 },
    order: 'strict',
    actors: [
      writer(function* (self) {
        yield* self.offerAll([11, 12, 13]);
        yield* self.offer(14);
      }),
      reader(function* (self) {
        yield* self.batch(1);
        yield* self.batch(1, true);
        yield* self.poll();
      }),
    ],
  },
  {
    name: 'spsc: a closer dies, nobody closes again',
    ring: { topology: 'spsc', capacity: 1 },
    order: 'none',
    budgets: { mayDie: [2] },
    actors: [
      writer(function* (self) {
        yield* self.putSync(11);
      }),
      reader(function* (self) {
        yield* self.takeSync();
        yield* self.join(3);
        // Closed or not, the ring is of one mind about it once it has been repaired.
        if (yield* self.isClosed()) yield* self.takeSync();
      }),
      other(function* (self) {
        yield* self.close();
      }),
      other(function* (self) {
        yield* self.attach([]);
        yield* self.repairIfDead(2);
      }, 'S'),
    ],
  },
  {
    name: 'spsc: the writer dies while it wakes',
    ring: { topology: 'spsc', capacity: 1 },
    order: 'none',
    budgets: { mayDie: [0] },
    actors: [
      writer(function* (self) {
        yield* self.putSync(11);
      }),
      reader(function* (self) {
        yield* self.takeSync();
      }),
      other(function* (self) {
        yield* self.repairIfDead(0);
        if (!self.hasDied(0)) return;
        yield* self.attach(['writer']);
        yield* self.offer(21);
      }, 'S'),
    ],
  },
  {
    name: 'spsc: drop-newest',
    ring: { topology: 'spsc', capacity: 1, overflow: 'drop-newest' },
    order: 'none',
    actors: [
      writer(function* (self) {
        for (const value of [11, 12, 13]) yield* self.offer(value);
      }),
      reader(function* (self) {
        for (let i = 0; i < 2; i++) yield* self.poll();
      }),
    ],
  },
];
