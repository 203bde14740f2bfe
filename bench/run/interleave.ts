import type { Contender } from '../contenders/index.ts';
import { type Scenario, threadsOf } from '../scenarios/index.ts';
import type { Patience } from './patience.ts';
import type { Plan } from './plan.ts';
import { runInProcess } from './process.ts';
import type { RoundResult } from './result.ts';

/** All rounds of one contender in one scenario. After a round that failed there are no more. */
export interface Series {
  readonly contender: string;
  /** What a reader of the table has to know. */
  readonly about: string;
  readonly rounds: readonly RoundResult[];
}

/** Plain data, as it stands in the results. */
export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly series: readonly Series[];
}

export interface Watcher {
  /** Before each round. */
  begins(scenario: Scenario, contender: Contender, round: number): void;
  /** Before a round is run again because others use the machine, and for as long as they do. */
  waits(scenario: Scenario, contender: Contender, secondsLeft: number): void;
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
      if (rounds[at]?.some(({ ok }) => !ok)) continue;
      const contender = contenders[at] as Contender;
      watcher.begins(scenario, contender, round);
      const order = { scenario: scenario.name, contender: contender.name, plan };
      const result = await patience.undisturbed(
        threadsOf(scenario),
        () => runInProcess(order, nodeOptions),
        (secondsLeft) => watcher.waits(scenario, contender, secondsLeft),
      );
      rounds[at]?.push(result);
    }
  }
  const series = contenders.map((contender, at) => ({
    contender: contender.name,
    about: contender.about(scenario),
    rounds: rounds[at] ?? [],
  }));
  return { scenario, series };
}
