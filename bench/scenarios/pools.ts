import type { PoolScenario } from './scenario.ts';

/** A function on other threads, for a stream of small records. */
export const pools: readonly PoolScenario[] = [
  pool('pool-0.2us', 2, 0.2),
  pool('pool-2us', 2, 2),
  pool('pool-200us-1-thread', 1, 200),
  pool('pool-200us-2-threads', 2, 200),
];

function pool(name: string, threads: number, workUs: number): PoolScenario {
  return {
    kind: 'pool',
    name,
    title: `records through a function of ${workUs} µs on ${threads} ${threads === 1 ? 'thread' : 'threads'}, results in order`,
    drawing: `
               ┌──▶ thread 0 ──┐
records ──▶ … ─┤               ├─▶ … ──▶ results     of ${threads} ${threads === 1 ? 'thread' : 'threads'}
               └──▶ thread ${threads - 1} ──┘`,
    threads,
    workUs,
  };
}
