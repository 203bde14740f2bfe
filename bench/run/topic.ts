import { setTimeout } from 'node:timers/promises';
import type { RunningTopic } from '../contenders/contender.ts';
import type { Contender } from '../contenders/index.ts';
import { faultOf } from '../payloads/verify.ts';
import type { TopicScenario } from '../scenarios/index.ts';
import { Member } from './crew.ts';
import { driverOf } from './drivers.ts';
import { createGate, openGate } from './gate.ts';
import type { Plan } from './plan.ts';
import { type Measured, metricOf } from './result.ts';
import { VerificationError } from './verification-error.ts';

/**
 * Seven threads, each of which compiles the same functions for itself, share the cores of a small machine: two seconds until the rate
 * of two groups does not rise any more on two cores.
 */
const WARM_UPS = 20;
const POLL_MS = 5;

/**
 * A round of a topic: producers in threads of ours, consumers in threads of the contender, one stream, and in the midst of it
 * the time that counts. At its end every group must have seen everything.
 */
export async function topicRound(
  scenario: TopicScenario,
  contender: Contender,
  plan: Plan,
): Promise<Measured> {
  const topic = (await driverOf(contender.name, 'topic')).open(scenario);
  const producers = new TopicProducers(scenario, contender, topic.data);
  await producers.start();
  const perMs = (await rateOf(topic, plan)) / scenario.groups;
  const sent = await producers.stop();
  for (const group of await topic.consumed()) {
    const fault = faultOf(group, scenario.producers, sent);
    if (fault !== undefined) throw new VerificationError(fault);
  }
  return { ok: true, metrics: [metricOf(scenario.kind, perMs / 1000)], lines: [] };
}

/** Messages that consumers see in a millisecond, once they are warm. */
async function rateOf(topic: RunningTopic, { warmUpMs, measureMs }: Plan): Promise<number> {
  while (topic.seen() === 0) await setTimeout(POLL_MS);
  await setTimeout(warmUpMs * WARM_UPS);
  const [seen, at] = [topic.seen(), performance.now()];
  await setTimeout(measureMs);
  return (topic.seen() - seen) / (performance.now() - at);
}

/** The threads that send until they are told to stop. */
class TopicProducers {
  readonly #members: readonly Member[];
  readonly #jobs: readonly { readonly ready: Promise<void>; readonly done: Promise<unknown> }[];
  readonly #gate = createGate();
  readonly #over = new SharedArrayBuffer(4);

  constructor(scenario: TopicScenario, contender: Contender, data: unknown) {
    const names = { scenario: scenario.name, contender: contender.name };
    const shared = { ...names, kind: 'produce-endlessly', gate: this.#gate, over: this.#over, data } as const;
    this.#members = Array.from({ length: scenario.producers }, () => new Member());
    this.#jobs = this.#members.map((member, producer) => member.begin({ ...shared, producer }));
  }

  async start(): Promise<void> {
    await Promise.all(this.#jobs.map(({ ready }) => ready));
    openGate(this.#gate);
  }

  /** How many messages each has sent. */
  async stop(): Promise<number[]> {
    Atomics.store(new Int32Array(this.#over), 0, 1);
    const sent = (await Promise.all(this.#jobs.map(({ done }) => done))) as number[];
    for (const member of this.#members) member.dismiss();
    return sent;
  }
}
