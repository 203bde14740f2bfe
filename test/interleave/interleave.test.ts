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
  const again = `MILLRACE_REPLAY='${failure.scenario}|${schedule}' npx vitest run test/interleave -t replay`;
  return `${kind}: ${message}\n${again}\n${trace}`;
}

/** A schedule to run again, as a failure prints it; MILLRACE_MUTANT=<name> seeds that bug first. */
const [replayed = '', choices = ''] = (process.env['MILLRACE_REPLAY'] ?? '').split('|');

test.runIf(replayed !== '')('replay', async () => {
  const patches = MUTANTS.filter(({ name }) => name === process.env['MILLRACE_MUTANT']).map(
    (each) => each.patch,
  );
  const explorer = new Explorer(await loadProgram(patches), scenario(replayed));
  expect(report(explorer.replay(choices.split(',').map(Number)))).toBe('nothing found');
});

describe('every order of the atomic steps', () => {
  test.each(SCENARIOS.map((each) => [each.name, each] as const))('%s', (_, each) => {
    expect(report(hunt(program, each, 70 * effort))).toBe('nothing found');
  });
});

describe('the explorer finds seeded bugs', () => {
  test.each(MUTANTS.map((each) => [each.name, each] as const))('%s', async (_, mutant) => {
    const code = await loadProgram([mutant.patch]);
    const failure = hunt(code, scenario(mutant.scenario), 900);
    expect(failure).toBeDefined();
    // A change that does not even run says nothing about the explorer.
    expect(failure?.message).not.toMatch(/ReferenceError|SyntaxError|TypeError/);
    const again = new Explorer(code, scenario(mutant.scenario));
    expect(again.replay(failure?.schedule ?? [])?.message).toBe(failure?.message);
  });
});
