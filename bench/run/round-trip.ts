import type { Contender } from '../contenders/index.ts';
import type { RoundTripScenario } from '../scenarios/index.ts';
import { Member } from './crew.ts';
import { driverOf } from './drivers.ts';
import type { PingAnswer, PingJob } from './jobs.ts';
import { answerLine, createLine } from './line.ts';
import { ping } from './perform.ts';
import type { Plan } from './plan.ts';
import { latenciesOf, type Measured } from './result.ts';
import { VerificationError } from './verification-error.ts';

/** A round of round trips: fresh threads, a warm-up, then as many trips as go into the time. */
export async function roundTripRound(
  scenario: RoundTripScenario,
  contender: Contender,
  plan: Plan,
): Promise<Measured> {
  const far = new Member();
  const near = scenario.waiting === 'async' ? new MainThread() : new Member();
  const before = await measureLine(near, far);
  const answer = await measureTrips(scenario, contender, plan, near, far);
  const after = await measureLine(near, far);
  near.dismiss();
  far.dismiss();
  return latenciesOf(answer.curve, [before, after]);
}

async function measureTrips(
  scenario: RoundTripScenario,
  contender: Contender,
  { warmUpMs, measureMs }: Plan,
  near: Member | MainThread,
  far: Member,
): Promise<PingAnswer> {
  const ends = (await driverOf(contender.name, 'roundTrip')).connect(scenario);
  const names = { scenario: scenario.name, contender: contender.name };
  const echoed = far.ask({ ...names, kind: 'echo', data: ends.far.data }, ends.far.transfer);
  const job: PingJob = { ...names, kind: 'ping', data: ends.near.data, warmUpMs, measureMs };
  const answer = await (near instanceof MainThread
    ? ping(job)
    : near.ask<PingAnswer>(job, ends.near.transfer));
  await echoed;
  if (answer.fault !== undefined) throw new VerificationError(answer.fault);
  return answer;
}

/** The main thread in the place of a worker. */
class MainThread {
  dismiss(): void {}
}

/** The far side measures, because that is a worker in any case. */
async function measureLine(near: Member | MainThread, far: Member): Promise<number> {
  const line = createLine();
  const measured = far.ask<number>({ kind: 'measure-line', line });
  if (near instanceof MainThread) answerLine(line);
  else await near.ask({ kind: 'answer-line', line });
  return measured;
}
