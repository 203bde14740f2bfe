import type { OneThreadScenario } from './scenario.ts';

export const oneThreadNumber: OneThreadScenario = {
  kind: 'one-thread',
  name: 'one-thread-number',
  title: 'one thread, 8-byte numbers: write one, read one',
  drawing: `
┌── thread ──────────────────────┐
│ offer ──▶ [ queue ] ──▶ poll   │   one in, one out
└────────────────────────────────┘`,
  payload: 'number',
  depth: 1,
  reading: 'values',
};
