import type { FlowScenario } from './scenario.ts';

/**
 *   producer ══offerAll(256)══▶ [ queue ] ──drain──▶ consumer      256 messages for one publish
 */
export const number1p1cBatch: FlowScenario = {
  kind: 'flow',
  name: 'number-1p1c-batch',
  title: '1 producer → 1 consumer, 8-byte numbers, batches of 256',
  payload: 'number',
  producers: 1,
  consumers: 1,
  batch: 256,
  reading: 'views',
};
