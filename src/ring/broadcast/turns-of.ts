import type { RingControl } from '../control.ts';
import { Turns } from '../mpmc/turn.ts';
import { LappingSubscriptions } from './lapping-subscriptions.ts';
import { Subscriptions } from './subscriptions.ts';

/** The turns of a ring, whose frontier depends on who reads: takers, or subscribers. */
export function turnsOf(control: RingControl): Turns {
  return control.layout.topology === 'broadcast' ? subscriptionsOf(control) : new Turns(control);
}

/** The subscriptions of a broadcast ring, which hold its writers back, or are lapped. */
export function subscriptionsOf(control: RingControl): Subscriptions {
  return laps(control) ? new LappingSubscriptions(control) : new Subscriptions(control);
}

/** Whether writers go on over the slowest subscriber. */
export function laps(control: RingControl): boolean {
  return control.layout.overflow === 'drop-oldest';
}
