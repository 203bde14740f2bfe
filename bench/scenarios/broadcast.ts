import type { BroadcastScenario } from './scenario.ts';

export const broadcast: BroadcastScenario = {
  kind: 'broadcast',
  name: 'bytes-64-broadcast-1p2c',
  title: '1 producer → 2 subscribers, each gets everything, 64 bytes copied in and out',
  drawing: `
                       ┌──▶ subscriber 0
producer ──▶ [ queue ] ┤                   each message goes to both
                       └──▶ subscriber 1`,
  payload: 'bytes-64',
  producers: 1,
  consumers: 2,
  batch: 1,
  reading: 'copies',
  warmUps: 5, // Three threads on what may be two cores.
};
