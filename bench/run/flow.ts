import type { Contender } from '../contenders/index.ts';
import type { BroadcastScenario, FlowScenario } from '../scenarios/index.ts';
import { measureGrowing } from './growing.ts';
import type { Plan } from './plan.ts';
import { type Measured, metricOf } from './result.ts';
import { StreamCrew } from './stream-crew.ts';

/** Messages of the very first phase. */
const FIRST_COUNT = 2_000;

/** A round of a flow, or of a broadcast: fresh threads, then as many messages as go into the time. */
export async function flowRound(
  scenario: FlowScenario | BroadcastScenario,
  contender: Contender,
  plan: Plan,
): Promise<Measured> {
  const crew = new StreamCrew(scenario, contender);
  const before = await crew.measureLine();
  const warmUpMs = plan.warmUpMs * (scenario.warmUps ?? 1);
  const warm = { ...plan, warmUpMs };
  const { count, tookMs } = await measureGrowing(FIRST_COUNT, warm, (messages) => crew.run(messages));
  const after = await crew.measureLine();
  crew.dismiss();
  const rate = (count * scenario.producers) / tookMs / 1000;
  return { ok: true, metrics: [metricOf(scenario.kind, rate)], lines: [before, after] };
}
