import { PAYLOADS } from '../payloads/index.ts';
import { verifierFor } from '../payloads/verify.ts';
import { type FlowScenario, type RoundTripScenario, scenarioNamed } from '../scenarios/index.ts';
import { nowMs } from './clock.ts';
import { flowDriverOf, roundTripDriverOf } from './drivers.ts';
import { waitAtGate } from './gate.ts';
import type {
  ConsumeAnswer,
  ConsumeJob,
  EchoJob,
  Job,
  LeaveJob,
  PingAnswer,
  PingJob,
  ProduceJob,
} from './jobs.ts';
import { answerLine, measureLine } from './line.ts';
import { costInOneThread } from './one-thread.ts';
import { Trips } from './trips.ts';

/** Does one job in this thread. `ready` is called before the thread waits at a gate. */
export async function perform(job: Exclude<Job, LeaveJob>, ready: () => void): Promise<unknown> {
  switch (job.kind) {
    case 'produce':
      return produce(job, ready);
    case 'consume':
      return consume(job, ready);
    case 'ping':
      return ping(job);
    case 'echo':
      return echo(job);
    case 'measure-line':
      return measureLine(job.line);
    case 'answer-line':
      return answerLine(job.line);
    case 'one-thread':
      return costInOneThread(job);
  }
}

async function produce(job: ProduceJob, ready: () => void): Promise<void> {
  const scenario = scenarioNamed(job.scenario) as FlowScenario;
  const finished = new Int32Array(job.finished);
  const source = {
    payload: PAYLOADS[scenario.payload],
    producer: job.producer,
    count: job.count,
    isLast: () => Atomics.add(finished, 0, 1) === scenario.producers - 1,
  };
  ready();
  waitAtGate(job.gate);
  await flowDriverOf(job.contender).produce(job.data, scenario, source);
}

async function consume(job: ConsumeJob, ready: () => void): Promise<ConsumeAnswer> {
  const scenario = scenarioNamed(job.scenario) as FlowScenario;
  const verifier = verifierFor(PAYLOADS[scenario.payload], scenario.producers, scenario.consumers);
  ready();
  waitAtGate(job.gate);
  await flowDriverOf(job.contender).consume(job.data, scenario, (value) => verifier.see(value));
  return { endedAtMs: nowMs(), tally: verifier.tally() };
}

/** Also called on the main thread of the round, for the scenarios in which that awaits. */
export async function ping(job: PingJob): Promise<PingAnswer> {
  const scenario = scenarioNamed(job.scenario) as RoundTripScenario;
  const trips = new Trips(job.warmUpMs, job.measureMs);
  await roundTripDriverOf(job.contender).ping(job.data, scenario, (answer) => trips.next(answer));
  return trips.answer();
}

async function echo(job: EchoJob): Promise<void> {
  const scenario = scenarioNamed(job.scenario) as RoundTripScenario;
  await roundTripDriverOf(job.contender).echo(job.data, scenario);
}
