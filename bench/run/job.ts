import type { Contender } from '../contenders/index.ts';
import type { JobScenario } from '../scenarios/index.ts';
import { driverOf } from './drivers.ts';
import { type Measured, metricOf } from './result.ts';

/** A round of a program: it runs once. */
export async function jobRound(scenario: JobScenario, contender: Contender): Promise<Measured> {
  const rate = await (await driverOf(contender.name, 'job')).run(scenario);
  return { ok: true, metrics: [metricOf(scenario.kind, rate)], lines: [] };
}
