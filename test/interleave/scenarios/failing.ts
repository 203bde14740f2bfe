import { iterates } from '../in-place.ts';
import type { Scenario } from '../scenario.ts';
import { type Actor, FAILURE } from '../self.ts';
import { awaiting, awaitsPuts, awaitsTakes } from './awaited.ts';
import {
  closes,
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

const fails = (name = 'X'): Actor =>
  other(name, function* (self) {
    yield* self.failRing();
  });

const failsAfter = (name: string, ...values: number[]): Actor =>
  writer(name, function* (self) {
    for (const value of values) yield* self.putSync(value);
    yield* self.failRing();
  });

/** Once these threads have ended, writes to both levels, which must be refused alike if the ring has ended. */
const offersBoth = (name: string, ...threads: number[]): Actor =>
  writer(name, function* (self) {
    for (const thread of threads) yield* self.join(thread);
    if (!(yield* self.isClosed())) return;
    for (const value of [11, 111]) {
      yield* self.offer(value);
      if (self.lastOutcome !== 'refused')
        self.fail(`The ring has ended, and ${value} is ${self.lastOutcome}.`);
    }
  });

/** Polls until there is nothing, once the ring was failed and these threads have ended, and is told why. */
const pollsToTheEnd = (name: string, ...threads: number[]): Actor =>
  reader(name, function* (self) {
    for (const thread of threads) yield* self.join(thread);
    while ((yield* self.poll()) !== undefined);
    if (self.lastOutcome !== 'ended') self.fail('The ring has failed, and a poll does not say so.');
  });

const drainsToTheEnd = (name: string): Actor =>
  reader(name, function* (self) {
    while ((yield* self.drainSync()).length > 0);
  });

/** Rings that end with an error, which all must be told, after the last message. */
export const FAILING: Scenario[] = [
  {
    name: 'fail: spsc, by the writer',
    ring: spsc(1),
    order: 'strict',
    actors: [failsAfter('A', 11, 12), takes('R')],
  },
  {
    name: 'fail: spsc, by a third',
    ring: spsc(1),
    order: 'strict',
    actors: [puts('A', 11, 12), takes('R'), fails()],
  },
  {
    name: 'fail: spsc, polled and drained',
    ring: spsc(2),
    order: 'strict',
    actors: [failsAfter('A', 11, 12), drains('R', 1, 9, 9)],
  },
  {
    name: 'fail: spsc, drained to the end',
    ring: spsc(2),
    order: 'strict',
    actors: [failsAfter('A', 11, 12), drainsToTheEnd('R')],
  },
  {
    name: 'fail: spsc, a writer waits',
    ring: spsc(1),
    order: 'strict',
    actors: [puts('A', 11, 12), fails()],
  },
  {
    name: 'fail: spsc, awaited',
    ring: spsc(1),
    order: 'strict',
    actors: [awaitsPuts('A', 11, 12), awaitsTakes('R'), fails()],
  },
  {
    name: 'fail: spsc, for await',
    ring: spsc(1),
    order: 'strict',
    actors: [
      failsAfter('A', 11, 12),
      awaiting(
        reader('R', function* (self) {
          yield* iterates(self);
        }),
      ),
    ],
  },
  {
    name: 'fail: against a close',
    ring: spsc(2),
    order: 'strict',
    actors: [offers('A', 11, 12), takes('R'), fails('F'), closes('C')],
  },
  {
    name: 'close: by two at once',
    ring: spsc(2),
    order: 'strict',
    actors: [offers('A', 11, 12), takes('R'), closes('C'), closes('D')],
  },
  {
    name: 'close: mpmc, by two at once',
    ring: mpmc(2),
    actors: [offers('A', 11, 12), polls('R', 1), closes('C'), closes('D')],
  },
  {
    name: 'close: broadcast, by two at once',
    ring: broadcast(2),
    actors: [offers('A', 11, 12), polls('R', 1), closes('C'), closes('D')],
  },
  {
    name: 'fail: by two at once',
    ring: spsc(1),
    order: 'strict',
    actors: [puts('A', 11), takes('R'), fails('F'), fails('G')],
  },
  {
    name: 'fail: whoever fails it dies, repaired',
    ring: spsc(1),
    order: 'none',
    budgets: { mayDie: [2] },
    actors: [
      puts('A', 11),
      reader('R', function* (self) {
        yield* self.takeSync();
        yield* self.join(3);
        if (yield* self.isClosed()) yield* self.takeSync();
      }),
      fails(),
      other('S', function* (self) {
        yield* self.attach([]);
        yield* self.repairIfDead(2);
      }),
    ],
  },
  {
    name: 'fail: mpmc, two writers',
    ring: mpmc(2),
    actors: [failsAfter('A', 11), offers('B', 21, 22), takes('R')],
  },
  {
    name: 'fail: mpmc, of a full ring',
    ring: mpmc(1),
    actors: [puts('A', 11), puts('B', 21), fails()],
  },
  {
    name: 'fail: mpmc, two readers',
    ring: mpmc(1),
    actors: [puts('A', 11, 12), takes('R'), polls('S', 1), fails()],
  },
  {
    name: 'fail: mpmc, awaited',
    ring: mpmc(1),
    actors: [awaitsPuts('A', 11), awaitsTakes('R'), fails()],
  },
  {
    name: 'fail: broadcast',
    ring: broadcast(2),
    actors: [failsAfter('A', 11, 12), takes('R'), polls('S', 2)],
  },
  {
    name: 'fail: levels of urgency',
    ring: levels(1),
    actors: [offers('A', 111, 11), takes('R'), fails()],
  },
  {
    name: 'fail: levels of urgency, against a close',
    ring: levels(1),
    actors: [fails('F'), closes('C'), offers('B', 111), offersBoth('A', 0, 1)],
  },
  {
    name: 'fail: levels of urgency, by two at once',
    ring: levels(1),
    actors: [fails('F'), fails('G'), offers('B', 111), offersBoth('A', 0, 1)],
  },
  {
    name: 'fail: levels of urgency, whoever fails them dies',
    ring: levels(1),
    order: 'none',
    budgets: { mayDie: [0] },
    actors: [fails('F'), supervises('X', 0), offersBoth('A', 1)],
  },
  {
    name: 'fail: levels of urgency, whoever fails them dies beside a close',
    ring: levels(1),
    order: 'none',
    budgets: { mayDie: [0] },
    actors: [fails('F'), supervises('X', 0), closes('C'), offersBoth('A', 1, 2)],
  },
  {
    name: 'fail: levels of urgency, polled',
    ring: levels(1),
    actors: [fails('F'), offers('A', 111), pollsToTheEnd('R', 0, 1)],
  },
  {
    name: 'fail: spsc, polled',
    ring: spsc(1),
    actors: [fails('F'), offers('A', 11), pollsToTheEnd('R', 0, 1)],
  },
  {
    name: 'fail: mpmc, polled',
    ring: mpmc(1),
    actors: [fails('F'), offers('A', 11), pollsToTheEnd('R', 0, 1)],
  },
  {
    name: 'fail: broadcast, polled',
    ring: broadcast(1),
    actors: [fails('F'), offers('A', 11), pollsToTheEnd('R', 0, 1)],
  },
  {
    name: 'fail: mpmc, whoever fails it dies, repaired and polled',
    ring: mpmc(1),
    order: 'none',
    budgets: { mayDie: [0] },
    actors: [
      fails('F'),
      supervises('X', 0),
      reader('R', function* (self) {
        yield* self.join(1);
        if (!(yield* self.isClosed())) return;
        yield* self.poll();
        if (self.lastOutcome !== 'ended') self.fail('The ring has failed, and a poll does not say so.');
      }),
    ],
  },
  {
    name: 'fail: mpmc, while another thread is repaired',
    ring: mpmc(1),
    order: 'none',
    budgets: { mayDie: [1] },
    actors: [
      fails('F'),
      other('D', function* (self) {
        yield* self.isClosed();
      }),
      supervises('X', 1),
      reader('R', function* (self) {
        yield* self.join(0);
        yield* self.join(2);
        yield* self.takeSync();
        if (self.world.told !== FAILURE) self.fail(`The end is told as "${self.world.told}".`);
      }),
    ],
  },
];
