import type { FloodScenario, IdleScenario } from './scenario.ts';

export const idle: IdleScenario = {
  kind: 'idle',
  name: 'idle',
  title: '1 producer → 1 consumer that waits, and nothing is sent',
  drawing: 'producer      [ queue ] ──▶ consumer waits',
  payload: 'number',
  producers: 1,
  consumers: 1,
  batch: 1,
  reading: 'views',
};

export const flood: FloodScenario = {
  kind: 'flood',
  name: 'flood',
  title: '1 producer → 1 consumer that is slower, small objects { id, name, ts }',
  drawing: 'producer ══════▶ [ queue ] ──▶ consumer works for 10 µs',
  payload: 'object',
  producers: 1,
  consumers: 1,
  batch: 1,
  reading: 'values',
  count: 100_000,
  workUs: 10,
};
