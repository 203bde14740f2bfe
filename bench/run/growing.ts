import type { Plan } from './plan.ts';
import type { Phase } from './stream-crew.ts';

/** A phase has at most this many times the messages of the one before: a cold start says little about what comes. */
const GROWTH_MAX = 20;
/** Sequences are int32, and a small object has 29 bits for them. */
const COUNT_MAX = 2 ** 28;

/**
 * Runs phases that grow until they last long enough for the code to be hot, then the one that counts.
 */
export async function measureGrowing(
  firstCount: number,
  { warmUpMs, measureMs }: Plan,
  run: (count: number) => Promise<Phase>,
): Promise<Phase> {
  let phase = await run(firstCount);
  while (phase.tookMs < warmUpMs * 0.8 && phase.count < COUNT_MAX) {
    phase = await run(Math.max(countFor(phase, warmUpMs), Math.min(COUNT_MAX, phase.count * 2)));
  }
  return run(countFor(phase, measureMs));
}

/** How many messages would take about `ms`, going by a phase that was shorter. */
function countFor({ count, tookMs }: Phase, ms: number): number {
  const growth = Math.min(GROWTH_MAX, Math.max(1, ms / tookMs));
  return Math.min(COUNT_MAX, Math.ceil(count * growth));
}
