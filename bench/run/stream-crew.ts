import type { Contender, Endpoint } from '../contenders/index.ts';
import { faultOf, type Tally } from '../payloads/verify.ts';
import type { StreamScenario } from '../scenarios/index.ts';
import { nowMs } from './clock.ts';
import { Member } from './crew.ts';
import { driverOf } from './drivers.ts';
import { createGate, openGate } from './gate.ts';
import type { ConsumeAnswer, Job } from './jobs.ts';
import { createLine } from './line.ts';
import { VerificationError } from './verification-error.ts';

/** One use of a queue, from the first message to the last. */
export interface Phase {
  /** Messages of each producer. */
  readonly count: number;
  readonly tookMs: number;
}

/** The threads of a round that send and receive. Every phase has a queue of its own and is verified whole. */
export class StreamCrew {
  readonly #scenario: StreamScenario;
  readonly #contender: Contender;
  readonly #producers: Member[];
  readonly #consumers: Member[];

  constructor(scenario: StreamScenario, contender: Contender) {
    this.#scenario = scenario;
    this.#contender = contender;
    this.#producers = Array.from({ length: scenario.producers }, () => new Member());
    this.#consumers = Array.from({ length: scenario.consumers }, () => new Member());
  }

  /** Once all have started: a thread that is still loading its code would take a core from those that measure. */
  async measureLine(): Promise<number> {
    await Promise.all(this.#members.map((member) => member.ask({ kind: 'be-there' })));
    const line = createLine();
    const answered = this.#consumers[0]?.ask({ kind: 'answer-line', line });
    const measured = await this.#producers[0]?.ask<number>({ kind: 'measure-line', line });
    await answered;
    return measured as number;
  }

  /** Sends `count` messages from each producer; `beforeSending` runs while consumers wait for the first. */
  async run(count: number, beforeSending: () => Promise<void> = async () => {}): Promise<Phase> {
    const { producers, consumers } = (await driverOf(this.#contender.name, 'flow')).connect(this.#scenario);
    const names = { scenario: this.#scenario.name, contender: this.#contender.name };
    const shared = { ...names, finished: new SharedArrayBuffer(4) };
    const [receive, send] = [createGate(), createGate()];
    const consuming = this.#consumers.map((member, i) => {
      const { data, transfer } = consumers[i] as Endpoint;
      return member.begin({ ...names, kind: 'consume', gate: receive, data } satisfies Job, transfer);
    });
    const producing = this.#producers.map((member, producer) => {
      const { data, transfer } = producers[producer] as Endpoint;
      const job: Job = { ...shared, kind: 'produce', gate: send, data, producer, count };
      return member.begin(job, transfer);
    });
    await Promise.all([...consuming, ...producing].map(({ ready }) => ready));
    openGate(receive);
    await beforeSending();
    const startedAtMs = nowMs();
    openGate(send);
    const answers = (await Promise.all(consuming.map(({ done }) => done))) as ConsumeAnswer[];
    await Promise.all(producing.map(({ done }) => done));
    this.#verify(
      answers.map(({ tally }) => tally),
      count,
    );
    return { count, tookMs: Math.max(...answers.map(({ endedAtMs }) => endedAtMs)) - startedAtMs };
  }

  /** In a broadcast every consumer must have seen everything, otherwise all of them together. */
  #verify(tallies: Tally[], count: number): void {
    const groups = this.#scenario.kind === 'broadcast' ? tallies.map((tally) => [tally]) : [tallies];
    for (const group of groups) {
      const fault = faultOf(group, this.#scenario.producers, count);
      if (fault !== undefined) throw new VerificationError(fault);
    }
  }

  dismiss(): void {
    for (const member of this.#members) member.dismiss();
  }

  get #members(): readonly Member[] {
    return [...this.#producers, ...this.#consumers];
  }
}
