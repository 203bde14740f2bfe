import type { Contender, Endpoint } from '../contenders/index.ts';
import { faultOf, type Tally } from '../payloads/verify.ts';
import type { FlowScenario } from '../scenarios/index.ts';
import { nowMs } from './clock.ts';
import { Member } from './crew.ts';
import { flowDriverOf } from './drivers.ts';
import { createGate, openGate } from './gate.ts';
import type { ConsumeAnswer, Job } from './jobs.ts';
import { createLine } from './line.ts';
import type { Plan } from './plan.ts';
import { type Measured, UNITS } from './result.ts';
import { VerificationError } from './verification-error.ts';

/** Messages of the very first phase. */
const FIRST_COUNT = 2_000;
/** A phase has at most this many times the messages of the one before: a cold start says little about what comes. */
const GROWTH_MAX = 20;
/** Sequences are int32. */
const COUNT_MAX = 2 ** 30;

/**
 * A round of a flow: fresh threads, phases that grow until they last long enough for the code to be hot, then the one
 * that counts. Every phase has a queue of its own and is verified whole.
 */
export async function flowRound(scenario: FlowScenario, contender: Contender, plan: Plan): Promise<Measured> {
  const crew = new FlowCrew(scenario, contender);
  const before = await crew.measureLine();
  const warm = await crew.warmUp(plan.warmUpMs);
  const phase = await crew.run(countFor(warm, plan.measureMs));
  const after = await crew.measureLine();
  crew.dismiss();
  const rate = (phase.count * scenario.producers) / phase.tookMs / 1000;
  return {
    ok: true,
    metrics: [{ suffix: '', unit: UNITS.flow, better: 'more', value: rate }],
    lines: [before, after],
  };
}

interface Phase {
  /** Messages of each producer. */
  readonly count: number;
  readonly tookMs: number;
}

/** How many messages would take about `ms`, going by a phase that was shorter. */
function countFor({ count, tookMs }: Phase, ms: number): number {
  const growth = Math.min(GROWTH_MAX, Math.max(1, ms / tookMs));
  return Math.min(COUNT_MAX, Math.ceil(count * growth));
}

class FlowCrew {
  readonly #scenario: FlowScenario;
  readonly #contender: Contender;
  readonly #producers: Member[];
  readonly #consumers: Member[];

  constructor(scenario: FlowScenario, contender: Contender) {
    this.#scenario = scenario;
    this.#contender = contender;
    this.#producers = Array.from({ length: scenario.producers }, () => new Member());
    this.#consumers = Array.from({ length: scenario.consumers }, () => new Member());
  }

  async measureLine(): Promise<number> {
    const line = createLine();
    const answered = this.#consumers[0]?.ask({ kind: 'answer-line', line });
    const measured = await this.#producers[0]?.ask<number>({ kind: 'measure-line', line });
    await answered;
    return measured as number;
  }

  /** Runs phases until one of them lasts as long as it should. */
  async warmUp(ms: number): Promise<Phase> {
    let phase = await this.run(FIRST_COUNT);
    while (phase.tookMs < ms * 0.8 && phase.count < COUNT_MAX) {
      phase = await this.run(Math.max(countFor(phase, ms), phase.count * 2));
    }
    return phase;
  }

  async run(count: number): Promise<Phase> {
    const { producers, consumers } = flowDriverOf(this.#contender.name).connect(this.#scenario);
    const shared = {
      scenario: this.#scenario.name,
      contender: this.#contender.name,
      gate: createGate(),
      finished: new SharedArrayBuffer(4),
    };
    const consuming = this.#consumers.map((member, i) => {
      const { data, transfer } = consumers[i] as Endpoint;
      return member.begin({ ...shared, kind: 'consume', data } satisfies Job, transfer);
    });
    const producing = this.#producers.map((member, producer) => {
      const { data, transfer } = producers[producer] as Endpoint;
      return member.begin({ ...shared, kind: 'produce', data, producer, count } satisfies Job, transfer);
    });
    await Promise.all([...consuming, ...producing].map(({ ready }) => ready));
    const startedAtMs = nowMs();
    openGate(shared.gate);
    const answers = (await Promise.all(consuming.map(({ done }) => done))) as ConsumeAnswer[];
    await Promise.all(producing.map(({ done }) => done));
    this.#verify(
      answers.map(({ tally }) => tally),
      count,
    );
    return { count, tookMs: Math.max(...answers.map(({ endedAtMs }) => endedAtMs)) - startedAtMs };
  }

  #verify(tallies: Tally[], count: number): void {
    const fault = faultOf(tallies, this.#scenario.producers, count);
    if (fault !== undefined) throw new VerificationError(fault);
  }

  dismiss(): void {
    for (const member of [...this.#producers, ...this.#consumers]) member.dismiss();
  }
}
