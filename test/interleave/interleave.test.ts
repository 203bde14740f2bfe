import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { Explorer, type Failure, type Report } from './explore.ts';
import { MUTANTS, MUTANTS_LEAST, MUTANTS_OF } from './mutants.ts';
import { loadProgram, type Patch, type RingProgram } from './program.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS, scenario } from './scenarios/index.ts';

/**
 * The short form takes seconds. MILLRACE_INTERLEAVE=30 looks at thirty times as many schedules, and reduces each scenario for up to
 * 30 seconds; MILLRACE_RING=<directory> looks at another build of the ring. MILLRACE_REPORT=<file> takes a table of what was run.
 */
const effort = Number(process.env['MILLRACE_INTERLEAVE'] ?? 1);
const SEED = 1;
/** Schedules of each kind for one scenario in the short form, and for a seeded bug at first and in the end. */
const RUNS = 40;
const RUNS_FOR_MUTANTS = 60;
const MOST_FOR_MUTANTS = 900;

/** The ring with atomic steps alone, and with plain accesses as steps too. */
class Programs {
  readonly #patches: readonly Patch[];
  #atomic: RingProgram | undefined;
  #plain: RingProgram | undefined;

  constructor(patches: readonly Patch[] = []) {
    this.#patches = patches;
  }

  /** The form that a search works on; only `dpor` knows plain accesses as steps. */
  async for(search: string): Promise<RingProgram> {
    const patches = this.#patches;
    if (search !== 'dpor') {
      this.#atomic ??= await loadProgram({ patches });
      return this.#atomic;
    }
    this.#plain ??= await loadProgram({ patches, plain: true });
    return this.#plain;
  }
}

const unchanged = new Programs();

interface Tried {
  readonly search: string;
  readonly report: Report;
}

function run(search: string, explorer: Explorer, runs: number): Report {
  const limits = { runs, ms: 600_000 };
  if (search === 'pct') return explorer.pct(3, SEED, limits);
  if (search === 'random') return explorer.random(SEED, limits);
  if (search === 'bounded') return explorer.exhaust(effort > 1 ? 2 : 1, limits);
  return explorer.dpor(effort > 1 ? { runs: 1e9, ms: 1000 * effort } : limits);
}

/** Searches one after the other, until one fails; the failure is the last one's. */
async function hunt(
  code: Programs,
  what: Scenario,
  searches: readonly string[],
  runs: number,
): Promise<Tried[]> {
  const tried: Tried[] = [];
  for (const search of searches) {
    const report = run(search, new Explorer(await code.for(search), what), runs);
    tried.push({ search, report });
    if (report.failure) break;
  }
  return tried;
}

function report(found: Tried | undefined): string {
  const failure = found?.report.failure;
  if (found === undefined || failure === undefined) return 'nothing found';
  const { kind, message, schedule, trace } = failure;
  const again = `MILLRACE_REPLAY='${found.search}|${failure.scenario}|${schedule}' npx vitest run test/interleave -t replay`;
  return `${kind}: ${message}\n${again}\n${trace}`;
}

/** The schedule of a failure once more. */
async function replay(
  code: Programs,
  search: string,
  what: Scenario,
  schedule: readonly number[],
): Promise<Failure | undefined> {
  return new Explorer(await code.for(search), what).replay(schedule);
}

/** A schedule to run again, as a failure prints it; MILLRACE_MUTANT=<name> seeds that bug first. */
const [replayedSearch = '', replayed = '', choices = ''] = (process.env['MILLRACE_REPLAY'] ?? '').split('|');

test.runIf(replayed !== '')('replay', async () => {
  const seeded = MUTANTS.filter(({ name }) => name === process.env['MILLRACE_MUTANT']);
  const code = new Programs(seeded.map(({ patch }) => patch));
  const failure = await replay(code, replayedSearch, scenario(replayed), choices.split(',').map(Number));
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
  test.each(SCENARIOS.map((each) => [each.name, each] as const))('%s', async (_, each) => {
    const tried = await hunt(unchanged, each, ['dpor', 'pct', 'random', 'bounded'], RUNS * effort);
    expect(report(tried.at(-1))).toBe('nothing found');
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

/** A few schedules show most seeded bugs; more of each kind are for the others. */
async function huntMutant(code: Programs, what: Scenario): Promise<Tried | undefined> {
  const few = await hunt(code, what, ['random', 'pct'], RUNS_FOR_MUTANTS);
  if (few.at(-1)?.report.failure) return few.at(-1);
  return (await hunt(code, what, ['dpor', 'bounded', 'pct', 'random'], MOST_FOR_MUTANTS)).at(-1);
}

describe('the explorer finds seeded bugs', () => {
  const counts = Object.entries(MUTANTS_OF).map(([of, seeded]) => [of, seeded.length, seeded] as const);
  test.each(counts)('%s: %i', (_, __, seeded) => {
    const different = new Set(seeded.map(({ patch }) => JSON.stringify(patch)));
    expect(different.size).toBeGreaterThanOrEqual(MUTANTS_LEAST);
  });

  test.each(MUTANTS.map((each) => [each.name, each] as const))('%s', async (_, mutant) => {
    const code = new Programs([mutant.patch]);
    const what = scenario(mutant.scenario);
    const found = await huntMutant(code, what);
    const failure = found?.report.failure;
    expect(failure).toBeDefined();
    // A change that does not even run says nothing about the explorer.
    expect(failure?.message).not.toMatch(/ReferenceError|SyntaxError|TypeError/);
    const again = await replay(code, found?.search as string, what, failure?.schedule ?? []);
    expect(again?.message).toBe(failure?.message);
  });
});
