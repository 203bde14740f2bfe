import { setEnvironmentData } from 'node:worker_threads';
import type { Contender } from '../contenders/index.ts';
import { faultIn, type Item, itemOf, WORK_US } from '../contenders/pools/work.ts';
import type { PoolScenario } from '../scenarios/index.ts';
import { driverOf } from './drivers.ts';
import type { Plan } from './plan.ts';
import { type Measured, metricOf } from './result.ts';
import { VerificationError } from './verification-error.ts';

/** Results between two looks at the clock. */
const LOOK_EACH = 16;
/** Threads that are started for a stream need longer to be warm than those that are there. */
const WARM_UPS = 4;

/**
 * A round of a pool: one stream of records, all results looked at, and in the midst of it the time that counts. So it does
 * not matter whether a contender starts its threads before a stream or for it.
 */
export async function poolRound(scenario: PoolScenario, contender: Contender, plan: Plan): Promise<Measured> {
  setEnvironmentData(WORK_US, scenario.workUs);
  const pool = await (await driverOf(contender.name, 'pool')).open(scenario);
  const stream = new RecordStream(scenario.workUs, plan);
  await pool.run(stream.records(), (result) => stream.see(result));
  await pool.close();
  return { ok: true, metrics: [metricOf(scenario.kind, stream.end())], lines: [] };
}

/** Records for as long as the plan says, and what comes of them. */
class RecordStream {
  readonly #workUs: number;
  readonly #warmUpMs: number;
  readonly #measureMs: number;
  #sent = 0;
  #seen = 0;
  #fault: string | undefined;
  #firstAt: number | undefined;
  #begin: { readonly seen: number; readonly at: number } | undefined;
  #perMs: number | undefined;

  constructor(workUs: number, { warmUpMs, measureMs }: Plan) {
    this.#workUs = workUs;
    this.#warmUpMs = warmUpMs * WARM_UPS;
    this.#measureMs = measureMs;
  }

  *records(): Generator<Item> {
    while (this.#perMs === undefined && this.#fault === undefined) yield itemOf(this.#sent++);
  }

  see(result: unknown): void {
    this.#fault ??= faultIn(result, this.#seen, this.#workUs);
    if (++this.#seen % LOOK_EACH === 0) this.#lookAtClock(performance.now());
  }

  #lookAtClock(now: number): void {
    this.#firstAt ??= now;
    if (this.#begin === undefined) {
      if (now >= this.#firstAt + this.#warmUpMs) this.#begin = { seen: this.#seen, at: now };
    } else if (now >= this.#begin.at + this.#measureMs) {
      this.#perMs ??= (this.#seen - this.#begin.seen) / (now - this.#begin.at);
    }
  }

  /** Thousands of results a second, once the stream has ended. */
  end(): number {
    if (this.#seen !== this.#sent)
      this.#fault ??= `${this.#sent} records went in and ${this.#seen} results came out`;
    if (this.#fault !== undefined) throw new VerificationError(this.#fault);
    return this.#perMs as number;
  }
}
