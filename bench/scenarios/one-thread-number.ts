import type { OneThreadScenario } from './scenario.ts';

/**
 *   ┌── thread ──────────────────────┐
 *   │ offer ──▶ [ queue ] ──▶ poll   │   one in, one out
 *   └────────────────────────────────┘
 */
export const oneThreadNumber: OneThreadScenario = {
  kind: 'one-thread',
  name: 'one-thread-number',
  title: 'one thread, 8-byte numbers: write one, read one',
  payload: 'number',
  depth: 1,
  reading: 'values',
};
