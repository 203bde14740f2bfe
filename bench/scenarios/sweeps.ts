import type { FlowScenario, Stream, Sweep } from './scenario.ts';
import { manyToOne, oneToOne, type Topology } from './topologies.ts';

/** The same numbers, with one thing growing: points of a line. */

export const producerSweep: readonly FlowScenario[] = [4, 8].map((producers) =>
  point(
    manyToOne(producers),
    `number-${producers}p1c`,
    { of: 'producers', at: producers },
    'oversubscribed',
    {
      batch: 1,
    },
  ),
);

export const batchSweep: readonly FlowScenario[] = [1, 4, 16, 64, 256, 1024, 4096].map((batch) => ({
  ...point(
    oneToOne,
    `batch-of-${batch}`,
    { of: 'messages for one publish', at: batch },
    `batches of ${batch}`,
    {
      batch,
    },
  ),
  onRequest: true,
}));

export const capacitySweep: readonly FlowScenario[] = [16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144].map(
  (capacity) => ({
    ...point(
      oneToOne,
      `capacity-${capacity}`,
      { of: 'capacity in messages', at: capacity },
      `capacity ${capacity}`,
      {
        batch: 1,
        capacity,
      },
    ),
    onRequest: true,
  }),
);

function point(
  { title, producers, consumers, drawing }: Topology,
  name: string,
  sweep: Sweep,
  what: string,
  more: Pick<Stream, 'batch' | 'capacity'>,
): FlowScenario {
  return {
    kind: 'flow',
    name,
    title: `${title}, 8-byte numbers, ${what}`,
    drawing,
    payload: 'number',
    producers,
    consumers,
    reading: 'views',
    sweep,
    ...more,
  };
}
