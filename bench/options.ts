import { parseArgs } from 'node:util';
import type { Task } from './campaign.ts';
import type { Contender } from './contenders/index.ts';
import { isOrdinary, namesIn, tasksFor } from './ordinary.ts';
import { FULL, type Plan, QUICK } from './run/plan.ts';
import { SCENARIOS } from './scenarios/index.ts';

export interface Options {
  /** What to run; other than that for the guard. */
  readonly tasks: readonly Task[];
  readonly plan: Plan;
  readonly quick: boolean;
  readonly json: boolean;
  readonly help: boolean;
  /** Only what was promised, and a verdict on it. */
  readonly guard: boolean;
  /** Promises that are not kept do not fail the run. */
  readonly warn: boolean;
  /** Files and folders; `undefined` where none was named. */
  readonly save: string | undefined;
  readonly html: string | undefined;
  readonly markdown: string | undefined;
  readonly compare: string | undefined;
  readonly agree: string | undefined;
  readonly readme: string | undefined;
  readonly picture: string | undefined;
  readonly from: string | undefined;
  /** A directory for processor profiles, one a thread. */
  readonly profile: string | undefined;
}

/** What is wrong with the command line, in words for whoever typed it. */
export class UsageError extends Error {}

export function parseOptions(args: readonly string[], contenders: readonly Contender[]): Options {
  const {
    scenario = [],
    contender = [],
    rounds,
    patience,
    quick = false,
    all = false,
    ...rest
  } = valuesOf(args);
  const plan = quick ? QUICK : FULL;
  const {
    json = false,
    help = false,
    guard = false,
    warn = false,
    save,
    html,
    markdown,
    compare,
    agree,
    readme,
    picture,
    from,
    profile,
  } = rest;
  return {
    tasks: tasksFor(
      {
        scenarios: scenario.length > 0 ? pick(scenario, SCENARIOS, 'scenario') : all ? SCENARIOS : undefined,
        contenders: contender.length > 0 ? pick(contender, contenders, 'contender') : undefined,
      },
      contenders,
    ),
    plan: {
      ...plan,
      rounds: countOf('rounds', rounds, 1) ?? plan.rounds,
      patience: countOf('patience', patience, 0) ?? plan.patience,
    },
    ...{
      quick,
      json,
      help,
      guard,
      warn,
      save,
      html,
      markdown,
      compare,
      agree,
      readme,
      picture,
      from,
      profile,
    },
  };
}

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        scenario: { type: 'string', short: 's', multiple: true },
        contender: { type: 'string', short: 'c', multiple: true },
        rounds: { type: 'string', short: 'r' },
        patience: { type: 'string' },
        quick: { type: 'boolean', short: 'q' },
        all: { type: 'boolean', short: 'a' },
        json: { type: 'boolean' },
        html: { type: 'string' },
        markdown: { type: 'string' },
        compare: { type: 'string' },
        agree: { type: 'string' },
        readme: { type: 'string' },
        picture: { type: 'string' },
        save: { type: 'string' },
        from: { type: 'string' },
        guard: { type: 'boolean' },
        warn: { type: 'boolean' },
        profile: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function pick<T extends { readonly name: string }>(
  names: readonly string[],
  from: readonly T[],
  what: string,
): T[] {
  const strangers = names.filter((name) => !from.some((one) => one.name === name));
  if (strangers.length > 0) {
    throw new UsageError(
      `No ${what} is named ${strangers.join(', ')}; there are ${from.map(({ name }) => name).join(', ')}.`,
    );
  }
  return from.filter(({ name }) => names.includes(name));
}

function countOf(option: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (Number.isInteger(count) && count >= least) return count;
  throw new UsageError(`--${option} must be a whole number from ${least} on, got ${text}.`);
}

export function helpText(contenders: readonly Contender[]): string {
  return `Measures millrace against its rivals, between threads and in one. Every message is verified.

  millrace bench [options]          npm run bench -- [options]

  -s, --scenario NAME    only this scenario, with everybody who does it; may be repeated
  -c, --contender NAME   only this contender; may be repeated
  -a, --all              everybody in every scenario, also what is marked with * below: more than an hour
  -r, --rounds N         rounds of each (default ${FULL.rounds}; quick ${QUICK.rounds})
  -q, --quick            short rounds: to see that it works, not to quote
      --patience SECONDS how long to wait in all, and run rounds again, while others use the machine
                         (default ${FULL.patience}; quick ${QUICK.patience})
      --json             one JSON object a line: scenario, contender, unit, median, min, max, runs
      --save DIR         write everything that was measured to a file there
      --html FILE        write a report with plots: one file that needs no other
      --markdown FILE    write the tables as Markdown
      --compare FILE     say what has changed since an earlier --save
      --agree FILE       whether this run and an earlier --save of the same commit agree; fails when they do not
      --readme FILE      put the table of the README there, between its two marks
      --picture FILE     write the picture of the README: SVG
      --from FILE        measure nothing; report an earlier --save; of a folder, the newest of each line of Node
      --guard            only what was promised: scenario, promised, measured, ok or short; fails when short
      --warn             with --guard: do not fail
      --profile DIR      write processor profiles of all threads there
  -h, --help             this text

Scenarios
${list(SCENARIOS, (scenario) => `${isOrdinary(scenario) ? ' ' : '*'} ${scenario.title}`)}

Contenders
${list(contenders, ({ name }) => (SCENARIOS.some((one) => namesIn(one).includes(name)) ? '' : '*'))}
`;
}

function list<T extends { readonly name: string }>(all: readonly T[], say: (one: T) => string): string {
  const width = Math.max(...all.map(({ name }) => name.length));
  return all.map((one) => `  ${one.name.padEnd(width)}  ${say(one)}`.trimEnd()).join('\n');
}
