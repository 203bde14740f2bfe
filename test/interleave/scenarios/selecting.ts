import { selects, selectsAlone, selectsSync } from '../choosing.ts';
import type { Scenario } from '../scenario.ts';
import type { Actor, Patience } from '../self.ts';
import { awaiting } from './awaited.ts';
import { closesAfter, offers, other, polls, puts, reader, ringOf, takes } from './cast.ts';

const spsc = ringOf('spsc', { lanes: 2 });
const mpmc = ringOf('mpmc', { lanes: 2 });

const READERS = ['reader', 'second reader'] as const;
const WRITERS = ['writer', 'second writer'] as const;

/** Writes to the second ring; these messages have a 1 as their hundreds. */
const putsSecond = (name: string, ...values: number[]): Actor => ({
  name,
  ends: ['second writer'],
  *run(self) {
    for (const value of values) yield* self.second.putSync(value);
  },
});

/** Takes so many messages. One that was found may have been taken by another reader, or given up, until it is polled. */
const selectsEach = (name: string, times: number, after?: number): Actor => ({
  name,
  ends: READERS,
  *run(self) {
    if (after !== undefined) yield* self.join(after);
    for (let i = 0; i < times; ) {
      const found = yield* selectsSync(self);
      if (found && (yield* found.poll()) !== undefined) i++;
    }
  },
});

const awaitsSelects = (name: string, times: number, how: Patience = {}): Actor => ({
  name,
  ends: READERS,
  awaits: true,
  *run(self) {
    for (let i = 0; i < times; i++) {
      const found = yield* selects(self, how);
      if (found) yield* found.poll();
    }
  },
});

