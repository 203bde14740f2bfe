import type { See } from '../contenders/contender.ts';
import { PAYLOADS } from '../payloads/index.ts';
import { type Tally, type Verifier, verifierFor } from '../payloads/verify.ts';
import {
  type RoundTripScenario,
  type StreamScenario,
  scenarioNamed,
  type TopicScenario,
} from '../scenarios/index.ts';
import { nowMs } from './clock.ts';
import { driverOf } from './drivers.ts';
import { waitAtGate } from './gate.ts';
import type {
  ConsumeAnswer,
  ConsumeJob,
  EchoJob,
  Job,
  LeaveJob,
  PingAnswer,
  PingJob,
  ProduceEndlesslyJob,
  ProduceJob,
} from './jobs.ts';
import { answerLine, measureLine } from './line.ts';
import { Trips } from './trips.ts';

/** Does one job in this thread. `ready` is called before the thread waits at a gate. */
export async function perform(job: Exclude<Job, LeaveJob>, ready: () => void): Promise<unknown> {
  switch (job.kind) {
    case 'produce':
      return produce(job, ready);
    case 'produce-endlessly':
      return produceEndlessly(job, ready);
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
    case 'be-there':
      return undefined;
    case 'one-thread':
      return (await import('./one-thread.ts')).costInOneThread(job);
  }
}

async function produce(job: ProduceJob, ready: () => void): Promise<void> {
  const scenario = scenarioNamed(job.scenario) as StreamScenario;
  const finished = new Int32Array(job.finished);
  const source = {
    payload: PAYLOADS[scenario.payload],
    producer: job.producer,
    count: job.count,
    isLast: () => Atomics.add(finished, 0, 1) === scenario.producers - 1,
  };
  const driver = await driverOf(job.contender, 'flow');
  await driver.prepare?.(job.data, scenario, 'producer');
  ready();
  waitAtGate(job.gate);
  await driver.produce(job.data, scenario, source);
}

async function produceEndlessly(job: ProduceEndlesslyJob, ready: () => void): Promise<number> {
  const scenario = scenarioNamed(job.scenario) as TopicScenario;
  const over = new Int32Array(job.over);
  const source = {
    payload: PAYLOADS[scenario.payload],
    producer: job.producer,
    isOver: () => Atomics.load(over, 0) === 1,
  };
  const driver = await driverOf(job.contender, 'topic');
  ready();
  waitAtGate(job.gate);
  return driver.produce(job.data, scenario, source);
}

async function consume(job: ConsumeJob, ready: () => void): Promise<ConsumeAnswer> {
  const scenario = scenarioNamed(job.scenario) as StreamScenario;
  const sharing = scenario.kind === 'broadcast' ? 1 : scenario.consumers; // A subscriber gets everything.
  const verifier = verifierFor(PAYLOADS[scenario.payload], scenario.producers, sharing);
  const driver = await driverOf(job.contender, 'flow');
  await driver.prepare?.(job.data, scenario, 'consumer');
  ready();
  waitAtGate(job.gate);
  const seenElsewhere = (await driver.consume(job.data, scenario, lookerOf(scenario, verifier))) as
    | Tally
    | undefined;
  return { endedAtMs: nowMs(), tally: seenElsewhere ?? verifier.tally() };
}

function lookerOf(scenario: StreamScenario, verifier: Verifier): See {
  if (scenario.kind !== 'flood') return (value) => verifier.see(value);
  const { workUs } = scenario;
  return (value) => {
    verifier.see(value);
    beBusy(workUs);
  };
}

function beBusy(us: number): void {
  const until = performance.now() + us / 1000;
  while (performance.now() < until);
}

/** Also called on the main thread of the round, for the scenarios in which that awaits. */
export async function ping(job: PingJob): Promise<PingAnswer> {
  const scenario = scenarioNamed(job.scenario) as RoundTripScenario;
  const driver = await driverOf(job.contender, 'roundTrip');
  const trips = new Trips(job.warmUpMs, job.measureMs);
  await driver.ping(job.data, scenario, (answer) => trips.next(answer));
  return trips.answer();
}

async function echo(job: EchoJob): Promise<void> {
  const scenario = scenarioNamed(job.scenario) as RoundTripScenario;
  const driver = await driverOf(job.contender, 'roundTrip');
  await driver.echo(job.data, scenario);
}
