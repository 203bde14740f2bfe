import type { Contender } from '../contenders/index.ts';
import { type Scenario, threadsOf } from '../scenarios/index.ts';
import type { Patience } from './patience.ts';
import type { Plan } from './plan.ts';
import { runInProcess } from './process.ts';
import type { RoundResult } from './result.ts';

/** All rounds of one contender in one scenario. */
export interface Series {
  readonly contender: Contender;
  readonly rounds: readonly RoundResult[];
}

export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly series: readonly Series[];
}

export interface Watcher {
  /** Before each round. */
  begins(scenario: Scenario, contender: Contender, round: number): void;
}

/**
 * Round by round, every contender in turn: whatever the machine does to one of them it does to its neighbours too, so the
 * ratios within a round hold although absolute figures drift. The order moves on by one each round.
 */
export async function runScenario(
  scenario: Scenario,
  contenders: readonly Contender[],
  plan: Plan,
  patience: Patience,
  nodeOptions: readonly string[],
  watcher: Watcher,
): Promise<ScenarioResult> {
  const rounds = contenders.map((): RoundResult[] => []);
  for (let round = 0; round < plan.rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const at = (turn + round) % contenders.length;
      const contender = contenders[at] as Contender;
      watcher.begins(scenario, contender, round);
      const order = { scenario: scenario.name, contender: contender.name, plan };
      rounds[at]?.push(
        await patience.undisturbed(threadsOf(scenario), () => runInProcess(order, nodeOptions)),
      );
    }
  }
  const series = contenders.map((contender, at) => ({ contender, rounds: rounds[at] ?? [] }));
  return { scenario, series };
}
