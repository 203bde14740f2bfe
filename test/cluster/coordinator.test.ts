import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { Coordinator } from '../../src/cluster/group/coordinator.ts';
import { GroupMemory, groupWords } from '../../src/cluster/group/group-memory.ts';
import { Membership } from '../../src/cluster/group/membership.ts';
import { fewestMoves, loadsOf, moved } from './moves.ts';

const PARTITIONS = 6;
const rung: number[] = [];
let coordinator: Coordinator;

beforeEach(() => {
  const memory = new GroupMemory(new SharedArrayBuffer(groupWords(PARTITIONS) * 4), 0, PARTITIONS);
  rung.length = 0;
  coordinator = new Coordinator(memory, (seat) => rung.push(seat));
});

const seat = (number: number) => ({ number, token: 100 + number });
const member = (number: number, memberId?: string) =>
  new Membership(coordinator, seat(number), 'sticky', memberId);
const owners = () => Array.from({ length: PARTITIONS }, (_, partition) => coordinator.ownerOf(partition));

/** Everybody follows the plan until nothing changes any more. */
function settle(...members: Membership[]): void {
  while (members.some(({ changed }) => changed)) {
    for (const one of members) for (const partition of one.follow().lost) one.release(partition);
  }
}

describe('a group', () => {
  test('gives everything to its only member, and half of it to the next', () => {
    const a = member(1);
    settle(a);
    expect(owners()).toEqual([1, 1, 1, 1, 1, 1]);
    const b = member(2);
    expect(rung).toContain(1);
    settle(a, b);
    expect(owners().filter((owner) => owner === a.member)).toHaveLength(3);
    expect(owners().filter((owner) => owner === b.member)).toHaveLength(3);
  });

  test('leaves what does not move with its owner, under the same claim', () => {
    const a = member(1);
    const claims = a.follow().gained;
    const b = member(2);
    settle(a, b);
    const kept = [...claims].filter(([partition]) => coordinator.ownerOf(partition) === a.member);
    expect(kept).toHaveLength(3);
    for (const [partition, claim] of kept) expect(a.holds(partition, claim)).toBe(true);
  });

  test('does not give a partition away before its owner has released it, and wakes its new owner then', () => {
    const a = member(1);
    a.follow();
    const b = member(2);
    const { gained } = b.follow();
    expect(gained.size).toBe(0);
    expect(b.waiting).toBe(true);
    expect(b.changed).toBe(false);
    const { lost } = a.follow();
    rung.length = 0;
    a.release(lost[0] as number);
    expect(rung).toEqual([2]);
    expect(b.changed).toBe(true);
    expect([...b.follow().gained.keys()]).toEqual([lost[0]]);
  });

  test('fences: a claim is void once it was released, also when the same member claims again', () => {
    const a = member(1);
    const claim = a.follow().gained.get(0) as number;
    a.release(0);
    expect(a.holds(0, claim)).toBe(false);
    expect(coordinator.claim(0, a.member)).not.toBe(claim);
    expect(coordinator.release(0, claim)).toBe(false);
    expect(a.holds(0, claim)).toBe(false);
  });

  test('hands on what a dead member had', () => {
    const a = member(1);
    const b = member(2);
    settle(a, b);
    const lost: number[] = [];
    coordinator.repair(seat(1).token, 3, (partition) => lost.push(partition));
    expect(lost).toHaveLength(3);
    settle(b);
    expect(owners()).toEqual(Array(PARTITIONS).fill(b.member));
    coordinator.repair(seat(1).token, 3);
    expect(owners()).toEqual(Array(PARTITIONS).fill(b.member));
  });

  test('a repair that comes late leaves alone what a newcomer has made of the line', () => {
    const dead = member(1);
    settle(dead);
    let newcomer: Membership | undefined;
    coordinator.repair(seat(1).token, 3, () => {
      if (newcomer !== undefined) return;
      coordinator.repair(seat(1).token, 4); // Another thread repairs the same one, and is quicker.
      newcomer = member(5);
      settle(newcomer);
    });
    expect(newcomer?.member).toBe(dead.member);
    expect(coordinator.members()).toEqual([dead.member]);
    expect(owners()).toEqual(Array(PARTITIONS).fill(dead.member));
    expect(newcomer?.changed).toBe(false);
  });

  test('takes a line back whose thread died while it was joining', () => {
    const words = coordinator.memory.words;
    words[coordinator.memory.member(1, 0)] = (seat(9).token << 3) | 1;
    expect(member(2).member).toBe(2);
    coordinator.repair(seat(9).token, 3);
    expect(member(4).member).toBe(1);
  });

  test('gives a static member its partitions back', () => {
    const a = member(1, 'a');
    const b = member(2, 'b');
    settle(a, b);
    const before = owners();
    a.leave();
    a.left();
    settle(b);
    expect(owners()).toEqual(Array(PARTITIONS).fill(b.member));
    const again = member(3, 'a');
    expect(again.member).toBe(a.member);
    settle(again, b);
    expect(owners()).toEqual(before);
  });

  test.each(['leaves', 'dies'])(
    'keeps the line of a static member that %s for it, and its partitions, whoever joins meanwhile',
    (ends) => {
      const a = member(1, 'a');
      const b = member(2, 'b');
      settle(a, b);
      const before = owners();
      if (ends === 'dies') coordinator.repair(seat(1).token, 3);
      else {
        a.leave();
        a.left();
      }
      const other = member(4);
      expect(other.member).not.toBe(a.member);
      settle(b, other);
      const again = member(5, 'a');
      expect(again.member).toBe(a.member);
      settle(again, b, other);
      const own = owners().flatMap((owner, partition) => (owner === again.member ? [partition] : []));
      expect(own).toHaveLength(2);
      for (const partition of own) expect(before[partition]).toBe(a.member);
    },
  );

  test('refuses a second member with the same id, another assignor, and more members than it can have', () => {
    member(1, 'a');
    expect(() => member(2, 'a')).toThrow(/'a' is in this group already/);
    expect(() => coordinator.join(seat(3), 'range')).toThrow(/'sticky', not 'range'/);
    for (let i = 0; i < 63; i++) member(4);
    expect(() => member(4)).toThrow(/at most 64/);
  });

  test('is empty after all have left', () => {
    const members = [member(1), member(2), member(3)];
    settle(...members);
    for (const one of members) one.leave();
    for (const one of members) one.left();
    expect(owners()).toEqual(Array(PARTITIONS).fill(0));
    expect(coordinator.members()).toEqual([]);
  });
});

