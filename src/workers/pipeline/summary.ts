import { type Journal, LATENCIES } from '../flow/journal.ts';
import type { Stage } from '../flow/stage.ts';

/** What a stage has done. Counts include what was done twice because a thread died in between. */
export interface StageSummary {
  readonly name: string;
  readonly threads: number;
  readonly records: number;
  readonly results: number;
  readonly skipped: number;
  readonly dead: number;
  readonly retries: number;
  /** Threads that died and were replaced. */
  readonly deaths: number;
  /** Records given to it and not done, about: the stage that holds up others is the one with many of them before it. */
  readonly waiting: number;
  readonly paused: boolean;
  /** Records a second. */
  readonly rate: number;
  /** Which part of its threads' time was spent handling records: 0 to 1. */
  readonly utilisation: number;
  /** Milliseconds from being sent to the stage to being done there, waiting included, to within a fifth. */
  readonly latency: { readonly p50: number; readonly p99: number; readonly max: number };
}

export interface Summary {
  /** Records taken from the source. */
  readonly records: number;
  /** Results handed to the sink. */
  readonly results: number;
  readonly dead: number;
  readonly ms: number;
  readonly stages: readonly StageSummary[];
}

export function summaryOf(stage: Stage, waiting: number, ms: number): StageSummary {
  const { name, journals, deaths, isPaused } = stage;
  const records = stage.total('records');
  return {
    name,
    threads: journals.length,
    records,
    results: stage.total('results'),
    skipped: stage.total('skipped'),
    dead: stage.total('dead'),
    retries: stage.total('retries'),
    deaths,
    waiting,
    paused: isPaused,
    rate: ms > 0 ? (records / ms) * 1000 : 0,
    utilisation: ms > 0 ? Math.min(1, stage.total('busyMs') / (ms * journals.length)) : 0,
    latency: latencyOf(journals),
  };
}

function latencyOf(journals: readonly Journal[]): StageSummary['latency'] {
  const counts = Array.from({ length: LATENCIES }, (_, i) =>
    journals.reduce((sum, journal) => sum + (journal.latencies[i] as number), 0),
  );
  const all = counts.reduce((sum, count) => sum + count, 0);
  const quantile = (part: number) => {
    let left = all * part;
    const step = counts.findIndex((count) => {
      left -= count;
      return count > 0 && left <= 0;
    });
    return step < 0 ? 0 : 2 ** (step / 4) / 1000;
  };
  return { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) };
}