/** Waiting for two rings at once. */
export const SELECTING: Scenario[] = [
  {
    name: 'select: one message in each',
    ring: spsc(1),
    actors: [puts('A', 11), putsSecond('B', 121), selectsEach('R', 2)],
  },
  {
    name: 'select: two in the first',
    ring: spsc(1),
    actors: [puts('A', 11, 12), selectsEach('R', 2)],
  },
  {
    name: 'select: two in the second',
    ring: spsc(1),
    actors: [putsSecond('B', 121, 122), selectsEach('R', 2)],
  },
  {
    name: 'select: mpmc',
    ring: mpmc(1),
    patience: true,
    actors: [puts('A', 11), putsSecond('B', 121), selectsEach('R', 2)],
  },
  {
    name: 'select: the first of two that are ready',
    ring: spsc(1),
    actors: [
      {
        name: 'A',
        ends: [...WRITERS, ...READERS],
        *run(self) {
          yield* self.second.offer(121);
          yield* self.offer(11);
          if ((yield* selectsSync(self)) !== self)
            self.fail('The second of two that are ready was selected.');
        },
      },
    ],
  },
  {
    name: 'select: another reader is quicker',
    ring: mpmc(1),
    patience: true,
    actors: [puts('A', 11), putsSecond('B', 121), selectsEach('R', 1), polls('S', 1)],
  },
  {
    name: 'select: a message given back',
    ring: mpmc(1),
    order: 'none',
    patience: true,
    actors: [
      puts('A', 11),
      reader('S', function* (self) {
        yield* self.batch(1, true);
      }),
      selectsEach('R', 1),
    ],
  },
  {
    name: 'select: one is closed',
    ring: spsc(1),
    actors: [
      closesAfter('A'),
      putsSecond('B', 121),
      {
        name: 'R',
        ends: READERS,
        *run(self) {
          const found = yield* selectsSync(self);
          if (found) yield* found.poll();
        },
      },
    ],
  },
  {
    name: 'select: one is closed, nothing is written',
    ring: spsc(1),
    actors: [
      closesAfter('A'),
      {
        name: 'R',
        ends: READERS,
        *run(self) {
          if ((yield* selectsSync(self)) !== self) self.fail('The ring that is open was selected.');
        },
      },
    ],
  },
  {
    name: 'select: time-outs',
    ring: spsc(1),
    patience: true,
    budgets: { timeouts: 1 },
    actors: [
      putsSecond('B', 121),
      {
        name: 'R',
        ends: READERS,
        *run(self) {
          for (let i = 0; i < 2; i++) {
            const found = yield* selectsSync(self, 5);
            if (found && (yield* found.poll()) === undefined)
              self.fail('A ring without messages was selected.');
          }
        },
      },
    ],
  },
  {
    name: 'select: awaited, one message in each',
    ring: spsc(1),
    actors: [puts('A', 11), putsSecond('B', 121), awaitsSelects('R', 2)],
  },
  {
    name: 'select: awaited, two in the second',
    ring: spsc(1),
    actors: [putsSecond('B', 121, 122), awaitsSelects('R', 2)],
  },
  {
    name: 'select: awaited, given up',
    ring: spsc(1),
    patience: true,
    budgets: { timeouts: 2 },
    actors: [putsSecond('B', 121), awaitsSelects('R', 2, { timeout: 5, abortAfter: 6 })],
  },
  {
    name: 'select: awaited, given up by time',
    ring: spsc(1),
    patience: true,
    budgets: { timeouts: 2 },
    actors: [putsSecond('B', 121), awaitsSelects('R', 2, { timeout: 5 })],
  },
  {
    name: 'select: awaited, given up by a signal',
    ring: spsc(1),
    patience: true,
    budgets: { timeouts: 2 },
    actors: [putsSecond('B', 121), awaitsSelects('R', 2, { abortAfter: 6 })],
  },
  {
    name: 'select: awaited, two at once in one thread, one after the other',
    ring: spsc(1),
    patience: true,
    actors: [
      {
        name: 'A',
        ends: WRITERS,
        *run(self) {
          yield* self.second.putSync(121);
          yield* self.second.putSync(122); // Only when the first one was taken.
          yield* self.putSync(11);
        },
      },
      awaiting({
        name: 'R',
        ends: READERS,
        *run(self) {
          const first = self.spawn(selectsAlone(self.strand(1)));
          const second = self.spawn(selectsAlone(self.second.strand(2)));
          yield* self.settled(second);
          yield* self.settled(first);
        },
      }),
    ],
  },
  {
    name: 'select: the one that selects dies',
    ring: mpmc(1),
    order: 'none',
    budgets: { mayDie: [1] },
    actors: [
      puts('A', 11),
      selectsEach('R', 1),
      other('X', function* (self) {
        yield* self.repairIfDead(1);
        yield* self.second.attach([]);
        yield* self.second.repairIfDead(1);
      }),
    ],
    patience: true,
  },
  {
    name: 'select: behind a dead claim that nobody repairs',
    ring: mpmc(2),
    order: 'none',
    budgets: { mayDie: [0] },
    patience: true,
    actors: [putsSecond('A', 121), putsSecond('B', 131), selectsEach('R', 1, 0)],
  },
  {
    name: 'select: awaited, behind a dead claim that nobody repairs',
    ring: mpmc(2),
    order: 'none',
    budgets: { mayDie: [0] },
    patience: true,
    actors: [
      putsSecond('A', 121),
      putsSecond('B', 131),
      awaiting({
        name: 'R',
        ends: READERS,
        *run(self) {
          yield* self.join(0);
          while ((yield* ((yield* selects(self)) ?? self).poll()) === undefined);
        },
      }),
    ],
  },
  {
    name: 'select: room in one of two rings',
    ring: spsc(1),
    patience: true,
    actors: [
      {
        name: 'W',
        ends: WRITERS,
        *run(self) {
          for (const [end, value] of [
            [self, 11],
            [self.second, 121],
          ] as const)
            yield* end.offer(value);
          const refused = [yield* self.offer(12), yield* self.second.offer(122)];
          if (refused.includes(true)) return; // There was room at once.
          const found = yield* selectsSync(self, undefined, 'writer');
          if (found && !(yield* found.offer(found === self ? 13 : 123)))
            self.fail('The selected ring is full.');
        },
      },
      {
        name: 'R',
        ends: ['second reader'],
        *run(self) {
          yield* self.second.takeSync();
        },
      },
      takes('S', 1),
    ],
  },
  {
    name: 'select: whoever selects promises no writer to meet it',
    ring: mpmc(0),
    order: 'none',
    patience: true,
    actors: [offers('A', 11), putsSecond('B', 121), selectsEach('R', 1)],
  },
];
