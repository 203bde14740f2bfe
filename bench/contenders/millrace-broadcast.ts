import { type BroadcastOptions, broadcast, openBroadcast, type RingHandle } from 'millrace/ring';
import type { Contender } from './contender.ts';
import { type AnyRing, capacityIn, consume, openAs, produce, waitIn } from './millrace.ts';
import { codecFor } from './millrace-codecs.ts';

/** A ring that every subscriber reads whole; it is told when there is one producer. */
export const millraceBroadcast: Contender = {
  name: 'millrace-broadcast',
  about: (scenario) => `capacity ${capacityIn(scenario)}, wait ${waitIn(scenario)}`,
  does: ({ kind }) => kind === 'broadcast',
  flow: {
    connect(scenario) {
      const sole: BroadcastOptions = scenario.producers === 1 ? { writers: 1 } : {};
      const options = { capacity: capacityIn(scenario), wait: waitIn(scenario), ...sole };
      const ring = broadcast(codecFor(scenario.payload, 'struct'), options);
      const { handle } = ring;
      // Subscribed before anybody writes: a subscription that comes later misses what was there before.
      const subscriptions = Array.from({ length: scenario.consumers }, () => ring.addSubscription());
      return {
        producers: Array.from({ length: scenario.producers }, () => ({ data: handle })),
        consumers: subscriptions.map((subscription) => ({ data: { handle, subscription } })),
      };
    },
    produce(data, scenario, source) {
      produce(openAs(scenario.payload, data), scenario, source);
    },
    consume(data, scenario, see) {
      const { handle, subscription } = data as { handle: RingHandle; subscription: number };
      const ring = openBroadcast(handle, codecFor(scenario.payload, 'struct'));
      consume(ring.attach(subscription) as AnyRing['reader'], scenario, see);
    },
  },
};
