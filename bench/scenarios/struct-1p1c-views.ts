import type { FlowScenario } from './scenario.ts';

/**
 *   producer ──offer({…7 fields})──▶ [ queue ] ──drain──▶ consumer      reads all fields where they lie
 */
export const struct1p1cViews: FlowScenario = {
  kind: 'flow',
  name: 'struct-1p1c-views',
  title: '1 producer → 1 consumer, structs of seven fields, read as views',
  payload: 'tick',
  producers: 1,
  consumers: 1,
  batch: 1,
  reading: 'views',
};
