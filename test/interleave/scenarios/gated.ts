import type { Scenario } from '../scenario.ts';
import { durableCursor } from '../self.ts';
import {
  batch,
  closesAfter,
  drains,
  durably,
  leavesAfter,
  offers,
  other,
  polls,
  puts,
  ringOf,
  takes,
  writer,
} from './cast.ts';

const ring = ringOf('broadcast');
const WRAP = 2 ** 31 - 1;
/** Two subscriptions, of which the second comes after the first; three, of which the last comes after both; a chain of three. */
const pair = { durable: 2, after: [[], [0]] };
const fork = { durable: 3, after: [[], [], [0, 1]] };
const chain = { durable: 3, after: [[], [0], [1]] };

/** Subscriptions that come after others. */
export const GATED: Scenario[] = [
  {
    name: 'broadcast: one after another',
    ring: ring(2, pair),
    actors: [offers('A', 11, 12), durably(0, polls('R', 2)), durably(1, polls('S', 2))],
  },
  {
    name: 'broadcast: one after two',
    ring: ring(2, fork),
    actors: [
      offers('A', 11, 12),
      durably(0, polls('R', 1)),
      durably(1, polls('S', 1)),
      durably(2, polls('T', 1)),
    ],
  },
  {
    name: 'broadcast: one after another, drained, round the ring',
    ring: ring(4, { ...pair, variable: true, firstSequence: WRAP - 2 }),
    actors: [offers('A', 13, 22), durably(0, drains('R', 1, 9)), durably(1, drains('S', 9, 9))],
  },
  {
    name: 'broadcast: one parked at its gate',
    ring: ring(1, pair),
    actors: [puts('A', 11, 12), durably(0, takes('R', 2)), durably(1, takes('S', 2))],
  },
  {
    name: 'broadcast: the one before dies, the one after is parked',
    ring: ring(2, pair),
    budgets: { mayDie: [1] },
    actors: [
      writer('A', function* (self) {
        yield* self.offer(11);
        yield* self.close();
      }),
      durably(0, takes('R', 1)),
      durably(1, takes('S', 1)),
      other('N', function* (self) {
        yield* self.repairIfDead(1);
        if (!self.hasDied(1)) return;
        yield* self.attach([0]);
        yield* self.takeSync();
      }),
    ],
  },
  {
    name: 'broadcast: one drained after another',
    ring: ring(3, pair),
    actors: [batch('A', 11, 12, 13), durably(0, drains('R', 1, 9)), durably(1, drains('S', 9, 9))],
  },
  {
    name: 'broadcast: one parked at two gates',
    ring: ring(1, fork),
    actors: [
      offers('A', 11),
      durably(0, takes('R', 1)),
      durably(1, takes('S', 1)),
      durably(2, takes('T', 1)),
    ],
  },
  {
    name: 'broadcast: a chain of three, parked',
    ring: ring(1, chain),
    actors: [
      offers('A', 11),
      durably(0, takes('R', 1)),
      durably(1, takes('S', 1)),
      durably(2, takes('T', 1)),
    ],
  },
  {
    name: 'broadcast: the one before leaves, the one after is parked',
    ring: ring(2, pair),
    actors: [offers('A', 11, 12), durably(0, leavesAfter('R', 1)), durably(1, takes('S', 2))],
  },
  {
    name: 'broadcast: the first of two before leaves',
    ring: ring(1, fork),
    actors: [
      offers('A', 11),
      durably(0, leavesAfter('R', 0)),
      durably(1, polls('S', 1)),
      durably(2, polls('T', 1)),
    ],
  },
  {
    name: 'broadcast: the end, before a gate',
    ring: ring(1, pair),
    actors: [closesAfter('A', 11), durably(0, takes('R')), durably(1, takes('S'))],
  },
  {
    name: 'broadcast: one comes to a gate that it is past',
    ring: ring(2, { durable: 2 }),
    order: 'none',
    actors: [
      offers('A', 11, 12),
      {
        name: 'R',
        ends: [0, 'writer'],
        *run(self) {
          yield* self.join(2);
          yield* self.poll();
          yield* self.offer(21);
        },
      },
      durably(
        1,
        other('S', function* (self) {
          yield* self.join(0);
          for (let i = 0; i < 2; i++) yield* self.poll();
          yield* self.detachReader();
        }),
      ),
      other('N', function* (self) {
        yield* self.join(2);
        yield* self.attach([]);
        self.reader = yield* self.ring.attach(1, { after: [0] });
        self.cursor = durableCursor(1);
        for (let i = 0; i < 2; i++)
          if ((yield* self.poll()) !== undefined) self.fail('A gate with a message still before it is open.');
      }),
    ],
  },
];
