import { OptionError } from '../../ring/index.ts';

/**
 * Who reads which partition: a pure function of the members (numbers from 1, in the order they joined), the number of
 * partitions, and who had each of them before (0 for nobody, or nobody who is still there). The answer has a
 * member for each partition.
 *
 * - `range`: consecutive partitions to each member, as Kafka's range assignor.
 * - `roundRobin`: one after the other, like cards.
 * - `sticky` (the default): as even as can be, and of all even plans the one that moves the fewest partitions.
 * - `cooperative`: the same plan. In Kafka it differs in how a plan is put into practice: without stopping the partitions that
 *   stay. Here no rebalance ever does.
 * - `single`: everything to one member; the others stand by, in the order they joined.
 */
export const ASSIGNORS = ['sticky', 'cooperative', 'range', 'roundRobin', 'single', 'none'] as const;
/** `none` is not asked for by name: it is what members with `ordering: 'none'` use, who all read all partitions. */
export type AssignorName = (typeof ASSIGNORS)[number];

export type Assignor = (
  members: readonly number[],
  partitions: number,
  previous: readonly number[],
) => number[];

/** The assignor of that name; throws `OptionError` for another one. */
export function assignorOf(name: AssignorName): Assignor {
  const assignor = assignors[name];
  if (assignor !== undefined) return assignor;
  throw new OptionError('assignor', `There is no assignor '${name}'; there are '${ASSIGNORS.join("', '")}'.`);
}

function range(members: readonly number[], partitions: number): number[] {
  const base = Math.floor(partitions / members.length);
  const larger = partitions % members.length;
  const shares = members.map((member, i) => Array<number>(base + (i < larger ? 1 : 0)).fill(member));
  return shares.flat();
}

function roundRobin(members: readonly number[], partitions: number): number[] {
  return Array.from({ length: partitions }, (_, partition) => members[partition % members.length] as number);
}

/**
 * An even plan gives every member ⌊p/n⌋ partitions, and p mod n of them one more. A member that has more than its share must
 * give the rest away, and nothing else has to move; so the larger shares go to those that have the most.
 */
function sticky(members: readonly number[], partitions: number, previous: readonly number[]): number[] {
  const room = sharesBySize(members, partitions, previous);
  const plan = Array.from({ length: partitions }, (_, partition) => take(room, previous[partition] ?? 0));
  const takers = members.filter((member) => (room.get(member) as number) > 0);
  return plan.map((member) => {
    if (member !== 0) return member;
    const taker = takers[0] as number;
    if (take(room, taker) !== 0 && room.get(taker) === 0) takers.shift();
    return taker;
  });
}

/** How many partitions each member is to have. */
function sharesBySize(
  members: readonly number[],
  partitions: number,
  previous: readonly number[],
): Map<number, number> {
  const base = Math.floor(partitions / members.length);
  const larger = partitions % members.length;
  const held = new Map(members.map((member) => [member, 0]));
  for (const member of previous) if (held.has(member)) held.set(member, (held.get(member) as number) + 1);
  const bySize = [...members].sort((a, b) => (held.get(b) as number) - (held.get(a) as number));
  return new Map(bySize.map((member, i) => [member, base + (i < larger ? 1 : 0)]));
}

/** The member, if it has room for one more; then with one less. Otherwise 0. */
function take(room: Map<number, number>, member: number): number {
  const left = room.get(member) ?? 0;
  if (left === 0) return 0;
  room.set(member, left - 1);
  return member;
}

function single(members: readonly number[], partitions: number, previous: readonly number[]): number[] {
  const active = previous.find((member) => members.includes(member)) ?? (members[0] as number);
  return Array<number>(partitions).fill(active);
}

const assignors: Readonly<Record<AssignorName, Assignor>> = {
  sticky,
  cooperative: sticky,
  range,
  roundRobin,
  single,
  none: (_members, partitions) => Array<number>(partitions).fill(0),
};
