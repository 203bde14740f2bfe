import type { Sweep, TopicScenario } from './scenario.ts';

/** Keyed messages, at least once: how the cost grows with partitions, and with groups that all read everything. */
const PRODUCERS = 2;
const THREADS = 2;
const PARTITIONS = 4;

export const topics: readonly TopicScenario[] = [
  topic('topic-4-partitions', PARTITIONS, 1, { sweep: { of: 'partitions', at: PARTITIONS } }),
  topic('topic-2-groups', PARTITIONS, 2, { sweep: { of: 'groups', at: 2 } }),
  ...[1, 2, 8, 16, 32].map((partitions) =>
    topic(`topic-${partitions}-partitions`, partitions, 1, {
      sweep: { of: 'partitions', at: partitions },
      onRequest: true,
    }),
  ),
  ...[1, 3, 4].map((groups) =>
    topic(`topic-${groups}-groups`, PARTITIONS, groups, {
      sweep: { of: 'groups', at: groups },
      onRequest: true,
    }),
  ),
];

function topic(
  name: string,
  partitions: number,
  groups: number,
  more: { readonly sweep?: Sweep; readonly onRequest?: boolean },
): TopicScenario {
  const threads = Math.min(THREADS, partitions);
  return {
    kind: 'topic',
    name,
    title: `topic of ${partitions} partitions, ${PRODUCERS} producers → ${groups} × ${threads} consumers, keyed structs`,
    drawing: `
producer 0 ──┐     ┌─ partition 0 ─┐    ┌─▶ thread 0 ┐
             ├─key─┤      …        ├────┤            ├ every group reads everything: ${groups} of them
producer 1 ──┘     └─ partition ${partitions - 1} ─┘    └─▶ thread ${threads - 1} ┘`,
    payload: 'tick',
    producers: PRODUCERS,
    threads,
    partitions,
    groups,
    ...more,
  };
}
