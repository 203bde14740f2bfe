import type { RoundTripScenario } from './scenario.ts';

export const roundTripAsync: RoundTripScenario = {
  kind: 'round-trip',
  name: 'round-trip-async',
  title: 'round trip from the main thread, which awaits, to a worker',
  drawing: `
main thread ──▶ [ there ] ──▶ worker
  ▲ awaits                      │        the main thread's event loop stays free, the worker sleeps
  └────────── [ back ] ◀────────┘`,
  waiting: 'async',
};
