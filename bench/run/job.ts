import type { Contender } from '../contenders/index.ts';
import type { JobScenario } from '../scenarios/index.ts';
import { driverOf } from './drivers.ts';
import { type Measured, metricOf } from './result.ts';

/** A round of a program: it runs once. */
export async function jobRound({ kind }: JobScenario, contender: Contender): Promise<Measured> {
  const rate = await (await driverOf(contender.name, 'job')).run();
  return { ok: true, metrics: [metricOf(kind, rate)], lines: [] };
}
