import type { Results } from './results.ts';

/** Without these a figure means nothing. */
export function factsOf({ machine, startedAt }: Results): string {
  const { cpu, cores, node, platform, commit } = machine;
  return `${cpu}, ${cores} cores, ${platform}, Node ${node}, commit ${commit ?? 'unknown'}, ${startedAt.slice(0, 10)}.`;
}
