import type { RoundResult } from './result.ts';

/** Cache lines that take this many times as long between two threads are those of other cores. */
const ALIKE = 2;
/** Nanoseconds that no two cores are apart: who measures more has measured others who were on one of them. */
const APART_MOST = 2_000;

/**
 * Nanoseconds of a cache line's round trip between the threads of a round. The less of the two that were measured: what
 * else goes on in the machine makes it greater, never less. `undefined` when it is not known.
 */
export function placementOf(round: RoundResult | undefined): number | undefined {
  const lines = linesOf(round);
  return lines.length > 0 ? Math.min(...lines) : undefined;
}

/** Whether the threads stood otherwise after a round than before it: then nobody knows where they were meanwhile. */
export function hasMoved(round: RoundResult | undefined): boolean {
  const lines = linesOf(round);
  return lines.length > 0 && !near(Math.min(...lines), Math.max(...lines));
}

/** Those that say where the threads were. */
const linesOf = (round: RoundResult | undefined): readonly number[] =>
  round?.ok ? round.lines.filter((line) => line <= APART_MOST) : [];

/** Whether rounds can be compared: in both the threads stayed where they were, alike near to each other. */
export function areAlike(a: RoundResult | undefined, b: RoundResult | undefined): boolean {
  return !hasMoved(a) && !hasMoved(b) && near(placementOf(a), placementOf(b));
}

/** What is not known may be anything. */
function near(one: number | undefined, other: number | undefined): boolean {
  if (one === undefined || other === undefined) return true;
  return Math.max(one, other) <= ALIKE * Math.min(one, other);
}
