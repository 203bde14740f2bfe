import type { RoundResult } from './result.ts';

/** Cache lines that take this many times as long between two threads are those of other cores. */
const ALIKE = 2;

/**
 * Nanoseconds of a cache line's round trip between the threads of a round. The less of the two that were measured: what
 * else goes on in the machine makes it greater, never less.
 */
export function placementOf(round: RoundResult | undefined): number | undefined {
  return round?.ok && round.lines.length > 0 ? Math.min(...round.lines) : undefined;
}

/** Whether the threads stood otherwise after a round than before it: then nobody knows where they were meanwhile. */
export function hasMoved(round: RoundResult | undefined): boolean {
  return (
    round?.ok === true && round.lines.length > 0 && !near(Math.min(...round.lines), Math.max(...round.lines))
  );
}

/** Whether rounds can be compared: in both the threads stayed where they were, alike near to each other. */
export function areAlike(a: RoundResult | undefined, b: RoundResult | undefined): boolean {
  return !hasMoved(a) && !hasMoved(b) && near(placementOf(a), placementOf(b));
}

/** What is not known may be anything. */
function near(one: number | undefined, other: number | undefined): boolean {
  if (one === undefined || other === undefined) return true;
  return Math.max(one, other) <= ALIKE * Math.min(one, other);
}
