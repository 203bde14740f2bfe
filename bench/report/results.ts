import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Absent } from '../contenders/index.ts';
import type { ScenarioResult } from '../run/interleave.ts';
import type { Machine } from '../run/machine.ts';
import type { Plan } from '../run/plan.ts';

/** Everything that a run has given: one file under `bench/results/`, and what every table, plot and goal is made from. */
export interface Results {
  readonly format: typeof FORMAT;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly machine: Machine;
  readonly plan: Plan;
  /** Contenders that could not run here. */
  readonly absent: readonly Absent[];
  readonly scenarios: readonly ScenarioResult[];
}

/** To be changed when a field changes its meaning. */
export const FORMAT = 'millrace-bench-1';

/** A file that can't be used, in words for whoever named it. */
export class ResultsError extends Error {}

/** The results in a file; of a folder, the newest whole run of every line of Node, the oldest line first. */
export function readAll(path: string): Results[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [readResults(path)];
  const files = readdirSync(path).filter(isOfWholeRun);
  const newest = new Map<number, Results>();
  for (const results of files.map((name) => readResults(join(path, name)))) {
    const line = lineOf(results);
    if (results.startedAt > (newest.get(line)?.startedAt ?? '')) newest.set(line, results);
  }
  if (newest.size === 0) throw new ResultsError(`${path} holds no results of a whole run.`);
  return [...newest].sort(([a], [b]) => a - b).map(([, results]) => results);
}

export const isOfWholeRun = (name: string): boolean => /(?<!-quick|-part)\.json$/.test(name);

/** 20 of v20.1.2. */
const lineOf = ({ machine }: Results): number => Number.parseInt(machine.node.slice(1), 10);

export function readResults(path: string): Results {
  let results: Partial<Results>;
  try {
    results = JSON.parse(readFileSync(path, 'utf8')) as Partial<Results>;
  } catch (error) {
    throw new ResultsError(`Can't read results from ${path}: ${(error as Error).message}`);
  }
  if (results.format === FORMAT) return results as Results;
  throw new ResultsError(
    `${path} is no file of results in the format ${FORMAT}; it says ${JSON.stringify(results.format)}.`,
  );
}

/** What a run is that says less than an ordinary one: its file has this at the end of its name, and is not published. */
export type Lesser = 'quick' | 'part';

/** Writes the results into a folder, in a file named after time, Node and commit; the answer is its path. */
export function writeResults(folder: string, results: Results, lesser?: Lesser): string {
  mkdirSync(folder, { recursive: true });
  const time = results.startedAt.replaceAll(/[-:]|\.\d+/g, '');
  const commit = results.machine.commit?.replaceAll(' ', '-') ?? 'unknown';
  const name = `${time}-node-${results.machine.node.slice(1)}-${commit}${lesser === undefined ? '' : `-${lesser}`}`;
  const path = join(folder, `${name}.json`);
  writeFileSync(path, `${JSON.stringify(results)}\n`);
  return path;
}
