/** How plans of a group are judged: who has how many partitions, and how many of them move. */
export const loadsOf = (plan: readonly number[], of: readonly number[]) =>
  of.map((member) => plan.filter((target) => target === member).length);

export const moved = (plan: readonly number[], previous: readonly number[]) =>
  plan.filter((member, partition) => previous[partition] !== member).length;

/** The fewest moves that any even plan needs: a partition can stay only with a member that is there and has room for it. */
export function fewestMoves(all: readonly number[], partitions: number, previous: readonly number[]): number {
  const base = Math.floor(partitions / all.length);
  const held = loadsOf(previous, all).sort((a, b) => b - a);
  const stay = held.map((load, i) => Math.min(load, base + (i < partitions % all.length ? 1 : 0)));
  return partitions - stay.reduce((a, b) => a + b, 0);
}
