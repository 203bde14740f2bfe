import type { GroupCounts } from '../group/group.ts';
import type { TopicMetrics } from './metrics.ts';

/** What a group counts, as messages a second. */
export type GroupRates = GroupCounts;

/** Messages a second. */
export interface PartitionRates {
  readonly written: number;
  readonly dropped: number;
}

/** What went on in a topic between two readings of its metrics, as messages a second. */
export interface TopicRates {
  /** How far the readings lie apart. */
  readonly seconds: number;
  readonly written: number;
  readonly dropped: number;
  readonly partitions: readonly PartitionRates[];
  readonly groups: Readonly<Record<string, GroupRates & { readonly partitions: readonly GroupRates[] }>>;
}

const NONE: GroupCounts = { acked: 0, redelivered: 0, dead: 0, expired: 0, missed: 0 };

/**
 * The rates between two readings of one topic's `metrics()`, of any threads. Counters only grow, so a rate is a difference over the time
 * between: whoever asks decides how long that is, and topics measure nothing for it. A group that was not there yet counts from 0.
 */
export function ratesBetween(earlier: TopicMetrics, later: TopicMetrics): TopicRates {
  // Both readings may be of the same millisecond, but nothing happens in no time.
  const seconds = Math.max(later.at - earlier.at, 1) / 1000;
  const rate = (after: number, before: number) => (after - before) / seconds;
  const partitions = later.partitions.map(({ written, dropped }, i) => ({
    written: rate(written, earlier.partitions[i]?.written ?? 0),
    dropped: rate(dropped, earlier.partitions[i]?.dropped ?? 0),
  }));
  const ofCounts = (after: GroupCounts, before: GroupCounts = NONE): GroupRates => ({
    acked: rate(after.acked, before.acked),
    redelivered: rate(after.redelivered, before.redelivered),
    dead: rate(after.dead, before.dead),
    expired: rate(after.expired, before.expired),
    missed: rate(after.missed, before.missed),
  });
  const groups = Object.entries(later.groups).map(([name, group]) => {
    const before = earlier.groups[name];
    const each = group.partitions.map((counts, i) => ofCounts(counts, before?.partitions[i]));
    return [name, { ...ofCounts(group, before), partitions: each }] as const;
  });
  const sum = (of: keyof PartitionRates) => partitions.reduce((all, rates) => all + rates[of], 0);
  return {
    seconds,
    written: sum('written'),
    dropped: sum('dropped'),
    partitions,
    groups: Object.fromEntries(groups),
  };
}
