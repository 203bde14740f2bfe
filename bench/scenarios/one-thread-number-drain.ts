import type { OneThreadScenario } from './scenario.ts';

export const oneThreadNumberDrain: OneThreadScenario = {
  kind: 'one-thread',
  name: 'one-thread-number-drain',
  title: 'one thread, 8-byte numbers: write 256 one by one, drain them',
  drawing: `
┌── thread ──────────────────────────────┐
│ 256 × offer ──▶ [ queue ] ──▶ drain    │   256 in, 256 out
└────────────────────────────────────────┘`,
  payload: 'number',
  depth: 256,
  reading: 'views',
};
