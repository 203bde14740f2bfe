import { setTimeout } from 'node:timers/promises';
import type { Contender } from '../contenders/index.ts';
import type { FloodScenario, IdleScenario } from '../scenarios/index.ts';
import type { Plan } from './plan.ts';
import { type Measured, metricOf } from './result.ts';
import { StreamCrew } from './stream-crew.ts';

/** How long threads get to begin to wait, and to have done what a start leaves behind. */
const SETTLE_MS = 300;
const SAMPLE_MS = 10;
const MIB = 2 ** 20;

/** A round in which consumers wait for a first message: the processor time that this takes, of the whole process. */
export async function idleRound(scenario: IdleScenario, contender: Contender, plan: Plan): Promise<Measured> {
  const crew = new StreamCrew(scenario, contender);
  let busyMs = 0;
  await crew.run(1, async () => {
    await setTimeout(SETTLE_MS);
    const before = process.cpuUsage();
    const start = performance.now();
    await setTimeout(plan.measureMs);
    const { user, system } = process.cpuUsage(before);
    busyMs = (user + system) / (performance.now() - start);
  });
  crew.dismiss();
  return { ok: true, metrics: [metricOf(scenario.kind, busyMs)], lines: [] };
}

/** A round in which more comes than can be consumed: how far the memory of the process grows meanwhile. */
export async function floodRound(scenario: FloodScenario, contender: Contender): Promise<Measured> {
  const crew = new StreamCrew(scenario, contender);
  await crew.run(1000); // loads and compiles what takes memory of its own
  const memory = new Peak();
  await crew.run(scenario.count, async () => memory.begin());
  const grown = memory.end();
  crew.dismiss();
  return { ok: true, metrics: [metricOf(scenario.kind, grown)], lines: [] };
}

/** The most memory the process has while it is watched. */
class Peak {
  #before = 0;
  #most = 0;
  #timer: NodeJS.Timeout | undefined;

  begin(): void {
    this.#before = process.memoryUsage.rss();
    this.#timer = setInterval(() => this.#look(), SAMPLE_MS);
  }

  #look(): void {
    this.#most = Math.max(this.#most, process.memoryUsage.rss());
  }

  /** MiB above the beginning. */
  end(): number {
    this.#look();
    clearInterval(this.#timer);
    return Math.max(0, this.#most - this.#before) / MIB;
  }
}
