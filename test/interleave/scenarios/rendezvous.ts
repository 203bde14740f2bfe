import type { Scenario } from '../scenario.ts';
import type { RingSetup } from '../world.ts';
import { closes, offers, polls, puts, reader, supervises, takes, writer } from './cast.ts';

const ring = (more: Partial<RingSetup> = {}): RingSetup => ({ topology: 'mpmc', capacity: 0, ...more });

/** Waits for a message, for a while. */
const waits = (name: string) =>
  reader(name, function* (self) {
    yield* self.takeSync(1);
  });
/** Puts a message, and takes it back when nobody comes for a while. */
const stands = (name: string, value: number) =>
  writer(name, function* (self) {
    yield* self.putSync(value, 1);
  });

/** Rings of capacity 0. There is no queue to compare with: nothing is lost, doubled or left standing. */
export const RENDEZVOUS: Scenario[] = [
  {
    name: 'meeting: two puts, one reader',
    ring: ring(),
    order: 'none',
    actors: [puts('A', 11), puts('B', 21), takes('R', 2)],
  },
  {
    name: 'meeting: a put that may be withdrawn, two looks',
    ring: ring(),
    order: 'none',
    budgets: { timeouts: 1 },
    patience: true,
    actors: [stands('A', 11), polls('R', 1), polls('S', 1)],
  },
  {
    name: 'meeting: two offers, two readers that may go',
    ring: ring(),
    order: 'none',
    budgets: { timeouts: 2 },
    patience: true,
    actors: [offers('A', 11), offers('B', 21), waits('R'), waits('S')],
  },
  {
    name: 'meeting: an offer and a put, a reader that may go and one that looks',
    ring: ring(),
    order: 'none',
    budgets: { timeouts: 2 },
    patience: true,
    actors: [offers('A', 11), stands('B', 21), waits('R'), polls('S', 1)],
  },
  {
    name: 'meeting: messages of several slots',
    ring: ring({ variable: true }),
    order: 'none',
    budgets: { timeouts: 2 },
    patience: true,
    actors: [offers('A', 12), stands('B', 21), waits('R'), waits('S')],
  },
  {
    name: 'meeting: close',
    ring: ring(),
    order: 'none',
    actors: [puts('A', 11), takes('R', 1), closes()],
  },
  {
    name: 'meeting: close against an offer',
    ring: ring(),
    order: 'none',
    actors: [offers('A', 11), takes('R', 2), closes()],
  },
  {
    name: 'meeting: a waiting reader dies',
    ring: ring(),
    order: 'none',
    budgets: { mayDie: [1], timeouts: 3 },
    patience: true,
    actors: [stands('A', 11), waits('R'), waits('S'), supervises('X', 1)],
  },
  {
    name: 'meeting: a reader dies that may have been handed an offer',
    ring: ring(),
    order: 'none',
    budgets: { mayDie: [1], timeouts: 2 },
    patience: true,
    actors: [offers('A', 11, 12), waits('R'), waits('S'), supervises('X', 1)],
  },
  {
    name: 'meeting: a standing writer dies',
    ring: ring(),
    order: 'none',
    budgets: { mayDie: [0], timeouts: 1 },
    patience: true,
    actors: [puts('A', 11), waits('R'), supervises('X', 0)],
  },
];
