import type { Contender } from './contenders/index.ts';
import { Progress } from './report/progress.ts';
import { runScenario, type ScenarioResult } from './run/interleave.ts';
import { Patience } from './run/patience.ts';
import type { Plan } from './run/plan.ts';
import type { Scenario } from './scenarios/index.ts';

/** A scenario, and who takes part. */
export interface Task {
  readonly scenario: Scenario;
  readonly contenders: readonly Contender[];
}

/** Runs one scenario after the other and hands each over as soon as it is done. */
export async function runAll(
  tasks: readonly Task[],
  plan: Plan,
  profile: string | undefined,
  onResult: (result: ScenarioResult) => void,
): Promise<ScenarioResult[]> {
  const patience = new Patience(plan.patience);
  const progress = new Progress(process.stderr);
  const nodeOptions = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const all = tasks.reduce((sum, { contenders }) => sum + contenders.length * plan.rounds, 0);
  const results: ScenarioResult[] = [];
  let before = 0;
  await prepareAll(tasks);
  for (const { scenario, contenders } of tasks) {
    let done = before;
    const result = await runScenario(scenario, contenders, plan, patience, nodeOptions, {
      begins: ({ name }, contender, round) =>
        progress.rounds(done++, all, `${name}: round ${round + 1} of ${plan.rounds}, ${contender.name}`),
      waits: ({ name }, contender, secondsLeft) =>
        progress.waiting(secondsLeft, `${name}, ${contender.name}`),
    });
    before += contenders.length * plan.rounds;
    progress.clear();
    results.push(result);
    onResult(result);
  }
  return results;
}

/** What can't be prepared fails in its first round again, where the table says why. */
async function prepareAll(tasks: readonly Task[]): Promise<void> {
  const contenders = new Set(tasks.flatMap((task) => task.contenders));
  for (const contender of contenders) await contender.prepare?.().catch(() => {});
}
