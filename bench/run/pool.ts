import { setEnvironmentData } from 'node:worker_threads';
import type { Contender } from '../contenders/index.ts';
import { faultIn, WORK_US } from '../contenders/pools/work.ts';
import type { PoolScenario } from '../scenarios/index.ts';
import { driverOf } from './drivers.ts';
import { measureGrowing } from './growing.ts';
import type { Plan } from './plan.ts';
import { type Measured, metricOf } from './result.ts';
import { VerificationError } from './verification-error.ts';

/** Items of the very first phase. */
const FIRST_COUNT = 200;

/** A round of a pool: fresh threads, then as many records as go into the time, all results looked at. */
export async function poolRound(scenario: PoolScenario, contender: Contender, plan: Plan): Promise<Measured> {
  setEnvironmentData(WORK_US, scenario.workUs);
  const pool = await (await driverOf(contender.name, 'pool')).open(scenario);
  const { count, tookMs } = await measureGrowing(FIRST_COUNT, plan, async (records) => {
    const start = performance.now();
    await runVerified(pool.run, records, scenario.workUs);
    return { count: records, tookMs: performance.now() - start };
  });
  await pool.close();
  return { ok: true, metrics: [metricOf(scenario.kind, count / tookMs)], lines: [] };
}

async function runVerified(
  run: (count: number, see: (result: unknown) => void) => Promise<void>,
  count: number,
  workUs: number,
): Promise<void> {
  let seen = 0;
  let fault: string | undefined;
  await run(count, (result) => {
    fault ??= faultIn(result, seen, workUs);
    seen++;
  });
  if (seen !== count) fault ??= `${count} records went in and ${seen} results came out`;
  if (fault !== undefined) throw new VerificationError(fault);
}
