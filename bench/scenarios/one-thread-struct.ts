import type { OneThreadScenario } from './scenario.ts';

export const oneThreadStruct: OneThreadScenario = {
  kind: 'one-thread',
  name: 'one-thread-struct',
  title: 'one thread, structs of seven fields: write 256, read them as views',
  drawing: `
┌── thread ───────────────────────────────────────────────┐
│ 256 × offer(object) ──▶ [ queue ] ──▶ drain, as views    │   every field is read
└─────────────────────────────────────────────────────────┘`,
  payload: 'tick',
  depth: 256,
  reading: 'views',
};
