import type { Piscina } from 'piscina';
import { PoisonError, type ThreadDiedError } from '../errors.ts';
import { StageThreads } from '../stage-threads.ts';
import type { InletHandle } from './edges.ts';
import type { Turns } from './inlet.ts';
import { Journal, type JournalHandle, NOTHING, type Statistic } from './journal.ts';
import type { LaneHandle } from './lane.ts';
import type { Routing } from './outlet.ts';
import { PauseWord } from './pause-word.ts';
import type { Condemned, StageRunOptions } from './stage-run.ts';

/** What each thread of a stage is started with. */
export interface StageData {
  readonly module: string;
  readonly name: string;
  readonly journal: JournalHandle;
  readonly inlet: readonly InletHandle[];
  readonly turns: Turns;
  readonly outlet: readonly LaneHandle[];
  readonly routing: Routing;
  readonly recordBytesMax: number;
  readonly options: StageRunOptions;
  readonly stop: SharedArrayBuffer;
  readonly pause: SharedArrayBuffer;
}

export interface StagePlan {
  readonly module: URL;
  readonly name: string;
  readonly threads: number;
  /** For each thread, the lanes it reads. */
  readonly inlets: readonly (readonly InletHandle[])[];
  readonly turns: Turns;
  /** For each thread, the lanes it writes. */
  readonly outlets: readonly (readonly LaneHandle[])[];
  readonly routing: Routing;
  readonly recordBytesMax: number;
  readonly options: Omit<StageRunOptions, 'condemned' | 'isSuccessor'>;
  /** Deaths after which a record is given up, or a thread that gets nowhere. */
  readonly maxDeaths: number;
  readonly stop: SharedArrayBuffer;
  readonly pool: Piscina | undefined;
  /** Called with the `threadId` of every thread that has ended. */
  readonly onEnd: (threadId: number) => void;
  /** Called with the error that ends the stage, while some of its threads may still wait for others. */
  readonly onFailure: (error: unknown) => void;
}

/** A stage as the thread that started it sees it: its threads, and who stands in for one that dies. */
export class Stage {
  readonly name: string;
  readonly journals: readonly Journal[];
  readonly threads: StageThreads<StageData, unknown>;
  deaths = 0;
  ended = false;
  readonly #plan: StagePlan;
  readonly #suspects: Suspect[];
  readonly #pause = new PauseWord();

  constructor(plan: StagePlan) {
    const { name, threads, inlets, turns, pool, onEnd, onFailure } = plan;
    this.name = name;
    this.#plan = plan;
    this.journals = inlets.map((lanes, thread) => firstJournal(lanes.length, thread, turns));
    this.#suspects = inlets.map(() => new Suspect());
    this.threads = new StageThreads(new URL('./stage-thread.js', import.meta.url), {
      threads,
      name,
      onEnd,
      onFailure,
      onDeath: (thread, error) => this.#replace(thread, error),
      pool,
    });
  }

  /** Resolves when all threads have come to the end of their lanes, with what the module's `close` returned in each. */
  async run(): Promise<unknown[]> {
    const results = await this.threads.run((thread) => this.#dataOf(thread));
    this.ended = true;
    return results;
  }

  #dataOf(thread: number): StageData {
    const { module, name, inlets, turns, outlets, routing, recordBytesMax, options, stop } = this.#plan;
    const suspect = this.#suspects[thread] as Suspect;
    const condemned = suspect.condemned(this.#plan.maxDeaths);
    return {
      module: module.href,
      name,
      journal: (this.journals[thread] as Journal).handle,
      inlet: inlets[thread] ?? [],
      turns,
      outlet: outlets[thread] ?? [],
      routing,
      recordBytesMax,
      options: { ...options, condemned, isSuccessor: suspect.hasDied },
      stop,
      pause: this.#pause.buffer,
    };
  }

  /** A statistic over all its threads. */
  total(statistic: Statistic): number {
    return this.journals.reduce((sum, journal) => sum + journal.statistic(statistic), 0);
  }

  /** Has its threads rest after the frame in hand. */
  pause(): void {
    this.#pause.set(true);
  }

  resume(): void {
    this.#pause.set(false);
    this.threads.resume();
  }

  /** Whether all its threads are at work: they have to start first, and after a death again. */
  get isReady(): boolean {
    return this.journals.every((journal) => journal.ready);
  }

  get isPaused(): boolean {
    return this.#pause.isSet;
  }

  /** Returns when the thread is to be replaced; throws when that would not help. */
  #replace(thread: number, error: ThreadDiedError): void {
    this.deaths++;
    const journal = new Journal((this.journals[thread] as Journal).handle);
    const suspect = this.#suspects[thread] as Suspect;
    const { maxDeaths, options } = this.#plan;
    suspect.blame(journal);
    if (suspect.idleDeaths > Math.max(maxDeaths, 3) * 2) throw error;
    if (suspect.worst >= maxDeaths && options.policy.last === 'fail') {
      throw new PoisonError(`A record killed ${suspect.worst} threads of ${this.name}.`, { cause: error });
    }
    journal.putInHand(NOTHING);
    journal.ready = false;
  }
}

function firstJournal(lanes: number, thread: number, turns: Turns): Journal {
  const frame = turns.step === 1 ? 0 : thread;
  return Journal.create(lanes, turns.ordered && !turns.divided ? frame % lanes : 0, frame);
}

/** Who is to blame for the deaths of one place: the records of the frame in hand, by the deaths they were in hand at. */
class Suspect {
  /** Deaths in a row at which no record was in hand and nothing had been done since the one before. */
  idleDeaths = 0;
  hasDied = false;
  #commits = -1;
  #lane = 0;
  #acknowledged = 0;
  #deaths = new Map<number, number>();

  blame(journal: Journal): void {
    this.hasDied = true;
    const { inHand, commits, lane } = journal;
    const acknowledged = journal.acknowledged[lane] as number;
    if (lane !== this.#lane || acknowledged !== this.#acknowledged) this.#deaths = new Map();
    this.#lane = lane;
    this.#acknowledged = acknowledged;
    if (inHand >= 0) this.#deaths.set(inHand, (this.#deaths.get(inHand) ?? 0) + 1);
    this.idleDeaths = inHand >= 0 || commits !== this.#commits ? 0 : this.idleDeaths + 1;
    this.#commits = commits;
  }

  get worst(): number {
    return Math.max(0, ...this.#deaths.values());
  }

  condemned(maxDeaths: number): Condemned | undefined {
    const records = [...this.#deaths].filter(([, deaths]) => deaths >= maxDeaths).map(([record]) => record);
    if (records.length === 0) return undefined;
    return { lane: this.#lane, acknowledged: this.#acknowledged, records, deaths: this.worst };
  }
}
