import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { Explorer, type Failure, type Limits, type Report } from './explore.ts';
import { MUTANTS, MUTANTS_LEAST, MUTANTS_OF } from './mutants.ts';
import { loadProgram, type Patch, type RingProgram } from './program.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS, scenario } from './scenarios/index.ts';

/**
 * The short form looks at a number of schedules of each scenario. MILLRACE_INTERLEAVE=<seconds> is the long form: so long for each scenario
 * at the most, see `LONG`. MILLRACE_RING=<directory> looks at another build of the ring. MILLRACE_REPORT=<file> takes a table of what was run.
 */
const seconds = Number(process.env['MILLRACE_INTERLEAVE'] ?? 0);
const SEED = 1;
/** The parts of a scenario's time that the searches of the long form may take; one that comes to its end leaves the rest unused. */
const LONG: Readonly<Record<string, number>> = { dpor: 0.6, bounded: 0.25, pct: 0.1, random: 0.05 };
/** Schedules of each kind for one scenario in the short form, and for a seeded bug at first and in the end. */
const RUNS = 24;
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

function run(search: string, explorer: Explorer, limits: Limits, preemptions: number): Report {
  if (search === 'pct') return explorer.pct(3, SEED, limits);
  if (search === 'random') return explorer.random(SEED, limits);
  if (search === 'bounded') return explorer.exhaust(preemptions, limits);
  return explorer.dpor(limits);
}

/** For one scenario of the code as it is. */
const limitsOf = (search: string): Limits =>
  seconds > 0 ? { ms: 1000 * seconds * (LONG[search] as number) } : { runs: RUNS, ms: 600_000 };

/** Searches one after the other, until one fails; the failure is the last one's. */
async function hunt(
  code: Programs,
  what: Scenario,
  searches: readonly string[],
  limits: (search: string) => Limits,
  preemptions: number = 1,
): Promise<Tried[]> {
  const tried: Tried[] = [];
  for (const search of searches) {
    const report = run(search, new Explorer(await code.for(search), what), limits(search), preemptions);
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

/** What was tried of each scenario. */
const done: { readonly name: string; readonly tried: readonly Tried[] }[] = [];

/** How many schedules a search has run, and whether there are no others: `all` of those that it would look at. */
function cell(search: string, { runs, complete }: Report): string {
  return `${runs.toLocaleString('en')}${complete && (search === 'dpor' || search === 'bounded') ? ', all' : ''}`;
}

const row = ({ name, tried }: (typeof done)[number]): string =>
  `| ${name} | ${tried.map(({ search, report: each }) => cell(search, each)).join(' | ')} |`;

/** One line a search: schedules and steps run, and of how many scenarios all that it looks for were. */
function summary(): string {
  const tried = done.flatMap((each) => each.tried);
  const lines = [...new Set(tried.map(({ search }) => search))].map((search) => {
    const reports = tried.filter((each) => each.search === search).map((each) => each.report);
    const sum = (count: (report: Report) => number) =>
      reports.reduce((total, each) => total + count(each), 0).toLocaleString('en');
    const ended = reports.filter(({ complete }) => complete).length;
    const found = reports.filter(({ failure }) => failure !== undefined).length;
    return `| ${search} | ${reports.length} | ${ended} | ${sum(({ runs }) => runs)} | ${sum(({ steps }) => steps)} | ${found} |`;
  });
  return `| search | scenarios | to its end | schedules | steps | failures |\n|---|---|---|---|---|---|\n${lines.join('\n')}`;
}

describe('every order of the steps', () => {
  test.each(SCENARIOS.map((each) => [each.name, each] as const))('%s', async (_, each) => {
    const tried = await hunt(
      unchanged,
      each,
      ['dpor', 'pct', 'random', 'bounded'],
      limitsOf,
      seconds > 0 ? 2 : 1,
    );
    done.push({ name: each.name, tried });
    expect(report(tried.at(-1))).toBe('nothing found');
  });

  afterAll(() => {
    if (seconds > 0) console.log(`${summary()}\n`);
    const file = process.env['MILLRACE_REPORT'];
    const head = '| scenario | dpor | pct | random | bounded |\n|---|---|---|---|---|';
    if (file) writeFileSync(file, `${[head, ...done.map(row)].join('\n')}\n\n${summary()}\n`);
  });
});

const upTo = (runs: number) => (): Limits => ({ runs, ms: 600_000 });

/** A few schedules show most seeded bugs; more of each kind are for the others. */
async function huntMutant(code: Programs, what: Scenario): Promise<Tried | undefined> {
  const few = await hunt(code, what, ['random', 'pct'], upTo(RUNS_FOR_MUTANTS));
  if (few.at(-1)?.report.failure) return few.at(-1);
  return (await hunt(code, what, ['dpor', 'bounded', 'pct', 'random'], upTo(MOST_FOR_MUTANTS))).at(-1);
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
