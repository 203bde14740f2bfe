import type { Scenario } from '../scenario.ts';
import type { Actor } from '../self.ts';
import type { RingSetup } from '../world.ts';
import {
  batch,
  closes,
  drains,
  durably,
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

const ring = (capacity: number, more: Partial<RingSetup> = {}): RingSetup =>
  ringOf('broadcast')(capacity, { writers: 1, ...more });
const WRAP = 2 ** 31 - 1;

/** Writes, and gives the role of the writer back. */
const handsOver = (name: string, ...values: number[]): Actor =>
  writer(name, function* (self) {
    for (const value of values) yield* self.offer(value);
    yield* self.writer.detach();
  });

/** Repairs after the death of thread 0, and writes in its place. */
const succeeds = (name: string, value: number): Actor =>
  other(name, function* (self) {
    yield* self.repairIfDead(0);
    if (!self.hasDied(0)) return;
    yield* self.attach(['writer']);
    yield* self.offer(value);
  });

/** Broadcast rings that were told that they have one writer: it shows messages without a claim. */
export const SOLE_WRITER: Scenario[] = [
  {
    name: 'sole writer: one subscriber, capacity 1',
    ring: ring(1),
    order: 'strict',
    actors: [offers('A', 11, 12), polls('R', 2)],
  },
  {
    name: 'sole writer: two subscribers, capacity 2, wrap',
    ring: ring(2, { firstSequence: WRAP }),
    order: 'strict',
    actors: [offers('A', 11, 12, 13), polls('R', 2), polls('S', 1)],
  },
  {
    name: 'sole writer: round the ring, wrap of 32 bits',
    ring: ring(2, { firstSequence: 2 ** 32 - 2 }),
    order: 'strict',
    actors: [offers('A', 11, 12, 13, 14), polls('R', 4)],
  },
  {
    name: 'sole writer: drained',
    ring: ring(3),
    order: 'strict',
    actors: [offers('A', 11, 12, 13, 14), drains('R', 2, 9), drains('S', 9)],
  },
  {
    name: 'sole writer: batches between single messages',
    ring: ring(4),
    actors: [
      writer('A', function* (self) {
        yield* self.offer(11);
        yield* self.offerAll([12, 13]);
        yield* self.offer(14);
        yield* self.offer(15);
      }),
      drains('R', 9, 9),
      polls('S', 1),
    ],
  },
  {
    name: 'sole writer: variable size, in slots of one and of several',
    ring: ring(4, { variable: true }),
    actors: [offers('A', 12, 21, 31), polls('R', 2), drains('S', 9)],
  },
  {
    name: 'sole writer: drop-newest',
    ring: ring(1, { overflow: 'drop-newest' }),
    order: 'none',
    actors: [offers('A', 11, 12), polls('R', 2)],
  },
  {
    name: 'sole writer: drop-oldest',
    ring: ring(2, { overflow: 'drop-oldest' }),
    order: 'none',
    actors: [offers('A', 11, 12, 13), polls('R', 2)],
  },
  {
    name: 'sole writer: parked, one subscriber',
    ring: ring(1),
    actors: [puts('A', 11, 12, 13), takes('R', 3)],
  },
  {
    name: 'sole writer: parked, two subscribers',
    ring: ring(1),
    actors: [puts('A', 11, 12), takes('R', 2), takes('S', 2)],
  },
  {
    name: 'sole writer: parked subscribers, closed by the writer',
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
    name: 'sole writer: close',
    ring: ring(2),
    actors: [offers('A', 11, 12), takes('R'), closes()],
  },
  {
    name: 'sole writer: close of a full ring',
    ring: ring(1),
    actors: [puts('A', 11, 12), polls('R', 1), closes()],
  },
  {
    name: 'sole writer: close against a batch',
    ring: ring(2),
    actors: [batch('A', 11, 12, 13), drains('R', 9, 9), closes()],
  },
  {
    name: 'sole writer: one subscribes to the oldest',
    ring: ring(1),
    actors: [offers('A', 11, 12), polls('R', 1), subscribes('N', 'oldest', 1)],
  },
  {
    name: 'sole writer: handed over',
    ring: ring(4),
    actors: [
      handsOver('A', 11, 12),
      other('B', function* (self) {
        yield* self.join(0);
        yield* self.attach(['writer']);
        yield* self.offer(21);
      }),
      polls('R', 3),
    ],
  },
  {
    name: 'sole writer: it dies',
    ring: ring(2),
    budgets: { mayDie: [0] },
    actors: [offers('A', 11, 12), polls('R', 2), supervises('X', 0)],
  },
  {
    name: 'sole writer: it dies, another writes on',
    ring: ring(2),
    budgets: { mayDie: [0] },
    actors: [offers('A', 11), polls('R', 2), succeeds('N', 21)],
  },
  {
    name: 'sole writer: it dies within a batch',
    ring: ring(4),
    budgets: { mayDie: [0] },
    actors: [
      writer('A', function* (self) {
        yield* self.offer(11);
        yield* self.offerAll([12, 13]);
      }),
      polls('R', 3),
      supervises('X', 0),
    ],
  },
  {
    name: 'sole writer: it dies within a batch, another writes on',
    ring: ring(4),
    budgets: { mayDie: [0] },
    actors: [batch('A', 11, 12), polls('R', 2), succeeds('N', 21)],
  },
  {
    name: 'sole writer: one subscriber after another',
    ring: ring(2, { durable: 2, after: [[], [0]], firstSequence: WRAP }),
    actors: [offers('A', 11, 12, 13), durably(0, polls('R', 2)), durably(1, drains('S', 9))],
  },
  {
    name: 'sole writer: handed over while one lags',
    ring: ring(3, { durable: 2 }),
    actors: [
      handsOver('A', 11),
      other('B', function* (self) {
        yield* self.join(0);
        yield* self.attach(['writer']);
        yield* self.offerAll([21, 22]);
        yield* self.offer(23);
      }),
      durably(0, polls('R', 3)),
      durably(1, polls('S', 1)),
    ],
  },
  {
    name: 'sole writer: another writes on, read by one after the other',
    ring: ring(2),
    actors: [
      handsOver('A', 11),
      other('B', function* (self) {
        yield* self.join(0);
        yield* self.attach(['writer']);
        yield* self.offer(21);
        yield* self.offer(22);
        yield* self.offer(23);
      }),
      polls('R', 3),
    ],
  },
  {
    name: 'sole writer: a subscriber dies, the writer parked',
    ring: ring(1),
    budgets: { mayDie: [1] },
    actors: [
      puts('A', 11, 12),
      reader('R', function* (self) {
        yield* self.poll();
        yield* self.unsubscribe();
      }),
      takes('S', 2),
      supervises('X', 1),
    ],
  },
];
