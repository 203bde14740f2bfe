import { type Contender, contenderNamed } from '../contenders/index.ts';
import { type OneThreadScenario, type Scenario, scenarioNamed, threadsOf } from '../scenarios/index.ts';
import { Member } from './crew.ts';
import { Disturbance } from './disturbance.ts';
import { flowRound } from './flow.ts';
import { jobRound } from './job.ts';
import type { OneThreadAnswer } from './jobs.ts';
import type { Plan } from './plan.ts';
import { poolRound } from './pool.ts';
import { floodRound, idleRound } from './resources.ts';
import { type Measured, metricOf, type RoundResult } from './result.ts';
import { roundTripRound } from './round-trip.ts';
import { topicRound } from './topic.ts';
import { VerificationError } from './verification-error.ts';

/**
 * The process of one round: one contender in one scenario. A process of its own keeps a contender's heap, compiled code
 * and crashes from the others. It prints its result as one line of JSON.
 */
export interface RoundOrder {
  readonly scenario: string;
  readonly contender: string;
  readonly plan: Plan;
}

async function run({ scenario, contender, plan }: RoundOrder): Promise<RoundResult> {
  try {
    const what = scenarioNamed(scenario);
    const disturbance = new Disturbance(threadsOf(what));
    const measured = await roundOf(what, await contenderNamed(contender), plan);
    return { ...measured, disturbance: disturbance.measure() };
  } catch (error) {
    if (error instanceof VerificationError) return { ok: false, reason: error.message };
    throw error;
  }
}

function roundOf(scenario: Scenario, contender: Contender, plan: Plan): Promise<Measured> {
  if (contender.round !== undefined) return contender.round(scenario, plan);
  switch (scenario.kind) {
    case 'flow':
    case 'broadcast':
      return flowRound(scenario, contender, plan);
    case 'round-trip':
      return roundTripRound(scenario, contender, plan);
    case 'one-thread':
      return oneThreadRound(scenario, contender, plan);
    case 'pool':
      return poolRound(scenario, contender, plan);
    case 'topic':
      return topicRound(scenario, contender, plan);
    case 'idle':
      return idleRound(scenario, contender, plan);
    case 'flood':
      return floodRound(scenario, contender);
    case 'job':
      return jobRound(scenario, contender);
  }
}

/** In a worker, as the others: the main thread's isolate has been through more. */
async function oneThreadRound(
  { name, kind, payload }: OneThreadScenario,
  contender: Contender,
  { warmUpMs, measureMs }: Plan,
): Promise<Measured> {
  const member = new Member();
  const answer = await member.ask<OneThreadAnswer>({
    kind: 'one-thread',
    scenario: name,
    contender: contender.name,
    payload,
    warmUpMs,
    measureMs,
  });
  member.dismiss();
  if (answer.fault !== undefined) throw new VerificationError(answer.fault);
  return { ok: true, metrics: [metricOf(kind, answer.cost)], lines: [] };
}

const result = await run(JSON.parse(process.argv[2] ?? '') as RoundOrder);
process.stdout.write(`${JSON.stringify(result)}\n`);
if (!result.ok) process.exit(1); // Threads of a failed round may be waiting for what never comes.
