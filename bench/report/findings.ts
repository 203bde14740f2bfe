import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { outcomeOf } from '../goals/outcome.ts';
import { PLEDGES } from '../goals/pledges.ts';
import { ROOT } from '../root.ts';
import type { Results } from './results.ts';

/** What people have found out about the figures, which no program can write. */
export const findings = (): string => readFileSync(join(ROOT, 'bench', 'findings.md'), 'utf8').trim();

/** Scenarios in which less was measured than is promised, and about which the findings say nothing. */
export function unexplainedIn({ scenarios }: Results, text: string): string[] {
  const short = PLEDGES.filter((pledge) => outcomeOf(pledge, scenarios).verdict === 'short');
  const names = new Set(short.map(({ ours }) => ours.scenario));
  return [...names].filter((name) => !text.includes(`\`${name}\``));
}
