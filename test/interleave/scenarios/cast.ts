import type { Actor, Self } from '../self.ts';
import type { Steps } from '../steps.ts';
import type { RingSetup } from '../subject.ts';

type Part = (self: Self) => Steps<void>;

/** Makes rings of one topology, and of what else they have in common: of a capacity, and with what is not as usual. */
export const ringOf =
  (topology: RingSetup['topology'], common: Partial<RingSetup> = {}) =>
  (capacity: number, more: Partial<RingSetup> = {}): RingSetup => ({
    topology,
    ...common,
    capacity,
    ...more,
  });

/** Levels of urgency: two, and messages of the less urgent one have a 1 as their hundreds. */
export const levels = ringOf('mpmc', { lanes: 2, guard: 64 });

export const writer = (name: string, run: Part): Actor => ({ name, ends: ['writer'], run });
export const reader = (name: string, run: Part): Actor => ({ name, ends: ['reader'], run });
export const both = (name: string, run: Part): Actor => ({ name, ends: ['writer', 'reader'], run });
/** A thread that has opened the ring and attached nothing. */
export const other = (name: string, run: Part): Actor => ({ name, run });

export const offers = (name: string, ...values: number[]): Actor =>
  writer(name, function* (self) {
    for (const value of values) yield* self.offer(value);
  });

export const batch = (name: string, ...values: number[]): Actor =>
  writer(name, function* (self) {
    yield* self.offerAll(values);
  });

export const puts = (name: string, ...values: number[]): Actor =>
  writer(name, function* (self) {
    for (const value of values) if ((yield* self.putSync(value)) === undefined) return;
  });

export const polls = (name: string, times: number): Actor =>
  reader(name, function* (self) {
    for (let i = 0; i < times; i++) yield* self.poll();
  });

export const takes = (name: string, times = Number.POSITIVE_INFINITY): Actor =>
  reader(name, function* (self) {
    for (let i = 0; i < times; i++) if ((yield* self.takeSync()) === undefined) return;
  });

export const drains = (name: string, ...most: number[]): Actor =>
  reader(name, function* (self) {
    for (const max of most) yield* self.drain(max);
  });

export const closes = (name = 'X'): Actor =>
  other(name, function* (self) {
    yield* self.close();
  });

/** Repairs after the deaths of these threads. */
export const supervises = (name: string, ...threads: number[]): Actor =>
  other(name, function* (self) {
    for (const thread of threads) yield* self.repairIfDead(thread);
  });

/** Writes as many as it can, waiting for room, and closes the ring. */
export const closesAfter = (name: string, ...values: number[]): Actor =>
  writer(name, function* (self) {
    for (const value of values) yield* self.putSync(value);
    yield* self.close();
  });

/** Reads with a durable subscription. */
export const durably = (subscription: number, { name, run }: Actor): Actor => ({
  name,
  ends: [subscription],
  run,
});

export const subscribes = (name: string, from: 'oldest' | 'newest', times: number): Actor =>
  other(name, function* (self) {
    yield* self.attach([]);
    yield* self.subscribe(from);
    for (let i = 0; i < times; i++) yield* self.poll();
  });

export const leavesAfter = (name: string, times: number): Actor =>
  reader(name, function* (self) {
    for (let i = 0; i < times; i++) yield* self.poll();
    yield* self.unsubscribe();
  });
