import type { Group, GroupCounts } from '../group/group.ts';
import { latencyOf } from '../group/latency.ts';
import { type LatencyMetrics, latencyMetrics } from './latency-metrics.ts';
import type { Partition } from './partition.ts';

/** What a partition holds and has seen. */
export interface PartitionMetrics {
  /** Messages written since the beginning. */
  readonly written: number;
  /** Slots in use, up to the slowest group. */
  readonly depth: number;
  readonly dropped: number;
}

/** What a group has done with a partition. */
export interface GroupPartitionMetrics extends GroupCounts {
  /** The number of the member that reads it; 0 for nobody, and where all members share it. */
  readonly member: number;
  /** Slots that the group has not acknowledged yet. */
  readonly lag: number;
  /** Milliseconds since the oldest message that it has not acknowledged was sent; 0 when there is none. */
  readonly ageMs: number;
}

/** What a group has done with a topic: the sums over its partitions, and the greatest age. */
export interface GroupMetrics {
  readonly members: number;
  /** How often the partitions were shared out. */
  readonly generation: number;
  /** Slots that the group has not acknowledged yet, over all partitions. */
  readonly lag: number;
  /** Milliseconds since the oldest message that it has not acknowledged was sent; 0 when there is none. */
  readonly ageMs: number;
  readonly partitions: readonly GroupPartitionMetrics[];
  /** Messages acknowledged, delivered again, given up, over their time to live, and missed because producers went on over them. */
  readonly acked: number;
  readonly redelivered: number;
  readonly dead: number;
  readonly expired: number;
  readonly missed: number;
  /** From when messages were sent until they were handled, in topics with `latency: true`. */
  readonly latency?: LatencyMetrics;
}

export interface TopicMetrics {
  /** When it was read: milliseconds by a clock that all threads share and that never goes back. */
  readonly at: number;
  readonly partitions: readonly PartitionMetrics[];
  readonly groups: Readonly<Record<string, GroupMetrics>>;
}

/** Everything is read from counters in shared memory: it costs those who write them nothing. */
export function metricsOf<T, V>(
  logs: readonly Partition<T, V>[],
  groups: readonly Group<T, V>[],
  at: number,
): TopicMetrics {
  const partitions = logs.map((log) => {
    const { written, depth, dropped } = log.stats();
    return { written, depth, dropped };
  });
  return { at, partitions, groups: Object.fromEntries(groups.map((group) => [group.name, ofGroup(group)])) };
}

function ofGroup<T, V>(group: Group<T, V>): GroupMetrics {
  const partitions = group.topic.logs.map((_, partition) => ofPartition(group, partition));
  const { latency } = group.topic;
  const sum = (of: keyof GroupCounts | 'lag') => partitions.reduce((all, counts) => all + counts[of], 0);
  return {
    members: group.coordinator.members().length,
    generation: group.coordinator.generation,
    lag: sum('lag'),
    ageMs: Math.max(...partitions.map(({ ageMs }) => ageMs)),
    partitions,
    acked: sum('acked'),
    redelivered: sum('redelivered'),
    dead: sum('dead'),
    expired: sum('expired'),
    missed: sum('missed'),
    ...(latency === undefined ? {} : { latency: latencyMetrics(latencyOf(latency, group.number)) }),
  };
}

function ofPartition<T, V>(group: Group<T, V>, partition: number): GroupPartitionMetrics {
  const sentAt = group.oldestTime(partition);
  return {
    member: group.coordinator.ownerOf(partition),
    lag: group.lagIn(partition),
    ageMs: sentAt === undefined ? 0 : Math.max(0, group.topic.clock.now() - sentAt),
    ...group.counted(partition),
  };
}
