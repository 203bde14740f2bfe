import type { TopicScenario } from './scenario.ts';

/** Keyed messages, at least once: how the cost grows with partitions, and with groups that all read everything. */
const PRODUCERS = 2;
const THREADS = 2;
const PARTITIONS = 4;

export const topics: readonly TopicScenario[] = [
  topic('topic-4-partitions', PARTITIONS, 1, {
    sweeps: [
      { of: 'partitions', at: PARTITIONS },
      { of: 'groups', at: 1 },
    ],
  }),
  topic('topic-4-partitions-acks', PARTITIONS, 1, { acks: 'messages' }),
  topic('topic-4-partitions-together', PARTITIONS, 1, { together: 32 }),
  topic('topic-2-groups', PARTITIONS, 2, { sweeps: [{ of: 'groups', at: 2 }] }),
  ...[1, 2, 8, 16, 32].map((partitions) =>
    topic(`topic-${partitions}-partitions`, partitions, 1, {
      sweeps: [{ of: 'partitions', at: partitions }],
    }),
  ),
  ...[3, 4].map((groups) =>
    topic(`topic-${groups}-groups`, PARTITIONS, groups, { sweeps: [{ of: 'groups', at: groups }] }),
  ),
];

function topic(
  name: string,
  partitions: number,
  groups: number,
  { acks = 'batches', together = 1, sweeps }: Partial<Pick<TopicScenario, 'acks' | 'together' | 'sweeps'>>,
): TopicScenario {
  const threads = Math.min(THREADS, partitions);
  return {
    kind: 'topic',
    name,
    title: `topic of ${partitions} partitions, ${PRODUCERS} producers → ${groups} × ${threads} consumers, keyed structs${together > 1 ? `, ${together} a call` : ''}${acks === 'messages' ? ', each acknowledged' : ''}`,
    drawing: `
producer 0 ──┐     ┌─ partition 0 ─┐    ┌─▶ thread 0 ┐
             ├─key─┤      …        ├────┤            ├ every group reads everything: ${groups} of them
producer 1 ──┘     └─ partition ${partitions - 1} ─┘    └─▶ thread ${threads - 1} ┘`,
    payload: 'tick',
    producers: PRODUCERS,
    threads,
    partitions,
    groups,
    together,
    acks,
    ...(sweeps === undefined ? {} : { sweeps }),
  };
}
