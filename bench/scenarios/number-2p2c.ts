import type { FlowScenario } from './scenario.ts';

/**
 *   producer 0 ──┐               ┌──▶ consumer 0
 *                ├──▶ [ queue ] ─┤                     each message goes to one of the two
 *   producer 1 ──┘               └──▶ consumer 1
 */
export const number2p2c: FlowScenario = {
  kind: 'flow',
  name: 'number-2p2c',
  title: '2 producers → 2 consumers, 8-byte numbers, one publish a message',
  payload: 'number',
  producers: 2,
  consumers: 2,
  batch: 1,
  reading: 'views',
};
