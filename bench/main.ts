import { writeFileSync } from 'node:fs';
import { runAll } from './campaign.ts';
import { type Absent, type Contender, loadContenders } from './contenders/index.ts';
import { outcomeOf } from './goals/outcome.ts';
import { PLEDGES } from './goals/pledges.ts';
import { tasksOf } from './goals/tasks.ts';
import { outcomeText } from './goals/text.ts';
import { helpText } from './help.ts';
import { type Options, parseOptions, UsageError } from './options.ts';
import { agreementOf, agreementText } from './report/agreement.ts';
import { compareText } from './report/compare.ts';
import { findings, unexplainedIn } from './report/findings.ts';
import { htmlReport } from './report/html.ts';
import { cacheLineLine, goalLine, jsonLine } from './report/json.ts';
import { markdownReport } from './report/markdown.ts';
import { pictureOf } from './report/picture.ts';
import { writeReadme } from './report/readme.ts';
import { FORMAT, type Results, ResultsError, readAll, readResults, writeResults } from './report/results.ts';
import { linesOf, rowsOf } from './report/row.ts';
import { headerText, scenarioText } from './report/table.ts';
import type { ScenarioResult } from './run/interleave.ts';
import { describeMachine } from './run/machine.ts';

/** `millrace bench`: what is wrong with the command line is said in words, and the exit code is 2. */
export async function main(args: readonly string[]): Promise<void> {
  try {
    await run(args);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof ResultsError)) throw error;
    process.stderr.write(`${error.message}\nTry --help.\n`);
    process.exitCode = 2;
  }
}

/** Runs what was asked for, prints each scenario as soon as it is done, and writes the reports. */
async function run(args: readonly string[]): Promise<void> {
  const { contenders, absent } = await loadContenders();
  const options = parseOptions(args, contenders);
  if (options.help) return print(helpText(contenders));
  if (options.from !== undefined) return reportAgain(options.from, options);
  const results = await measure(options, contenders, absent);
  report(results, [], options);
  if (results.scenarios.some(oursFailed)) process.exitCode = 1;
}

/** Nobody who asks for files wants to read it all. */
function reportAgain(path: string, options: Options): void {
  const [results, ...others] = readAll(path) as [Results, ...Results[]];
  if (!writesFiles(options)) for (const result of results.scenarios) printResult(result, options);
  report(results, others, options);
}

const writesFiles = ({ html, markdown, readme, picture }: Options): boolean =>
  [html, markdown, readme, picture].some((file) => file !== undefined);

async function measure(
  options: Options,
  contenders: readonly Contender[],
  absent: readonly Absent[],
): Promise<Results> {
  const machine = describeMachine();
  // Whoever asked for JSON still gets to know about the machine, but not among the results.
  (options.json ? process.stderr : process.stdout).write(`${headerText(machine, options.plan, absent)}\n`);
  const startedAt = new Date().toISOString();
  const tasks = options.guard ? tasksOf(PLEDGES, contenders) : options.tasks;
  const scenarios = await runAll(tasks, options.plan, options.profile, (result) =>
    printResult(result, options),
  );
  const endedAt = new Date().toISOString();
  return { format: FORMAT, startedAt, endedAt, machine, plan: options.plan, absent, scenarios };
}

function printResult(result: ScenarioResult, { json, guard }: Options): void {
  if (guard) return;
  if (json) printLines(result);
  else print(scenarioText(result));
}

function printLines(result: ScenarioResult): void {
  for (const row of rowsOf(result)) print(JSON.stringify(jsonLine(row)));
  const lines = linesOf(result);
  if (lines !== undefined) print(JSON.stringify(cacheLineLine(result.scenario.name, lines)));
}

function report(results: Results, others: readonly Results[], options: Options): void {
  reportGoals(results, options);
  if (options.compare !== undefined) print(compareText(readResults(options.compare), results));
  if (options.agree !== undefined) reportAgreement(readResults(options.agree), results);
  if (options.save !== undefined) tell('results', writeResults(options.save, results, options.lesser));
  if (options.html !== undefined) write('report', options.html, htmlReport(results));
  if (options.markdown !== undefined) {
    write('tables', options.markdown, markdownReport(results, others));
    for (const name of unexplainedIn(results, findings())) tell('bench/findings.md does not say why', name);
  }
  if (options.picture !== undefined) write('picture', options.picture, pictureOf(results));
  if (options.readme !== undefined) tell('table', writeReadme(options.readme, results));
}

/** Whether two runs say the same. */
function reportAgreement(one: Results, other: Results): void {
  print(agreementText(one, other));
  if (agreementOf(one, other).verdict === 'short') process.exitCode = 1;
}

/** Of an ordinary run, the promises about which it says something. */
function reportGoals({ scenarios }: Results, { guard, warn, json }: Options): void {
  const all = PLEDGES.map((pledge) => outcomeOf(pledge, scenarios));
  const outcomes = guard ? all : all.filter(({ measured }) => measured !== undefined);
  if (!json && outcomes.length > 0) print('');
  for (const outcome of outcomes) print(json ? JSON.stringify(goalLine(outcome)) : outcomeText(outcome));
  if (guard && !warn && outcomes.some(({ verdict }) => verdict === 'short')) process.exitCode = 1;
}

function write(what: string, path: string, text: string): void {
  writeFileSync(path, text);
  tell(what, path);
}

const tell = (what: string, path: string): void => void process.stderr.write(`${what}: ${path}\n`);

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A rival that fails is shown; when the library fails, so does the run. */
function oursFailed({ series }: ScenarioResult): boolean {
  return series.some(
    ({ contender, rounds }) => contender.startsWith('millrace') && rounds.some((round) => !round.ok),
  );
}
