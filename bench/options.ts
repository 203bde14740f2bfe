import { parseArgs } from 'node:util';
import { CONTENDERS, type Contender } from './contenders/index.ts';
import { FULL, type Plan, QUICK } from './run/plan.ts';
import { SCENARIOS, type Scenario } from './scenarios/index.ts';

export interface Options {
  readonly scenarios: readonly Scenario[];
  /** Empty for all that are not on request only. */
  readonly contenders: readonly Contender[];
  readonly plan: Plan;
  readonly json: boolean;
  readonly help: boolean;
  /** A directory for processor profiles, one a thread. */
  readonly profile: string | undefined;
}

/** What is wrong with the command line, in words for whoever typed it. */
export class UsageError extends Error {}

export function parseOptions(args: readonly string[]): Options {
  const { scenario = [], contender = [], rounds, patience, quick, json, help, profile } = valuesOf(args);
  const plan = quick ? QUICK : FULL;
  return {
    scenarios: scenario.length === 0 ? SCENARIOS : pick(scenario, SCENARIOS, 'scenario'),
    contenders: pick(contender, CONTENDERS, 'contender'),
    plan: {
      ...plan,
      rounds: countOf('rounds', rounds, 1) ?? plan.rounds,
      patience: countOf('patience', patience, 0) ?? plan.patience,
    },
    json: json === true,
    help: help === true,
    profile,
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
        json: { type: 'boolean' },
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

export function helpText(): string {
  return `Measures millrace against postMessage, between threads and in one.

  npm run bench -- [options]

  -s, --scenario NAME    only this scenario; may be repeated
  -c, --contender NAME   only this contender; may be repeated
  -r, --rounds N         rounds of each (default ${FULL.rounds}; quick ${QUICK.rounds})
  -q, --quick            short rounds: to see that it works, not to quote
      --patience SECONDS how long to wait in all, and run rounds again, while others use the machine
                         (default ${FULL.patience}; quick ${QUICK.patience})
      --json             one JSON object a line: scenario, contender, unit, median, min, max, runs
      --profile DIR      write processor profiles of all threads there
  -h, --help             this text

Scenarios
${list(SCENARIOS, ({ title }) => title)}

Contenders
${list(CONTENDERS, ({ onRequest }) => (onRequest ? 'only when asked for' : ''))}
`;
}

function list<T extends { readonly name: string }>(all: readonly T[], say: (one: T) => string): string {
  const width = Math.max(...all.map(({ name }) => name.length));
  return all.map((one) => `  ${one.name.padEnd(width)}  ${say(one)}`.trimEnd()).join('\n');
}
