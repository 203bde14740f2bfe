import type { Scenario } from '../scenario.ts';
import type { Actor } from '../self.ts';
import { batch, other, reader, ringOf } from './cast.ts';

const ring = ringOf('mpmc');

/** Takes all of a batch, which then is one record that was released. */
const drainsAfter = (name: string, thread: number): Actor =>
  reader(name, function* (self) {
    yield* self.join(thread);
    yield* self.drain();
  });

/** Comes when that thread has ended, so that it finds the ring free. */
const batchAfter = (name: string, thread: number, ...values: number[]): Actor =>
  other(name, function* (self) {
    yield* self.join(thread);
    yield* self.attach(['writer']);
    yield* self.offerAll(values);
  });

const pollsAfter = (name: string, thread: number): Actor =>
  reader(name, function* (self) {
    yield* self.join(thread);
    yield* self.poll();
  });

/**
 * A reader has seen that a batch was released, and asks how long it was, while the next lap's batch is written over it: the turn words
 * inside that one say its lap before its run words say how long its parts are. What a writer stores plainly between two atomic steps
 * is made visible last first here, as processors may that do not keep the order of stores: see `reordered.ts`.
 */
export const LAGGING: Scenario[] = [
  {
    name: 'a reader that lags by a lap, in the middle of a batch',
    ring: ring(4, { firstSequence: 1 }),
    order: 'none',
    reordered: true,
    actors: [batch('A', 11, 12, 13), drainsAfter('R', 0), batchAfter('B', 1, 21, 22), pollsAfter('S', 1)],
  },
  {
    name: 'a reader that lags by a lap, in the middle of a batch of variable size',
    ring: ring(4, { firstSequence: 1, variable: true }),
    order: 'none',
    reordered: true,
    actors: [batch('A', 11, 21, 31), drainsAfter('R', 0), batchAfter('B', 1, 41, 52), pollsAfter('S', 1)],
  },
];
