import type { RoundTripScenario } from './scenario.ts';

export const roundTripSpin: RoundTripScenario = {
  kind: 'round-trip',
  name: 'round-trip-spin',
  title: 'round trip between two workers, both spinning',
  drawing: `
worker ──▶ [ there ] ──▶ worker
  ▲                        │        both look again and again while they wait
  └────── [ back ] ◀───────┘`,
  waiting: 'spin',
};
