import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { Explorer, type Failure, type Report } from './explore.ts';
import { MUTANTS } from './mutants.ts';
import { loadProgram, type Patch, type RingProgram } from './program.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS, scenario } from './scenarios/index.ts';

/**
 * The short form takes seconds. MILLRACE_INTERLEAVE=30 looks at thirty times as many schedules, and reduces each scenario for up to
 * 30 seconds; MILLRACE_RING=<directory> looks at another build of the ring. MILLRACE_REPORT=<file> takes a table of what was run.
 */
const effort = Number(process.env['MILLRACE_INTERLEAVE'] ?? 1);
const SEED = 1;
/** Schedules of each kind for one scenario in the short form, and for a seeded bug. */
const RUNS = 60;
const RUNS_FOR_MUTANTS = 900;

/** The ring with atomic steps alone, and with plain accesses as steps too. */
interface Programs {
  readonly atomic: RingProgram;
  readonly plain: RingProgram;
}

async function load(patches: readonly Patch[] = []): Promise<Programs> {
  return { atomic: await loadProgram({ patches }), plain: await loadProgram({ patches, plain: true }) };
}

const unchanged = await load();

interface Tried {
  readonly search: string;
  readonly report: Report;
}

/** Searches one after the other, until one fails. */
function* searches({ atomic, plain }: Programs, what: Scenario, runs: number): Generator<Tried> {
  const limits = { runs, ms: 600_000 };
  const all = effort > 1 ? { runs: 1e9, ms: 1000 * effort } : limits;
  yield { search: 'dpor', report: new Explorer(plain, what).dpor(all) };
  const explorer = new Explorer(atomic, what);
  yield { search: 'pct', report: explorer.pct(3, SEED, limits) };
  yield { search: 'random', report: explorer.random(SEED, limits) };
  yield { search: 'bounded', report: explorer.exhaust(effort > 1 ? 2 : 1, limits) };
}

function hunt(
  code: Programs,
  what: Scenario,
  runs: number,
  tried: (what: Tried) => void = () => {},
): Tried | undefined {
  for (const each of searches(code, what, runs)) {
    tried(each);
    if (each.report.failure) return each;
  }
  return undefined;
}

function report(found: Tried | undefined): string {
  const failure = found?.report.failure;
  if (found === undefined || failure === undefined) return 'nothing found';
  const { kind, message, schedule, trace } = failure;
  const again = `MILLRACE_REPLAY='${found.search}|${failure.scenario}|${schedule}' npx vitest run test/interleave -t replay`;
  return `${kind}: ${message}\n${again}\n${trace}`;
}

/** The schedule of a failure once more; only `dpor` knows plain accesses as steps. */
function replay(
  { atomic, plain }: Programs,
  search: string,
  what: Scenario,
  schedule: readonly number[],
): Failure | undefined {
  return new Explorer(search === 'dpor' ? plain : atomic, what).replay(schedule);
}

/** A schedule to run again, as a failure prints it; MILLRACE_MUTANT=<name> seeds that bug first. */
const [replayedSearch = '', replayed = '', choices = ''] = (process.env['MILLRACE_REPLAY'] ?? '').split('|');

test.runIf(replayed !== '')('replay', async () => {
  const seeded = MUTANTS.filter(({ name }) => name === process.env['MILLRACE_MUTANT']);
  const code = await load(seeded.map(({ patch }) => patch));
  const failure = replay(code, replayedSearch, scenario(replayed), choices.split(',').map(Number));
  expect(failure && `${failure.message}\n${failure.trace}`).toBeUndefined();
});

const rows: string[] = [];

function row(name: string, tried: readonly Tried[]): string {
  const cells = tried.map(({ search, report: { runs, complete } }) => {
    const all = complete && search === 'dpor' ? ', all' : '';
    return `${runs.toLocaleString('en')}${all}`;
  });
  return `| ${name} | ${cells.join(' | ')} |`;
}

describe('every order of the steps', () => {
  test.each(SCENARIOS.map((each) => [each.name, each] as const))('%s', (_, each) => {
    const tried: Tried[] = [];
    expect(report(hunt(unchanged, each, RUNS * effort, (what) => tried.push(what)))).toBe('nothing found');
    rows.push(row(each.name, tried));
  });

  afterAll(() => {
    const file = process.env['MILLRACE_REPORT'];
    if (file)
      writeFileSync(
        file,
        `| scenario | dpor | pct | random | bounded |\n|---|---|---|---|---|\n${rows.join('\n')}\n`,
      );
  });
});

/** A few schedules of each kind show most seeded bugs; more are for the others. */
function huntMutant(code: Programs, what: Scenario): Tried | undefined {
  return hunt(code, what, RUNS) ?? hunt(code, what, RUNS_FOR_MUTANTS);
}

describe('the explorer finds seeded bugs', () => {
  test.each(MUTANTS.map((each) => [each.name, each] as const))('%s', async (_, mutant) => {
    const code = await load([mutant.patch]);
    const what = scenario(mutant.scenario);
    const found = huntMutant(code, what);
    const failure = found?.report.failure;
    expect(failure).toBeDefined();
    // A change that does not even run says nothing about the explorer.
    expect(failure?.message).not.toMatch(/ReferenceError|SyntaxError|TypeError/);
    const again = replay(code, found?.search as string, what, failure?.schedule ?? []);
    expect(again?.message).toBe(failure?.message);
  });
});
