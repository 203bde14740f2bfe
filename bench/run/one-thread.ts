import { Bench } from 'tinybench';
import { PAYLOADS } from '../payloads/index.ts';
import { faultOf, verifierFor } from '../payloads/verify.ts';
import { type OneThreadScenario, scenarioNamed } from '../scenarios/index.ts';
import { driverOf } from './drivers.ts';
import type { OneThreadAnswer, OneThreadJob } from './jobs.ts';

/** Messages in one sample: an operation costs less than a look at the clock, so a sample has to be a batch. */
const BATCH = 2048;

/** Measures with tinybench what a message costs when it is written and read in one thread. */
export async function costInOneThread(job: OneThreadJob): Promise<OneThreadAnswer> {
  const scenario = scenarioNamed(job.scenario) as OneThreadScenario;
  const payload = PAYLOADS[scenario.payload];
  const verifier = verifierFor(payload, 1, 1);
  const driver = await driverOf(job.contender, 'oneThread');
  const queue = driver.open(scenario, payload, (value) => verifier.see(value));
  let sent = 0;
  const pass = () => {
    const passed = queue.pass(sent, BATCH);
    sent += BATCH;
    return passed;
  };
  const first = pass();
  await first;
  const cost = await medianMs(job, pass, first !== undefined);
  queue.close();
  const fault = faultOf([verifier.tally()], 1, sent);
  const answer = { cost: (cost * 1e6) / BATCH };
  return fault === undefined ? answer : { ...answer, fault };
}

/** Milliseconds that one call of `task` takes. */
async function medianMs(
  { warmUpMs, measureMs, contender }: OneThreadJob,
  task: () => void | Promise<void>,
  async: boolean,
): Promise<number> {
  const bench = new Bench({ time: measureMs, warmupTime: warmUpMs, throws: true }).add(contender, task, {
    async,
  });
  if (async) await bench.run();
  else bench.runSync();
  const { result } = bench.tasks[0] ?? {};
  if (result?.state !== 'completed') throw new Error(`tinybench says: ${result?.state}`);
  return result.latency.p50;
}
