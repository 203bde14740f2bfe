import type { RoundTripScenario } from './scenario.ts';

/**
 *   worker ──▶ [ there ] ──▶ worker
 *     ▲                        │        both sleep while they wait
 *     └────── [ back ] ◀───────┘
 */
export const roundTripPark: RoundTripScenario = {
  kind: 'round-trip',
  name: 'round-trip-park',
  title: 'round trip between two workers, both asleep while they wait',
  waiting: 'park',
};
