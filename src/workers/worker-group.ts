import { OptionError, type Ring, type RingHandle } from '../ring/index.ts';
import { StageThreads } from './stage-threads.ts';

export interface WorkerGroupOptions {
  /** How many threads: a whole number from 1. */
  readonly threads: number;
  /** A name for errors. */
  readonly name?: string;
}

/** What each thread of a group is started with. */
export interface WorkerGroupData {
  readonly handler: string;
  readonly rings: readonly RingHandle[];
}

// biome-ignore lint/suspicious/noExplicitAny: rings of any types; the handler module knows which.
type AnyRing = Ring<any, any>;

/**
 * A handler module on a number of threads, each of which reads its share of some rings.
 *
 * The rings are the partitions of one stream: dealt to the threads like cards, each read by one thread, in
 * order. Rings that several threads may read (`mpmc`, `spmc`) can be shared by all threads instead: pass
 * `shared: true`. A thread waits for all its rings at once, on its one wake-up word, and its event loop stays
 * free.
 *
 * A message counts as read when the handler has returned for all of its batch. When a handler throws, or a
 * thread ends before its work, the group stops, and `results` rejects; what the thread had not finished stays
 * in its ring.
 */
export class WorkerGroup {
  /** Resolves when all rings have ended or the group was closed, with what the module's `close` returned in each thread. */
  readonly results: Promise<unknown[]>;
  readonly #threads: StageThreads<WorkerGroupData, unknown>;

  constructor(
    handler: URL,
    rings: readonly AnyRing[],
    options: WorkerGroupOptions & { readonly shared?: boolean },
  ) {
    const { threads, name = `the group of ${handler.href}`, shared = false } = options;
    if (rings.length === 0) throw new OptionError('rings', 'A worker group needs at least one ring to read.');
    this.#threads = new StageThreads(new URL('./worker-group-thread.js', import.meta.url), {
      threads,
      name,
      onEnd: (threadId) => {
        for (const ring of rings) ring.repair(threadId);
      },
    });
    const shares = shared
      ? undefined
      : deal(
          rings.map((ring) => ring.handle),
          threads,
        );
    this.results = this.#threads.run((thread) => ({
      handler: handler.href,
      rings: shares?.[thread] ?? rings.map((ring) => ring.handle),
    }));
    this.results.catch(() => {}); // Whoever asks for the results, or closes, gets the error; nobody has to.
  }

  /**
   * Stops: with `drain`, after what has been written by now; without, after the batch in hand. Resolves when
   * the threads have ended; rejects as `results` does.
   */
  async close({ drain = false }: { readonly drain?: boolean } = {}): Promise<void> {
    this.#threads.stop(drain ? 'drain' : 'stop');
    await this.results;
  }
}

/** Deals things to hands like cards: hand i gets i, i + hands, … */
export function deal<T>(things: readonly T[], hands: number): T[][] {
  const shares: T[][] = Array.from({ length: hands }, () => []);
  for (const [i, thing] of things.entries()) shares[i % hands]?.push(thing);
  return shares;
}
