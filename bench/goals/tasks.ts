import type { Task } from '../campaign.ts';
import type { Contender } from '../contenders/index.ts';
import { SCENARIOS } from '../scenarios/index.ts';
import type { Pledge } from './pledge.ts';

/** What has to run so that every pledge can be judged, and nothing else. */
export function tasksOf(pledges: readonly Pledge[], contenders: readonly Contender[]): Task[] {
  return SCENARIOS.map((scenario) => {
    const names = new Set(pledges.flatMap((pledge) => contendersIn(pledge, scenario.name)));
    return { scenario, contenders: contenders.filter((one) => names.has(one.name) && one.does(scenario)) };
  }).filter((task) => task.contenders.length > 0);
}

/** Who takes part in this scenario for the sake of a pledge. */
function contendersIn({ ours, against }: Pledge, scenario: string): readonly string[] {
  const own = ours.scenario === scenario ? [ours.contender] : [];
  if ('bestOf' in against) return ours.scenario === scenario ? [...own, ...against.bestOf] : [];
  return 'contender' in against && against.scenario === scenario ? [...own, against.contender] : own;
}
