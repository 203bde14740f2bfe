import { describe, expect, test } from 'vitest';
import { Explorer, type Failure } from './explore.ts';
import { MUTANTS } from './mutants.ts';
import { loadProgram, type RingProgram } from './program.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS, scenario } from './scenarios/index.ts';

/**
 * The short form takes seconds. MILLRACE_INTERLEAVE=30 looks at thirty times as many schedules, and
 * MILLRACE_RING=<directory> at another build of the ring.
 */
const effort = Number(process.env['MILLRACE_INTERLEAVE'] ?? 1);
const SEED = 1;

const program = await loadProgram();

/** The first failure in a few schedules of each kind. */
function hunt(code: RingProgram, what: Scenario, runs: number): Failure | undefined {
  const explorer = new Explorer(code, what);
  const limits = { runs, ms: 600_000 };
  return (
    explorer.exhaust(effort > 1 ? 2 : 1, limits).failure ??
    explorer.pct(3, SEED, limits).failure ??
    explorer.random(SEED, limits).failure
  );
}

function report(failure: Failure | undefined): string {
  if (failure === undefined) return 'nothing found';
  const { kind, message, schedule, trace } = failure;
  return `${kind}: ${message}\nschedule: ${schedule.join()}\n${trace}`;
}

describe('every order of the atomic steps', () => {
  test.each(SCENARIOS.map((each) => [each.name, each] as const))('%s', (_, each) => {
    expect(report(hunt(program, each, 70 * effort))).toBe('nothing found');
  });
});

describe('the explorer finds seeded bugs', () => {
  test.each(MUTANTS.map((each) => [each.name, each] as const))('%s', async (_, mutant) => {
    const failure = hunt(await loadProgram([mutant.patch]), scenario(mutant.scenario), 900);
    expect(failure).toBeDefined();
    const again = new Explorer(await loadProgram([mutant.patch]), scenario(mutant.scenario));
    expect(again.replay(failure?.schedule ?? [])?.message).toBe(failure?.message);
  });
});