/** One after the other joins, leaves or dies, up to eight of them: who has which of 64 partitions after each change. */
function changesOf(steps: readonly { readonly act: string; readonly which: number }[]) {
  const partitions = 64;
  const memory = new GroupMemory(new SharedArrayBuffer(groupWords(partitions) * 4), 0, partitions);
  const group = new Coordinator(memory, () => {});
  const words = () => Array.from({ length: partitions }, (_, partition) => group.ownerWord(partition));
  const members: { readonly membership: Membership; readonly token: number }[] = [];
  return steps.map(({ act, which }, i) => {
    const before = words();
    if (members.length === 0 || (act === 'join' && members.length < 8)) {
      const thread = { number: 1 + (i % 60), token: 1000 + i };
      members.push({ membership: new Membership(group, thread, 'sticky'), token: thread.token });
    } else {
      const [gone] = members.splice(which % members.length, 1);
      if (act === 'die') group.repair(gone?.token as number, 61);
      else {
        gone?.membership.leave();
        gone?.membership.left();
      }
    }
    settle(...members.map(({ membership }) => membership));
    return { members: members.map(({ membership }) => membership.member), before, after: words() };
  });
}

test('whoever of eight members joins, leaves or dies: of 64 partitions no more move than must, and no other is stopped', () => {
  const ownerIn = (word: number) => word & 0x7f;
  const step = fc.record({ act: fc.constantFrom('join', 'join', 'leave', 'die'), which: fc.nat({ max: 7 }) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 24, size: 'max' }), (steps) => {
      for (const { members, before, after } of changesOf(steps)) {
        if (members.length === 0) continue;
        const [previous, plan] = [before.map(ownerIn), after.map(ownerIn)];
        const loads = loadsOf(plan, members);
        expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1);
        expect(moved(plan, previous)).toBe(fewestMoves(members, 64, previous));
        // Who keeps a partition keeps its claim: it has read on all the time.
        for (const [partition, word] of after.entries())
          if (plan[partition] === previous[partition]) expect(word).toBe(before[partition]);
      }
    }),
    { numRuns: 25 },
  );
});

test('threads that join, follow, leave and die at the same time end with one even plan, and never own a partition together', async () => {
  const partitions = 16;
  const buffer = new SharedArrayBuffer(groupWords(partitions) * 4);
  const claims = new SharedArrayBuffer(partitions * 4);
  const memory = new GroupMemory(buffer, 0, partitions);
  const here = new Coordinator(memory, () => {});
  const threads = [1, 2, 3, 4, 5, 6].map(
    (number) =>
      new Worker(new URL('./coordinator-thread.mjs', import.meta.url), {
        workerData: { buffer, claims, partitions, number, rounds: number % 3 === 0 ? 1e9 : 200 },
      }),
  );
  const ends = threads.map(async (thread, i) => {
    if ((i + 1) % 3 === 0) setTimeout(() => thread.terminate(), 150);
    else expect((await once(thread, 'message'))[0]).toEqual({ overlaps: 0 });
  });
  await Promise.all(threads.map((thread) => once(thread, 'exit')));
  await Promise.all(ends);
  for (const number of [3, 6]) here.repair(100 + number, 20);
  const left = here.members();
  expect(left).toEqual([]);
  const last = new Membership(here, { number: 21, token: 121 }, 'sticky');
  expect(last.follow().gained.size).toBe(partitions);
});
