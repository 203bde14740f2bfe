import { describe, expect, test } from 'vitest';
import type { Budgets } from './actions.ts';
import { DporSearch } from './dpor.ts';
import { EverySchedule, type Little, LittleProgram } from './little-programs.ts';
import { EXPLORER_MUTANTS, withBug } from './mutants-explorer.ts';
import { random } from './searches.ts';

/** The explorer itself, on programs of which all that can happen is known. */

const times = (count: number, step: Little): Little[] => Array.from({ length: count }, () => step);
const threads = (count: number, make: (thread: number) => readonly Little[]): (readonly Little[])[] =>
  Array.from({ length: count }, (_, thread) => make(thread));

describe('one schedule for each order that matters', () => {
  const store = (index: number): Little => ['store', index, 7];
  const load = (index: number): Little => ['load', index];
  test.each<[string, (readonly Little[])[], number]>([
    ['three threads, each with a variable of its own', threads(3, (t) => times(3, ['add', t, 1])), 1],
    ['four readers', threads(4, () => [load(0)]), 1],
    ['three writers: 3!', threads(3, () => [store(0)]), 6],
    ['four writers: 4!', threads(4, () => [store(0)]), 24],
    ['two threads, three writes each: 6 over 3', threads(2, () => times(3, store(0))), 20],
    ['three threads, two writes each: 6! / 2!³', threads(3, () => times(2, store(0))), 90],
    ['one writer, three readers: 2³', [[store(0)], ...threads(3, () => [load(0)])], 8],
    [
      'two variables written the other way round',
      [
        [store(0), store(1)],
        [store(1), store(0)],
      ],
      3,
    ],
    [
      'store buffers',
      [
        [store(0), load(1)],
        [store(1), load(0)],
      ],
      3,
    ],
    ['failed exchanges read', threads(3, () => [['compareExchange', 0, 5, 6]]), 1],
    ['a join is in order', [[store(0)], [['join', 0, 0], load(0)]], 1],
  ])('%s', (_, program, count) => {
    const found = new LittleProgram(program).explore(new DporSearch());
    expect(found.runs).toBe(count);
    expect(found.traces.size).toBe(count);
  });
});

test('a wake-up that comes too early is found', () => {
  const program = new LittleProgram([
    [['wait', 0, 0]],
    [
      ['notify', 0],
      ['store', 0, 1],
    ],
  ]);
  const stuck = [...program.explore(new DporSearch()).outcomes].filter((each) => each.includes('Nobody'));
  expect(stuck).toHaveLength(1);
});

const SEED = 4;
const PROGRAMS = 150;
/** Programs with more schedules than this are left out. */
const MOST = 3000;

function arbitraryStep(thread: number, below: (limit: number) => number): Little {
  const index = below(2);
  const ops = ['load', 'store', 'add', 'compareExchange', 'wait', 'notify', 'join', 'store', 'load'] as const;
  const op = ops[below(ops.length)] as (typeof ops)[number];
  // Each thread sleeps on a word of its own, as in a parking lot, and joins only threads before it.
  if (op === 'wait') return [op, 1 + thread, below(2), below(2) === 0 ? 5 : Number.POSITIVE_INFINITY];
  if (op === 'notify') return [op, 1 + below(3)];
  if (op === 'join') return thread === 0 ? ['load', 0] : [op, 0, below(thread)];
  return [op, index, below(3), below(3)];
}

type Shape = readonly [(readonly Little[])[], Partial<Budgets>];

function arbitraryPrograms(): Shape[] {
  const next = random(SEED);
  const below = (limit: number) => Math.floor(next() * limit);
  return Array.from({ length: PROGRAMS }, () => {
    const steps = (t: number) => Array.from({ length: 1 + below(3) }, () => arbitraryStep(t, below));
    const mayDie = below(3) === 0 ? [0] : [];
    return [threads(2 + below(2), steps), { spurious: below(2), timeouts: below(2), mayDie }];
  });
}

interface Modules {
  readonly LittleProgram: typeof LittleProgram;
  readonly DporSearch: typeof DporSearch;
}

/** Rare among the arbitrary ones: who is woken by which of two. */
const TWO_WAKERS: Shape = [
  [
    [
      ['wait', 1, 0],
      ['load', 0],
    ],
    [['notify', 1]],
    [
      ['notify', 1],
      ['store', 0, 1],
    ],
  ],
  {},
];

const known = [TWO_WAKERS, ...arbitraryPrograms()]
  .map((shape) => ({ shape, every: new LittleProgram(...shape).explore(new EverySchedule(), MOST) }))
  .filter(({ every }) => every.runs < MOST);

/** The first program that this search explores wrongly. */
function wrong(modules: Modules): Shape | undefined {
  return known.find(({ shape, every }) => {
    try {
      const found = new modules.LittleProgram(...shape).explore(new modules.DporSearch(), MOST);
      const twice = found.runs - found.traces.size;
      return twice > 0 || !same(found.outcomes, every.outcomes) || !same(found.traces, every.traces);
    } catch {
      return true;
    }
  })?.shape;
}

const same = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  `${[...a].sort()}` === `${[...b].sort()}`;

describe('dynamic partial-order reduction against every schedule, on arbitrary little programs', () => {
  test('the same outcomes and traces, each trace once', () => {
    expect(known.length).toBeGreaterThan(PROGRAMS * 0.8);
    expect(wrong({ LittleProgram, DporSearch })).toBeUndefined();
  });

  test.each(EXPLORER_MUTANTS.map((each) => [each.name, each] as const))(
    'seeded bug: %s',
    async (_, mutant) => {
      const found = await withBug(mutant, async (directory) => {
        const { LittleProgram } = await import(`${directory}/little-programs.ts`);
        const { DporSearch } = await import(`${directory}/dpor.ts`);
        return wrong({ LittleProgram, DporSearch });
      });
      expect(found).toBeDefined();
    },
  );
});
