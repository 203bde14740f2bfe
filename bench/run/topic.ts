import type { RunningTopic } from '../contenders/contender.ts';
import type { Contender, Endpoint } from '../contenders/index.ts';
import { faultOf } from '../payloads/verify.ts';
import type { TopicScenario } from '../scenarios/index.ts';
import { nowMs } from './clock.ts';
import { Member } from './crew.ts';
import { driverOf } from './drivers.ts';
import { createGate, openGate } from './gate.ts';
import { measureGrowing } from './growing.ts';
import type { Job } from './jobs.ts';
import type { Plan } from './plan.ts';
import { type Measured, metricOf } from './result.ts';
import type { Phase } from './stream-crew.ts';
import { VerificationError } from './verification-error.ts';

/** Messages of the very first phase. */
const FIRST_COUNT = 5_000;

/** A round of a topic: producers in threads of ours, consumers in threads of the contender; every group verified. */
export async function topicRound(
  scenario: TopicScenario,
  contender: Contender,
  plan: Plan,
): Promise<Measured> {
  const topic = (await driverOf(contender.name, 'topic')).open(scenario);
  const producers = Array.from({ length: scenario.producers }, () => new Member());
  const { count, tookMs } = await measureGrowing(FIRST_COUNT, plan, (messages) =>
    runPhase(scenario, contender, topic, producers, messages),
  );
  for (const member of producers) member.dismiss();
  await topic.close();
  return {
    ok: true,
    metrics: [metricOf(scenario.kind, (count * scenario.producers) / tookMs / 1000)],
    lines: [],
  };
}

async function runPhase(
  scenario: TopicScenario,
  contender: Contender,
  topic: RunningTopic,
  members: readonly Member[],
  count: number,
): Promise<Phase> {
  const { producers, consumed } = topic.connect();
  const gate = createGate();
  const finished = new SharedArrayBuffer(4);
  const producing = members.map((member, producer) => {
    const { data, transfer } = producers[producer] as Endpoint;
    const names = { scenario: scenario.name, contender: contender.name };
    const job: Job = { ...names, kind: 'produce', gate, finished, data, producer, count };
    return member.begin(job, transfer);
  });
  await Promise.all(producing.map(({ ready }) => ready));
  const startedAtMs = nowMs();
  openGate(gate);
  await Promise.all(producing.map(({ done }) => done));
  const groups = await consumed();
  for (const group of groups) {
    const fault = faultOf(
      group.map(({ tally }) => tally),
      scenario.producers,
      count,
    );
    if (fault !== undefined) throw new VerificationError(fault);
  }
  return { count, tookMs: Math.max(...groups.flat().map(({ endedAtMs }) => endedAtMs)) - startedAtMs };
}
