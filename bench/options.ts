import { parseArgs } from 'node:util';
import type { Task } from './campaign.ts';
import type { Contender } from './contenders/index.ts';
import { tasksFor } from './ordinary.ts';
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
