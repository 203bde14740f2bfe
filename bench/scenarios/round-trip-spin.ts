import type { RoundTripScenario } from './scenario.ts';

/**
 *   worker ──▶ [ there ] ──▶ worker
 *     ▲                        │        both look again and again while they wait
 *     └────── [ back ] ◀───────┘
 */
export const roundTripSpin: RoundTripScenario = {
  kind: 'round-trip',
  name: 'round-trip-spin',
  title: 'round trip between two workers, both spinning',
  waiting: 'spin',
};
