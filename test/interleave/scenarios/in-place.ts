import { claims, claimsAlone, fills, iterates } from '../in-place.ts';
import type { Scenario } from '../scenario.ts';
import type { Actor } from '../self.ts';
import { awaiting } from './awaited.ts';
import {
  both,
  closes,
  closesAfter,
  drains,
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
const broadcast = ringOf('broadcast');

const fillsEach = (name: string, ...batches: number[][]): Actor =>
  writer(name, function* (self) {
    for (const values of batches) yield* fills(self, values);
  });

const claimsEach = (name: string, slots: number, ...values: (number | undefined)[]): Actor =>
  writer(name, function* (self) {
    for (const value of values) yield* claims(self, slots, value);
  });

/** A writer in the place of a thread that may have died. */
const succeeds = (name: string, thread: number, value: number): Actor =>
  other(name, function* (self) {
    yield* self.repairIfDead(thread);
    if (!self.hasDied(thread)) return;
    yield* self.attach(['writer']);
    yield* self.offer(value);
  });

export const FILLED: Scenario[] = [
  {
    name: 'fill: spsc',
    ring: spsc(2),
    order: 'strict',
    actors: [fillsEach('A', [11, 12, 13], [14]), drains('R', 1, 9)],
  },
  {
    name: 'fill: spsc, round the ring',
    ring: spsc(3, { firstSequence: 2 ** 29 - 2 }),
    order: 'strict',
    actors: [fillsEach('A', [11, 12, 13], [14, 15]), polls('R', 3)],
  },
  {
    name: 'fill: spsc, the callback throws',
    ring: spsc(2),
    order: 'strict',
    actors: [
      writer('A', function* (self) {
        yield* fills(self, [11, 12], { throwAt: 1 });
        yield* self.offer(13);
      }),
      polls('R', 2),
    ],
  },
  {
    name: 'fill: spsc, variable size',
    ring: spsc(4, { variable: true }),
    order: 'strict',
    actors: [fillsEach('A', [12, 21], [33, 41]), drains('R', 9, 9)],
  },
  {
    name: 'fill: spsc, closed by a third',
    ring: spsc(2),
    order: 'strict',
    actors: [fillsEach('A', [11], [12, 13]), takes('R'), closes()],
  },
  {
    name: 'fill: spsc, the writer dies',
    ring: spsc(2),
    budgets: { mayDie: [0] },
    actors: [fillsEach('A', [11, 12]), polls('R', 2), succeeds('S', 0, 21)],
  },
  ...(['fixed', 'variable'] as const).flatMap((size) => [
    {
      name: `fill: spsc, the callback writes (${size} size)`,
      ring: spsc(2, { variable: size === 'variable' }),
      actors: [
        writer('A', function* (self) {
          yield* fills(self, [11, 21], { writesAt: 1 });
        }),
        polls('R', 1),
      ],
    },
    {
      name: `fill: spsc, a message is not set (${size} size)`,
      ring: spsc(2, { variable: size === 'variable' }),
      order: 'strict' as const,
      actors: [
        writer('A', function* (self) {
          yield* fills(self, [11, 21], { unsetAt: 1 });
          yield* self.offer(31);
        }),
        polls('R', 2),
      ],
    },
  ]),
  {
    name: 'fill: spsc, drop-newest',
    ring: spsc(1, { overflow: 'drop-newest' }),
    order: 'none',
    actors: [fillsEach('A', [11, 12, 13]), polls('R', 1)],
  },
  {
    name: 'fill: two writers, the callback writes',
    ring: mpmc(2),
    actors: [
      writer('A', function* (self) {
        yield* fills(self, [11, 12], { writesAt: 1 });
      }),
      polls('R', 1),
    ],
  },
  {
    name: 'fill: two writers, more than fit',
    ring: mpmc(1),
    actors: [fillsEach('A', [11, 12]), polls('R', 2)],
  },
  {
    name: 'fill: two writers, in two runs',
    ring: mpmc(2),
    actors: [
      writer('A', function* (self) {
        yield* self.offer(11);
        yield* fills(self, [12, 13]);
      }),
      polls('R', 2),
    ],
  },
  {
    name: 'fill: two writers, round the ring',
    ring: mpmc(3, { firstSequence: 3 }),
    actors: [fillsEach('A', [11, 12]), offers('B', 21), drains('R', 9, 9)],
  },
  {
    name: 'fill: two writers',
    ring: mpmc(3),
    actors: [fillsEach('A', [11, 12]), fillsEach('B', [21, 22]), drains('R', 9, 9)],
  },
  {
    name: 'fill: two writers, the callback throws',
    ring: mpmc(2),
    actors: [
      writer('A', function* (self) {
        yield* fills(self, [11, 12], { throwAt: 1 });
        yield* fills(self, [13]);
      }),
      offers('B', 21),
      polls('R', 2),
    ],
  },
  {
    name: 'fill: two writers, variable size',
    ring: mpmc(4, { variable: true }),
    order: 'none',
    actors: [fillsEach('A', [12, 21]), offers('B', 31), drains('R', 9, 9)],
  },
  {
    name: 'fill: two writers, one dies',
    ring: mpmc(3),
    budgets: { mayDie: [0] },
    actors: [fillsEach('A', [11, 12]), offers('B', 21), polls('R', 2), supervises('X', 0)],
  },
  {
    name: 'fill: broadcast',
    ring: broadcast(2),
    order: 'any-full',
    actors: [fillsEach('A', [11, 12, 13], [14]), polls('R', 2), drains('S', 9)],
  },
];

export const CLAIMED: Scenario[] = [
  {
    name: 'claim: spsc, published and given back',
    ring: spsc(1),
    order: 'strict',
    actors: [claimsEach('A', 1, 11, undefined, 12), polls('R', 2)],
  },
  {
    name: 'claim: spsc, shorter than claimed',
    ring: spsc(4, { variable: true }),
    order: 'strict',
    actors: [claimsEach('A', 2, 12, 21), polls('R', 2)],
  },
  {
    name: 'claim: spsc, several slots that do not fit',
    ring: spsc(3, { variable: true }),
    order: 'strict',
    actors: [claimsEach('A', 2, 12, 22), polls('R', 2)],
  },
  {
    name: 'claim: spsc, other calls beside it',
    ring: spsc(2),
    order: 'strict',
    actors: [
      writer('A', function* (self) {
        yield* claimsAlone(self, 11);
        yield* self.offer(12);
      }),
      polls('R', 2),
    ],
  },
  {
    name: 'claim: two writers, other calls beside it',
    ring: mpmc(2),
    actors: [
      writer('A', function* (self) {
        yield* claimsAlone(self, 11);
        yield* self.offer(12);
      }),
      polls('R', 2),
    ],
  },
  {
    name: 'claim: spsc, closed by a third',
    ring: spsc(1),
    order: 'strict',
    actors: [claimsEach('A', 1, 11, 12), takes('R'), closes()],
  },
  {
    name: 'claim: spsc, beside a parked reader',
    ring: spsc(1),
    order: 'strict',
    actors: [claimsEach('A', 1, undefined, 11), takes('R', 1)],
  },
  {
    name: 'claim: spsc, the writer dies',
    ring: spsc(1),
    budgets: { mayDie: [0] },
    actors: [claimsEach('A', 1, undefined, 11), polls('R', 1), succeeds('S', 0, 21)],
  },
  {
    name: 'claim: two writers',
    ring: mpmc(1),
    actors: [claimsEach('A', 1, 11, 12), claimsEach('B', 1, undefined, 21), polls('R', 2)],
  },
  {
    name: 'claim: two writers, shorter than claimed',
    ring: mpmc(4, { variable: true }),
    actors: [claimsEach('A', 2, 12, 21), offers('B', 31), polls('R', 2)],
  },
  {
    name: 'claim: two writers, closed by a third',
    ring: mpmc(1),
    actors: [claimsEach('A', 1, 11), offers('B', 21), takes('R'), closes()],
  },
  {
    name: 'claim: two writers, one dies',
    ring: mpmc(1),
    budgets: { mayDie: [0] },
    actors: [claimsEach('A', 1, 11), offers('B', 21), polls('R', 2), supervises('X', 0)],
  },
  {
    name: 'claim: broadcast',
    ring: broadcast(1),
    order: 'any-full',
    actors: [claimsEach('A', 1, 11, 12), polls('R', 2)],
  },
  {
    name: 'claim: meeting',
    ring: mpmc(0),
    order: 'none',
    patience: true,
    budgets: { timeouts: 1 },
    actors: [
      claimsEach('A', 1, 11),
      reader('R', function* (self) {
        yield* self.takeSync(1);
      }),
    ],
  },
];

const loops = (name: string, most?: number): Actor =>
  awaiting(
    reader(name, function* (self) {
      yield* iterates(self, most);
    }),
  );

/** `for await` over batches. */
export const ITERATED: Scenario[] = [
  {
    name: 'for await: until the end',
    ring: spsc(2),
    order: 'strict',
    actors: [closesAfter('A', 11, 12, 13), loops('R')],
  },
  {
    name: 'for await: left in the middle of a batch',
    ring: spsc(3),
    order: 'strict',
    actors: [
      offers('A', 11, 12, 13),
      awaiting(
        reader('R', function* (self) {
          yield* iterates(self, 2);
          yield* self.poll();
        }),
      ),
    ],
  },
  {
    name: 'for await: messages of several slots',
    ring: spsc(4, { variable: true }),
    order: 'strict',
    actors: [closesAfter('A', 13, 22, 31), loops('R')],
  },
  {
    name: 'for await: two readers, closed by a third',
    ring: mpmc(2),
    actors: [puts('A', 11, 12), loops('R'), loops('S'), closes()],
  },
  {
    name: 'for await: one of two readers leaves',
    ring: mpmc(3),
    order: 'none',
    patience: true,
    actors: [puts('A', 11, 12, 13), loops('R', 1), polls('S', 2)],
  },
  {
    name: 'for await: a reader dies',
    ring: mpmc(2),
    order: 'none',
    budgets: { mayDie: [1] },
    patience: true,
    actors: [
      closesAfter('A', 11, 12),
      loops('R'),
      both('S', function* (self) {
        yield* self.join(3);
        while ((yield* self.poll()) !== undefined);
      }),
      supervises('X', 1),
    ],
  },
  {
    name: 'for await: broadcast',
    ring: broadcast(1),
    actors: [closesAfter('A', 11, 12), loops('R')],
  },
  {
    name: 'for await: levels of urgency',
    ring: levels(1),
    actors: [
      writer('A', function* (self) {
        yield* self.offer(111);
        yield* self.offer(12);
        yield* self.close();
      }),
      loops('R'),
    ],
  },
];
