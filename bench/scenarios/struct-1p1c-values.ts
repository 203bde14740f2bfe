import type { FlowScenario } from './scenario.ts';

/**
 *   producer ──offer({…7 fields})──▶ [ queue ] ──poll──▶ consumer      gets an object of its own for each
 */
export const struct1p1cValues: FlowScenario = {
  kind: 'flow',
  name: 'struct-1p1c-values',
  title: '1 producer → 1 consumer, structs of seven fields, rebuilt as objects',
  payload: 'tick',
  producers: 1,
  consumers: 1,
  batch: 1,
  reading: 'values',
};
