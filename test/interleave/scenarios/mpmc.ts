import type { Scenario } from '../scenario.ts';
import {
  batch,
  both,
  closes,
  drains,
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

const ring = ringOf('mpmc');
const WRAP = 2 ** 31 - 1;

export const MPMC: Scenario[] = [
  {
    name: 'two writers, one reader, capacity 1',
    ring: ring(1),
    actors: [offers('A', 11, 12), offers('B', 21), polls('R', 3)],
  },
  {
    name: 'two writers, one reader, capacity 2, wrap',
    ring: ring(2, { firstSequence: WRAP }),
    actors: [offers('A', 11, 12), offers('B', 21, 22), polls('R', 3)],
  },
  {
    name: 'one writer, two readers, capacity 2',
    ring: ring(2),
    actors: [offers('A', 11, 12, 13), polls('R', 2), polls('S', 2)],
  },
  {
    name: 'two writers, two readers, capacity 1',
    ring: ring(1),
    actors: [offers('A', 11), offers('B', 21), polls('R', 2), polls('S', 1)],
  },
  {
    name: 'two writers, two readers, capacity 1, the lap changes its sign',
    ring: ring(1, { firstSequence: 2 ** 18 - 1 }),
    actors: [offers('A', 11), offers('B', 21), polls('R', 2), polls('S', 1)],
  },
  {
    name: 'two writers, two readers, capacity 2',
    ring: ring(2),
    actors: [offers('A', 11, 12), offers('B', 21, 22), polls('R', 2), polls('S', 2)],
  },
  {
    name: 'two writers, two readers, capacity 3 in 4 slots, wrap',
    ring: ring(3, { firstSequence: WRAP - 1 }),
    actors: [offers('A', 11, 12), offers('B', 21, 22), polls('R', 2), polls('S', 2)],
  },
  {
    name: 'batches and polls',
    ring: ring(4),
    actors: [batch('A', 11, 12, 13), offers('B', 21), polls('R', 3), drains('S', 2, 9)],
  },
  {
    name: 'batches against batches, full',
    ring: ring(3),
    actors: [batch('A', 11, 12), batch('B', 21, 22), drains('R', 9, 9), polls('S', 1)],
  },
  {
    name: 'batches round the ring',
    ring: ring(2),
    actors: [
      writer('A', function* (self) {
        yield* self.offerAll([11, 12]);
        yield* self.offerAll([13, 14]);
      }),
      drains('R', 1, 9, 9),
      drains('S', 9),
    ],
  },
  {
    name: 'variable size',
    ring: ring(4, { variable: true }),
    actors: [offers('A', 12, 21), offers('B', 33, 41), polls('R', 2), drains('S', 9)],
  },
  {
    name: 'variable size, round the ring',
    ring: ring(4, { variable: true, firstSequence: WRAP - 2 }),
    actors: [offers('A', 13, 22, 33), polls('R', 3), polls('S', 1)],
  },
  {
    name: 'close against writers and readers',
    ring: ring(2),
    actors: [offers('A', 11, 12), offers('B', 21), polls('R', 3), closes()],
  },
  {
    name: 'close of a full ring',
    ring: ring(1),
    actors: [offers('A', 11, 12), offers('B', 21), polls('R', 2), closes()],
  },
  {
    name: 'close against a batch',
    ring: ring(2),
    actors: [batch('A', 11, 12, 13), drains('R', 9, 9), closes()],
  },
  {
    name: 'close against messages of several slots',
    ring: ring(4, { variable: true }),
    actors: [offers('A', 13, 22), offers('B', 31), polls('R', 3), closes()],
  },
  {
    name: 'batches of different lengths',
    ring: ring(6),
    actors: [
      writer('A', function* (self) {
        yield* self.offerAll([11, 12]);
        yield* self.offerAll([13, 14, 15]);
      }),
      offers('B', 21),
      drains('R', 9),
    ],
  },
  {
    name: 'drains of different lengths',
    ring: ring(6),
    actors: [batch('A', 11, 12, 13, 14, 15), drains('R', 2, 3), drains('S', 1, 2), offers('B', 21, 22)],
  },
  {
    name: 'newcomers attach while others work',
    ring: ring(2),
    actors: [
      offers('A', 11, 12, 13),
      polls('R', 2),
      other('N', function* (self) {
        yield* self.attach(['writer', 'reader']);
        yield* self.offer(21);
        yield* self.poll();
      }),
    ],
  },
  {
    name: 'a reader of mpsc hands over',
    ring: { topology: 'mpsc', capacity: 2 },
    actors: [
      offers('A', 11, 12),
      offers('B', 21),
      reader('R', function* (self) {
        yield* self.drain(1);
        yield* self.reader.detach();
      }),
      other('N', function* (self) {
        yield* self.join(2);
        yield* self.attach(['reader']);
        yield* self.drain(9);
        yield* self.reader.detach();
      }),
    ],
  },
  {
    name: 'two newcomers attach at once',
    ring: ring(2),
    actors: [
      other('M', function* (self) {
        yield* self.attach(['writer']);
        yield* self.offer(11);
      }),
      other('N', function* (self) {
        yield* self.attach(['writer', 'reader']);
        yield* self.offer(21);
        yield* self.poll();
      }),
    ],
  },
  {
    name: 'an attaching newcomer and a close',
    ring: ring(1),
    actors: [
      offers('A', 11),
      polls('R', 1),
      closes(),
      other('N', function* (self) {
        yield* self.attach(['writer', 'reader']);
        yield* self.offer(21);
        yield* self.takeSync();
      }),
    ],
  },
];

export const WAITING: Scenario[] = [
  { name: 'parked reader, one writer', ring: ring(2), actors: [puts('A', 11, 12, 13), takes('R', 3)] },
  {
    name: 'parked readers, two writers',
    ring: ring(2),
    patience: true,
    actors: [puts('A', 11, 12), puts('B', 21), takes('R', 2), takes('S', 1)],
  },
  {
    name: 'parked writers, capacity 1',
    ring: ring(1),
    actors: [puts('A', 11, 12), puts('B', 21), takes('R', 3)],
  },
  {
    name: 'parked writers, capacity 1, spurious',
    ring: ring(1),
    budgets: { spurious: 1 },
    actors: [puts('A', 11, 12), puts('B', 21), takes('R', 3)],
  },
  {
    name: 'parked readers, closed by a third',
    ring: ring(1),
    actors: [puts('A', 11, 12), takes('R'), takes('S'), closes()],
  },
  {
    name: 'parked writers, closed by a third',
    ring: ring(1),
    actors: [puts('A', 11, 12), puts('B', 21), closes()],
  },
  {
    name: 'parked, everybody, close by the writer',
    ring: ring(1),
    actors: [
      writer('A', function* (self) {
        for (const value of [11, 12, 13]) yield* self.putSync(value);
        yield* self.close();
      }),
      takes('R'),
      takes('S'),
    ],
  },
  {
    name: 'parked, variable size',
    ring: ring(4, { variable: true }),
    actors: [puts('A', 13, 22), puts('B', 33), takes('R', 3)],
  },
  {
    name: 'parked, batches drained',
    ring: ring(2),
    actors: [
      puts('A', 11, 12, 13),
      puts('B', 21),
      reader('R', function* (self) {
        let n = 0;
        while (n < 4) n += (yield* self.drainSync()).length;
      }),
    ],
  },
  {
    name: 'parked readers and a giver-back',
    ring: ring(3),
    order: 'none',
    actors: [
      puts('A', 11, 12, 13),
      reader('R', function* (self) {
        yield* self.drain(undefined, 1);
      }),
      takes('S', 2),
    ],
    patience: true,
  },
  {
    name: 'parked with time-outs',
    ring: ring(1),
    budgets: { timeouts: 2 },
    patience: true,
    actors: [
      writer('A', function* (self) {
        yield* self.putSync(11, 5);
        yield* self.putSync(12, 5);
      }),
      writer('B', function* (self) {
        yield* self.putSync(21, 5);
      }),
      reader('R', function* (self) {
        yield* self.takeSync(5);
        yield* self.takeSync(5);
      }),
    ],
  },
  {
    name: 'parked writer, large message, small ones released',
    ring: ring(4, { variable: true }),
    patience: true,
    actors: [
      offers('A', 12, 22),
      puts('B', 34),
      reader('R', function* (self) {
        while ((yield* self.takeSync()) !== 34);
      }),
    ],
  },
  {
    name: 'parked reader behind a claim given up',
    ring: ring(2),
    actors: [puts('A', 11), puts('B', 21), takes('R', 1), polls('S', 1)],
    patience: true,
  },
  {
    name: 'parked readers, batch of one each',
    ring: ring(2),
    actors: [batch('A', 11, 12), takes('R', 1), takes('S', 1)],
  },
];

export const RETURNS: Scenario[] = [
  {
    name: 'a callback throws',
    ring: ring(3),
    order: 'none',
    actors: [
      batch('A', 11, 12, 13),
      reader('R', function* (self) {
        yield* self.drain(undefined, 1);
      }),
      polls('S', 3),
    ],
  },
  {
    name: 'a batch is left',
    ring: ring(3),
    order: 'none',
    actors: [
      batch('A', 11, 12, 13),
      reader('R', function* (self) {
        yield* self.batch(2);
      }),
      drains('S', 9, 9),
    ],
  },
  {
    name: 'given back, the giver reads on',
    ring: ring(2),
    order: 'none',
    lastReader: 2,
    actors: [
      batch('A', 11, 12, 13),
      reader('R', function* (self) {
        yield* self.drain(undefined, 1);
        yield* self.poll();
      }),
      polls('S', 2),
    ],
  },
  {
    name: 'given back, variable size',
    ring: ring(4, { variable: true }),
    order: 'none',
    actors: [
      offers('A', 12, 21, 31),
      reader('R', function* (self) {
        yield* self.drain(undefined, 1);
      }),
      polls('S', 3),
    ],
  },
  {
    name: 'three readers, two give back',
    ring: ring(3),
    order: 'none',
    lastReader: 3,
    actors: [
      batch('A', 11, 12, 13),
      reader('R', function* (self) {
        yield* self.drain(undefined, 1);
      }),
      reader('S', function* (self) {
        yield* self.drain(undefined, 1);
      }),
      polls('T', 1),
    ],
  },
  {
    name: 'given back twice by one',
    ring: ring(3),
    order: 'none',
    lastReader: 2,
    actors: [
      batch('A', 11, 12, 13),
      reader('R', function* (self) {
        yield* self.drain(undefined, 1);
        yield* self.drain(undefined, 1);
      }),
      polls('S', 1),
      polls('T', 1),
    ],
  },
];

export const DROPS: Scenario[] = [
  {
    name: 'drop-oldest, two writers',
    ring: ring(2, { overflow: 'drop-oldest' }),
    order: 'none',
    actors: [offers('A', 11, 12), offers('B', 21, 22), polls('R', 2)],
  },
  {
    name: 'drop-oldest, batch',
    ring: ring(2, { overflow: 'drop-oldest' }),
    order: 'none',
    actors: [batch('A', 11, 12, 13), offers('B', 21), drains('R', 9, 9)],
  },
  {
    name: 'drop-oldest, spsc',
    ring: { topology: 'spsc', capacity: 2, overflow: 'drop-oldest' },
    order: 'none',
    actors: [offers('A', 11, 12, 13), drains('R', 9, 9)],
  },
  {
    name: 'drop-oldest, variable',
    ring: ring(3, { overflow: 'drop-oldest', variable: true }),
    order: 'none',
    actors: [offers('A', 12, 21, 31), offers('B', 42), polls('R', 2)],
  },
  {
    name: 'drop-newest',
    ring: ring(1, { overflow: 'drop-newest' }),
    order: 'none',
    actors: [offers('A', 11, 12), offers('B', 21), polls('R', 2)],
  },
];

export const DEATHS: Scenario[] = [
  {
    name: 'a writer dies',
    ring: ring(2),
    budgets: { mayDie: [0] },
    actors: [offers('A', 11, 12), offers('B', 21), polls('R', 3), supervises('X', 0)],
  },
  {
    name: 'a writer of a batch dies',
    ring: ring(3),
    budgets: { mayDie: [0] },
    actors: [batch('A', 11, 12, 13), polls('R', 3), supervises('X', 0)],
  },
  {
    name: 'a writer of large messages dies',
    ring: ring(4, { variable: true }),
    budgets: { mayDie: [0] },
    actors: [offers('A', 13, 22), offers('B', 31), polls('R', 3), supervises('X', 0)],
  },
  {
    name: 'a reader dies',
    ring: ring(2),
    order: 'none',
    budgets: { mayDie: [1] },
    actors: [offers('A', 11, 12, 13), polls('R', 2), polls('S', 2), supervises('X', 1)],
  },
  {
    name: 'a draining reader dies',
    ring: ring(3),
    order: 'none',
    budgets: { mayDie: [1] },
    actors: [batch('A', 11, 12, 13), drains('R', 9), polls('S', 2), supervises('X', 1)],
  },
  {
    name: 'a draining reader of large messages dies',
    ring: ring(4, { variable: true }),
    order: 'none',
    budgets: { mayDie: [1] },
    actors: [offers('A', 12, 21, 31), drains('R', 9), polls('S', 2), supervises('X', 1)],
  },
  {
    name: 'a giver-back dies',
    ring: ring(3),
    order: 'none',
    budgets: { mayDie: [1] },
    actors: [
      batch('A', 11, 12, 13),
      reader('R', function* (self) {
        yield* self.drain(undefined, 1);
      }),
      polls('S', 2),
      supervises('X', 1),
    ],
  },
  {
    name: 'a dropper dies',
    ring: ring(2, { overflow: 'drop-oldest' }),
    order: 'none',
    budgets: { mayDie: [0] },
    actors: [offers('A', 11, 12, 13), polls('R', 2), supervises('X', 0)],
  },
  {
    name: 'a writer dies, others parked',
    ring: ring(1),
    budgets: { mayDie: [0] },
    patience: true,
    actors: [
      offers('A', 11),
      puts('B', 21),
      reader('R', function* (self) {
        yield* self.takeSync();
      }),
      supervises('X', 0),
    ],
  },
  {
    name: 'a waking reader dies, a writer parked',
    ring: ring(1),
    order: 'none',
    budgets: { mayDie: [1] },
    patience: true,
    actors: [
      puts('A', 11, 12),
      polls('R', 1),
      supervises('X', 1),
      reader('S', function* (self) {
        yield* self.join(2);
        yield* self.takeSync();
      }),
    ],
  },
  {
    name: 'the repairer dies and another repairs',
    ring: ring(3),
    order: 'none',
    budgets: { mayDie: [1, 2], deaths: 2 },
    actors: [
      batch('A', 11, 12, 13),
      drains('D', 9),
      supervises('X', 1),
      other('Y', function* (self) {
        yield* self.repairIfDead(2);
        yield* self.repairIfDead(1);
      }),
    ],
  },
  {
    name: 'two repair at once',
    ring: ring(3),
    order: 'none',
    budgets: { mayDie: [1] },
    actors: [
      batch('A', 11, 12, 13),
      drains('D', 9),
      supervises('X', 1),
      both('Y', function* (self) {
        yield* self.repairIfDead(1);
        yield* self.poll();
        yield* self.poll();
      }),
    ],
  },
  {
    name: 'two repair at once, and a newcomer gets the seat',
    ring: ring(3),
    order: 'none',
    budgets: { mayDie: [1] },
    actors: [
      batch('A', 11, 12),
      drains('D', 9),
      supervises('X', 1),
      supervises('Y', 1),
      other('N', function* (self) {
        yield* self.join(3);
        yield* self.attach(['reader']);
        yield* self.batchUntilEnd(2);
      }),
      reader('S', function* (self) {
        yield* self.join(2);
        yield* self.poll();
        yield* self.poll();
      }),
    ],
  },
  {
    name: 'a writer given up dies',
    ring: ring(3),
    budgets: { mayDie: [0] },
    actors: [batch('A', 11, 12), offers('B', 21), polls('R', 2), supervises('X', 0)],
  },
  {
    name: 'a closer dies',
    ring: ring(2),
    order: 'none',
    budgets: { mayDie: [2] },
    actors: [
      offers('A', 11, 12, 13),
      takes('R'),
      closes(),
      other('S', function* (self) {
        yield* self.repairIfDead(2);
        yield* self.ring.close();
      }),
    ],
  },
  {
    name: 'a parked reader dies',
    ring: ring(1),
    order: 'none',
    budgets: { mayDie: [1] },
    patience: true,
    actors: [puts('A', 11, 12), takes('R', 1), takes('S', 1), supervises('X', 1)],
  },
];

/** Several messages of different sizes in one claim. */
export const RUNS: Scenario[] = [
  {
    name: 'variable batches',
    ring: ring(6, { variable: true }),
    actors: [batch('A', 12, 21, 33), batch('B', 41, 52), drains('R', 9), polls('S', 2)],
  },
  {
    name: 'variable batches, round the ring',
    ring: ring(4, { variable: true, firstSequence: WRAP - 2 }),
    actors: [
      writer('A', function* (self) {
        yield* self.offerAll([13, 22]);
        yield* self.offerAll([32, 41, 52]);
      }),
      drains('R', 1, 9, 9),
      polls('S', 1),
    ],
  },
  {
    name: 'variable batches that do not fit',
    ring: ring(4, { variable: true }),
    // Slots left over by the batch stay closed until the messages before them are read: "full" comes early.
    order: 'none',
    actors: [batch('A', 12, 21, 33), offers('B', 41, 51), drains('R', 9, 9)],
  },
  {
    name: 'variable batch against close',
    ring: ring(3, { variable: true }),
    actors: [batch('A', 12, 21, 32), drains('R', 9, 9), closes()],
  },
  {
    name: 'a writer of a variable batch dies',
    ring: ring(6, { variable: true }),
    order: 'none',
    budgets: { mayDie: [0] },
    actors: [batch('A', 12, 21, 33), offers('B', 41), polls('R', 3), supervises('X', 0)],
  },
  {
    name: 'a reader of a variable batch dies',
    ring: ring(6, { variable: true }),
    order: 'none',
    budgets: { mayDie: [1] },
    actors: [batch('A', 12, 21, 33), drains('R', 9), polls('S', 2), supervises('X', 1)],
  },
  {
    name: 'a variable batch is given back in part',
    ring: ring(6, { variable: true }),
    order: 'none',
    actors: [
      batch('A', 12, 21, 33),
      reader('R', function* (self) {
        yield* self.drain(undefined, 2);
      }),
      polls('S', 3),
    ],
  },
  {
    name: 'a batch is abandoned',
    ring: ring(3),
    order: 'none',
    actors: [
      batch('A', 11, 12, 13),
      reader('R', function* (self) {
        yield* self.batch(2, true);
        yield* self.poll();
      }),
      polls('S', 2),
    ],
  },
  {
    name: 'parked for a message given back',
    ring: ring(1),
    order: 'none',
    actors: [
      puts('A', 11, 12),
      reader('R', function* (self) {
        yield* self.batch(1, true);
      }),
      takes('S', 2),
    ],
  },
];
