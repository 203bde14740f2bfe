import { setTimeout } from 'node:timers/promises';
import { Disturbance } from './disturbance.ts';
import { hasMoved } from './placement.ts';
import type { RoundResult } from './result.ts';

/** Cores that others may take away, on average, during a round that is to say something. */
export const DISTURBED = 0.15;

const SAMPLE_MS = 500;

/** A round that is spoiled so many times counts as it is. */
const TRIES = 3;

/** Told again and again while somebody waits: how many seconds there are left for that in the whole run. */
export type OnWaiting = (secondsLeft: number) => void;

/**
 * On a machine that is shared, rounds that were spoiled, by others on their cores or by threads that moved, are run again when
 * the others have left. How long all of that may take is given once for the whole run; after that, rounds count as they are,
 * and the table says how many.
 */
export class Patience {
  #leftMs: number;

  constructor(seconds: number) {
    this.#leftMs = seconds * 1000;
  }

  /** Runs a round of so many threads, and again while it was spoiled. */
  async undisturbed(
    threads: number,
    run: () => Promise<RoundResult>,
    onWaiting: OnWaiting,
  ): Promise<RoundResult> {
    let result = await run();
    for (let tries = 1; tries < TRIES && this.#leftMs > 0 && wasSpoiled(result); tries++) {
      const start = performance.now();
      await this.#waitForQuiet(threads, start + this.#leftMs, onWaiting);
      result = await run();
      this.#leftMs -= performance.now() - start;
    }
    return result;
  }

  async #waitForQuiet(threads: number, deadline: number, onWaiting: OnWaiting): Promise<void> {
    while (performance.now() < deadline) {
      onWaiting(Math.ceil((deadline - performance.now()) / 1000));
      const disturbance = new Disturbance(threads);
      await setTimeout(SAMPLE_MS);
      if ((disturbance.measure() ?? 0) <= DISTURBED) return;
    }
  }
}

const wasSpoiled = (result: RoundResult): boolean => wasDisturbed(result) || hasMoved(result);

/** Whether others had the cores while the round ran. A failure is a failure whoever had them. */
export function wasDisturbed(result: RoundResult): boolean {
  return result.ok && (result.disturbance ?? 0) > DISTURBED;
}
