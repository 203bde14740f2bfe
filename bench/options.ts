import { parseArgs } from 'node:util';
import type { Task } from './campaign.ts';
import type { Contender } from './contenders/index.ts';
import { tasksFor } from './ordinary.ts';
import type { Lesser } from './report/results.ts';
import { FULL, type Plan, QUICK } from './run/plan.ts';
import { SCENARIOS } from './scenarios/index.ts';

export interface Options
  extends Omit<Values, 'scenario' | 'contender' | 'rounds' | 'patience' | 'quick' | 'all'> {
  /** What to run; other than that for the guard. */
  readonly tasks: readonly Task[];
  readonly plan: Plan;
  /** Whether it is less than an ordinary run. */
  readonly lesser: Lesser | undefined;
}

/** As they stand in the command line; `helpText` says what each means. */
type Values = ReturnType<typeof valuesOf>;

/** What is wrong with the command line, in words for whoever typed it. */
export class UsageError extends Error {}

export function parseOptions(args: readonly string[], contenders: readonly Contender[]): Options {
  const { scenario = [], contender = [], rounds, patience, quick, all, ...rest } = valuesOf(args);
  const plan = quick ? QUICK : FULL;
  const asked = {
    scenarios: scenario.length > 0 ? pick(scenario, SCENARIOS, 'scenario') : all ? SCENARIOS : undefined,
    contenders: contender.length > 0 ? pick(contender, contenders, 'contender') : undefined,
  };
  const isPart = scenario.length > 0 || contender.length > 0 || rest.guard;
  return {
    ...rest,
    tasks: tasksFor(asked, contenders),
    plan: {
      ...plan,
      rounds: countOf('rounds', rounds, 1) ?? plan.rounds,
      patience: countOf('patience', patience, 0) ?? plan.patience,
    },
    lesser: quick ? 'quick' : isPart ? 'part' : undefined,
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
