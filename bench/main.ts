import { CONTENDERS, type Contender, postMessage } from './contenders/index.ts';
import { helpText, type Options, parseOptions, UsageError } from './options.ts';
import { outcomesOf } from './report/goals.ts';
import { cacheLineLine, goalLine, jsonLine } from './report/json.ts';
import { Progress } from './report/progress.ts';
import { linesOf, rowsOf } from './report/row.ts';
import { goalText, headerText, scenarioText } from './report/table.ts';
import { runScenario, type ScenarioResult } from './run/interleave.ts';
import { describeMachine } from './run/machine.ts';
import { Patience } from './run/patience.ts';
import type { Scenario } from './scenarios/index.ts';

/** `npm run bench`: runs what was asked for and prints each scenario as soon as it is done. */
async function main(options: Options): Promise<void> {
  const write = options.json ? writeJson : writeTable;
  // Whoever asked for JSON still gets to know about the machine, but not among the results.
  (options.json ? process.stderr : process.stdout).write(`${headerText(describeMachine(), options.plan)}\n`);
  const results: ScenarioResult[] = [];
  const patience = new Patience(options.plan.patience);
  for (const scenario of options.scenarios) {
    const contenders = contendersFor(scenario, options);
    if (contenders.length === 0) continue;
    const result = await run(scenario, contenders, patience, options);
    results.push(result);
    write(result);
  }
  for (const outcome of outcomesOf(results))
    print(options.json ? JSON.stringify(goalLine(outcome)) : goalText(outcome));
  if (results.some(oursFailed)) process.exitCode = 1;
}

function contendersFor(scenario: Scenario, { contenders }: Options): Contender[] {
  const wanted = contenders.length > 0 ? contenders : CONTENDERS.filter(({ onRequest }) => !onRequest);
  return wanted.filter((contender) => contender.does(scenario));
}

async function run(
  scenario: Scenario,
  contenders: Contender[],
  patience: Patience,
  { plan, profile }: Options,
): Promise<ScenarioResult> {
  const progress = new Progress(process.stderr);
  const nodeOptions = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const result = await runScenario(scenario, contenders, plan, patience, nodeOptions, {
    begins: ({ name }, contender, round) =>
      progress.show(`${name}: round ${round + 1} of ${plan.rounds}, ${contender.name}`),
  });
  progress.clear();
  return result;
}

function writeTable(result: ScenarioResult): void {
  print(scenarioText(result, postMessage.name));
}

function writeJson(result: ScenarioResult): void {
  for (const row of rowsOf(result, postMessage.name)) print(JSON.stringify(jsonLine(row)));
  const lines = linesOf(result);
  if (lines !== undefined) print(JSON.stringify(cacheLineLine(result.scenario.name, lines)));
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A rival that fails is shown; when the library fails, so does the run. */
function oursFailed({ series }: ScenarioResult): boolean {
  return series.some(
    ({ contender, rounds }) => contender.name.startsWith('millrace') && rounds.some((round) => !round.ok),
  );
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) print(helpText());
  else await main(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\nTry --help.\n`);
  process.exitCode = 2;
}
