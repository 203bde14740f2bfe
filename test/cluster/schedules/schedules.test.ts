import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DedupTable } from '../../../dist/cluster/delivery/dedup-table.js';
import { DeliveryWindow } from '../../../dist/cluster/delivery/delivery-window.js';
import { KeyLanes } from '../../../dist/cluster/delivery/key-lanes.js';
import { Assignment } from '../../../dist/cluster/group/assignment.js';
import { Coordinator } from '../../../dist/cluster/group/coordinator.js';
import { Doorbell } from '../../../dist/cluster/group/doorbell.js';
import { type GroupMemory, SEAT } from '../../../dist/cluster/group/group-memory.js';
import { run, schedules } from './schedule.mjs';

/** `npm run verify:bus -- --schedules 10000` is the long form. */
const RUNS = 60;
const SEED = 5;

const holds = fc.asyncProperty(schedules, async (schedule) => {
  expect(await run(schedule)).toBeUndefined();
});

test('whatever happens to members and messages, nothing is lost, doubled or out of order', async () => {
  await fc.assert(holds, { seed: SEED, numRuns: RUNS });
}, 60_000);

// biome-ignore lint/suspicious/noExplicitAny: methods of any class are replaced.
type Method = (this: any, ...args: any[]) => any;

/** What is done while the bells of some members can't be rung. */
function unheard<R>(memory: GroupMemory, members: readonly number[], call: () => R): R {
  const places = members.filter((member) => member > 0).map((member) => memory.member(member, SEAT));
  const seats = places.map((place) => memory.words[place] as number);
  for (const place of places) memory.words[place] = 0;
  try {
    return call();
  } finally {
    for (const [i, place] of places.entries()) memory.words[place] = seats[i] as number;
  }
}

interface Bug {
  readonly name: string;
  readonly of: { readonly prototype: object };
  readonly method: string;
  readonly broken: (sound: Method) => Method;
}

const BUGS: readonly Bug[] = [
  {
    name: 'a message is committed before it is handled',
    of: Assignment,
    method: 'open',
    broken: (open) =>
      function (...args) {
        const opened = open.apply(this, args);
        if (opened) this.reader.commitTo((this.reader.sequence + 1) | 0);
        return opened;
      },
  },
  {
    name: 'ids are never remembered',
    of: DedupTable,
    method: 'claim',
    broken: (claim) =>
      function (id, ...args) {
        return claim.call(this, `${id}-${Math.random()}`, ...args);
      },
  },
  {
    name: 'messages of one key are on different lanes',
    of: KeyLanes,
    method: 'add',
    broken: (add) =>
      function (sequence) {
        return add.call(this, sequence, sequence);
      },
  },
  {
    name: 'what a dead member had stays its own',
    of: Coordinator,
    method: 'repair',
    broken: () => () => {},
  },
  {
    name: 'who waits for a partition sleeps on when it is released',
    of: Coordinator,
    method: 'release',
    broken: (release) =>
      function (partition, claimed) {
        const target = this.read().targets[partition];
        return unheard(this.memory, [target], () => release.call(this, partition, claimed));
      },
  },
  {
    name: 'a plan wakes nobody',
    of: Coordinator,
    method: 'plan',
    broken: (plan) =>
      function (seat) {
        return unheard(this.memory, this.members(), () => plan.call(this, seat));
      },
  },
  {
    name: 'a doorbell does not ring',
    of: Doorbell,
    method: 'ring',
    broken: () => () => {},
  },
  {
    name: 'a delay that was asked for is forgotten',
    of: DeliveryWindow,
    method: 'nack',
    broken: (nack) =>
      function (sequence, token) {
        return nack.call(this, sequence, token);
      },
  },
  {
    name: 'an acknowledgement is forgotten',
    of: DeliveryWindow,
    method: 'ack',
    broken: () => () => true,
  },
];

test.each(BUGS)(
  'a bus is found out in which $name',
  async ({ of, method, broken }) => {
    const methods = of.prototype as Record<string, Method>;
    const sound = methods[method] as Method;
    methods[method] = broken(sound);
    try {
      const { failed } = await fc.check(holds, { seed: SEED, numRuns: RUNS, endOnFailure: true });
      expect(failed).toBe(true);
    } finally {
      methods[method] = sound;
    }
  },
  60_000,
);
