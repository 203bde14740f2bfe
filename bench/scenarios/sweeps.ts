import type { FlowScenario, Scenario, Stream, Sweep } from './scenario.ts';
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

export const MESSAGES_FOR_ONE_PUBLISH = 'messages for one publish';

/** Batches of 1 and of 256 are scenarios of their own. */
export const batchSweep: readonly FlowScenario[] = [4, 16, 64, 1024, 4096].map((batch) =>
  point(oneToOne, `batch-of-${batch}`, { of: MESSAGES_FOR_ONE_PUBLISH, at: batch }, `batches of ${batch}`, {
    batch,
  }),
);

const CAPACITY_IN_MESSAGES = 'capacity in messages';

/** Whether a scenario is about how much a queue holds: nothing for those that have no bound of their own. */
export const isAboutCapacity = ({ sweeps = [] }: Pick<Scenario, 'sweeps'>): boolean =>
  sweeps.some(({ of }) => of === CAPACITY_IN_MESSAGES);

export const capacitySweep: readonly FlowScenario[] = [16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144].map(
  (capacity) =>
    point(
      oneToOne,
      `capacity-${capacity}`,
      { of: CAPACITY_IN_MESSAGES, at: capacity },
      `capacity ${capacity}`,
      { batch: 1, capacity },
    ),
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
    sweeps: [sweep],
    ...more,
  };
}
