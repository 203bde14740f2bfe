import type { Scenario } from '../scenario.ts';
import type { Actor } from '../self.ts';
import type { RingSetup } from '../subject.ts';
import { other } from './cast.ts';

/** Values of two words; of variable size, of as many pairs as their last digit says. */
const cell = (more: Partial<RingSetup> = {}): RingSetup => ({ topology: 'latest', capacity: 4, ...more });

const sets = (name: string, ...values: number[]): Actor =>
  opened(name, function* (self) {
    for (const value of values) yield* self.set(value);
  });

const gets = (name: string, times: number): Actor =>
  opened(name, function* (self) {
    for (let i = 0; i < times; i++) yield* self.get();
  });

const opened = (name: string, run: Actor['run']): Actor => ({ ...other(name, run), ends: [] });

const setsAfter = (name: string, thread: number, value: number): Actor =>
  opened(name, function* (self) {
    yield* self.repairIfDead(thread);
    if (self.hasDied(thread)) yield* self.set(value);
  });

const triesToSet = (name: string, ...values: number[]): Actor =>
  opened(name, function* (self) {
    for (const value of values) yield* self.trySet(value);
  });

export const LATEST: Scenario[] = [
  {
    name: 'latest: two want to set',
    ring: cell(),
    actors: [triesToSet('A', 11, 12), triesToSet('B', 21), gets('R', 1)],
  },
  {
    name: 'latest: a reader dies, another one wants to set',
    ring: cell(),
    budgets: { mayDie: [1] },
    actors: [
      triesToSet('A', 11, 12),
      gets('R', 1),
      opened('B', function* (self) {
        yield* self.repairIfDead(1);
        yield* self.trySet(21);
      }),
    ],
  },
  { name: 'latest: one sets, one gets', ring: cell(), actors: [sets('A', 11, 12), gets('R', 1)] },
  {
    name: 'latest: one sets often, one gets',
    ring: cell(),
    actors: [sets('A', 11, 12, 13, 14), gets('R', 2)],
  },
  {
    name: 'latest: one sets, two get',
    ring: cell(),
    actors: [sets('A', 11, 12), gets('R', 1), gets('S', 2)],
  },
  {
    name: 'latest: values of variable size',
    ring: cell({ variable: true }),
    actors: [sets('A', 11, 22, 13), gets('R', 2)],
  },
  {
    name: 'latest: a value that shrinks',
    ring: cell({ variable: true, firstSequence: 5 }),
    actors: [sets('A', 23, 31, 43), gets('R', 1)],
  },
  {
    name: 'latest: the version passes 2 ** 31',
    ring: cell({ firstSequence: 2 ** 31 - 1 }),
    actors: [sets('A', 21, 22, 23), gets('R', 2)],
  },
  {
    name: 'latest: the version passes 0',
    ring: cell({ firstSequence: -2 }),
    actors: [sets('A', 21, 22, 23, 24), gets('R', 2)],
  },
  {
    name: 'latest: the version passes 0 while one gets',
    ring: cell({ firstSequence: -1 }),
    actors: [sets('A', 21, 22), gets('R', 1)],
  },
  {
    name: 'latest: the writer dies, another one sets',
    ring: cell(),
    budgets: { mayDie: [0] },
    actors: [sets('A', 11, 12), gets('R', 2), setsAfter('B', 0, 21)],
  },
  {
    name: 'latest: the writer of a large value dies',
    ring: cell({ variable: true, firstSequence: 5 }),
    budgets: { mayDie: [0] },
    actors: [sets('A', 23, 31), gets('R', 1), setsAfter('B', 0, 42)],
  },
  {
    name: 'latest: a reader dies, another one gets',
    ring: cell(),
    budgets: { mayDie: [1] },
    actors: [sets('A', 11, 12), gets('R', 1), gets('S', 1)],
  },
];
