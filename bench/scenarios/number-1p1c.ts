import type { FlowScenario } from './scenario.ts';

/**
 *   producer ──offer──▶ [ queue ] ──drain──▶ consumer      each message is published on its own
 */
export const number1p1c: FlowScenario = {
  kind: 'flow',
  name: 'number-1p1c',
  title: '1 producer → 1 consumer, 8-byte numbers, one publish a message',
  payload: 'number',
  producers: 1,
  consumers: 1,
  batch: 1,
  reading: 'views',
};
