import type { Mutant } from './mutants.ts';

/** Seeded bugs that only a rare meeting of threads shows. */
export const TRIED_MUTANTS: readonly Mutant[] = [];
