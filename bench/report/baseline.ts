import { POST_MESSAGE } from '../contenders/index.ts';
import type { Scenario } from '../scenarios/index.ts';

/** Whom everybody is compared with in a scenario: what Node has itself, or, for pools, the one that most programs use. */
export const baselineOf = ({ kind }: Pick<Scenario, 'kind'>): string =>
  kind === 'pool' ? 'piscina' : POST_MESSAGE;
