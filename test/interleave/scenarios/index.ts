import type { Scenario } from '../scenario.ts';
import { AWAITED, BEHIND_THE_DEAD, WAYS_TO_WAIT } from './awaited.ts';
import { BROADCAST, BROADCAST_DEATHS, BROADCAST_WAITING, SUBSCRIBING } from './broadcast.ts';
import { FAILING } from './failing.ts';
import { GATED } from './gated.ts';
import { CLAIMED, FILLED, ITERATED } from './in-place.ts';
import { LAGGING } from './lagging.ts';
import { LAPPING } from './lapping.ts';
import { LATEST } from './latest.ts';
import { DEATHS, DROPS, MPMC, RETURNS, RUNS, WAITING } from './mpmc.ts';
import { PRIORITY } from './priority.ts';
import { RELEASING } from './releasing.ts';
import { RENDEZVOUS } from './rendezvous.ts';
import { SELECTING } from './selecting.ts';
import { SOLE_WRITER } from './sole-writer.ts';
import { SPSC } from './spsc.ts';

export const SCENARIOS: readonly Scenario[] = [
  ...SPSC,
  ...MPMC,
  ...WAITING,
  ...RETURNS,
  ...DROPS,
  ...DEATHS,
  ...RUNS,
  ...LAGGING,
  ...RENDEZVOUS,
  ...RELEASING,
  ...BROADCAST,
  ...GATED,
  ...SUBSCRIBING,
  ...BROADCAST_WAITING,
  ...BROADCAST_DEATHS,
  ...SOLE_WRITER,
  ...LAPPING,
  ...LATEST,
  ...AWAITED,
  ...BEHIND_THE_DEAD,
  ...SELECTING,
  ...WAYS_TO_WAIT,
  ...PRIORITY,
  ...FILLED,
  ...CLAIMED,
  ...ITERATED,
  ...FAILING,
];

export function scenario(name: string): Scenario {
  const found = SCENARIOS.find((each) => each.name === name);
  if (found === undefined) throw new Error(`No scenario '${name}'.`);
  return found;
}
