import type { RoundTripScenario } from './scenario.ts';

export const roundTripPark: RoundTripScenario = {
  kind: 'round-trip',
  name: 'round-trip-park',
  title: 'round trip between two workers, both asleep while they wait',
  drawing: `
worker ──▶ [ there ] ──▶ worker
  ▲                        │        both sleep while they wait
  └────── [ back ] ◀───────┘`,
  waiting: 'park',
};
