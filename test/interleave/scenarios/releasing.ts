import { selectsSync } from '../choosing.ts';
import type { Scenario } from '../scenario.ts';
import type { RingSetup } from '../subject.ts';
import { awaitsPuts } from './awaited.ts';
import { other, polls, puts, reader, ringOf, supervises, takes } from './cast.ts';

const spsc = ringOf('spsc');
const mpmc = ringOf('mpmc');

/** Takes a message, and looks once more: whoever was to be woken is by then. */
const looksAgain = reader('R', function* (self) {
  yield* self.takeSync();
  yield* self.poll();
});

/** Takes a message, and gives the reading end up. */
const detaches = reader('R', function* (self) {
  yield* self.takeSync();
  yield* self.reader.detach();
});

/** Gives the reading end up if the thread lives, so that another one can attach. */
const outlived = (ring: RingSetup): Scenario => ({
  name: `releasing: ${ring.topology}, the reader dies`,
  ring,
  order: 'none',
  patience: true,
  budgets: { mayDie: [1] },
  actors: [
    puts('A', 11, 12),
    detaches,
    supervises('X', 1),
    other('S', function* (self) {
      yield* self.join(2);
      yield* self.attach(['reader']);
      yield* self.poll();
    }),
  ],
});

const inRing = (name: string, ringOfCapacity: (capacity: number) => RingSetup): Scenario[] => [
  {
    name: `releasing: ${name}, the reader does not call again`,
    ring: ringOfCapacity(1),
    patience: true,
    actors: [puts('A', 11, 12), takes('R', 1)],
  },
  {
    name: `releasing: ${name}, the reader does not call again, an awaited put`,
    ring: ringOfCapacity(1),
    patience: true,
    actors: [awaitsPuts('A', 11, 12), takes('R', 1)],
  },
  {
    name: `releasing: ${name}, the reader calls again`,
    ring: ringOfCapacity(1),
    actors: [puts('A', 11, 12), looksAgain],
  },
  {
    name: `releasing: ${name}, the reader calls again, and knew of a message`,
    ring: ringOfCapacity(2),
    actors: [puts('A', 11, 12, 13), looksAgain],
  },
  {
    name: `releasing: ${name}, the reader detaches`,
    ring: ringOfCapacity(1),
    actors: [puts('A', 11, 12), detaches],
  },
  {
    name: `releasing: ${name}, the reader selects`,
    ring: { ...ringOfCapacity(1), lanes: 2 },
    actors: [
      puts('A', 11, 12),
      {
        name: 'R',
        ends: ['reader', 'second reader'],
        *run(self) {
          yield* self.takeSync();
          const found = yield* selectsSync(self);
          if (found) yield* found.poll();
        },
      },
    ],
  },
  outlived(ringOfCapacity(1)),
];

/** A writer sleeps, is woken before the message it waits for is released, and sleeps again before that. */
export const RELEASING: Scenario[] = [
  ...inRing('spsc', spsc),
  ...inRing('mpmc', mpmc),
  {
    name: 'releasing: two writers, the reader does not call again',
    ring: mpmc(1),
    patience: true,
    actors: [puts('A', 11), puts('B', 21), takes('R', 1)],
  },
  {
    name: 'releasing: variable size, the reader does not call again',
    ring: mpmc(4, { variable: true }),
    patience: true,
    actors: [puts('A', 13, 22), takes('R', 1)],
  },
  {
    name: 'releasing: another reader waits for the same slot',
    ring: mpmc(1),
    patience: true,
    actors: [puts('A', 11, 12), polls('R', 1), takes('S', 1)],
  },
  {
    name: 'releasing: a put that meets a reader, which does not call again',
    ring: mpmc(0),
    order: 'none',
    patience: true,
    actors: [puts('A', 11), takes('R', 1)],
  },
  {
    name: 'releasing: an awaited put that meets a reader, which does not call again',
    ring: mpmc(0),
    order: 'none',
    patience: true,
    actors: [awaitsPuts('A', 11), takes('R', 1)],
  },
  {
    name: 'releasing: a put that meets a reader, which dies',
    ring: mpmc(0),
    order: 'none',
    patience: true,
    budgets: { mayDie: [1] },
    actors: [
      puts('A', 11),
      takes('R', 1),
      supervises('X', 1),
      other('S', function* (self) {
        yield* self.join(2);
        if (!self.hasDied(1)) return;
        yield* self.attach(['reader']);
        yield* self.takeSync(1);
      }),
    ],
  },
];
