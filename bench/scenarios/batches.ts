import type { PayloadName } from '../payloads/index.ts';
import type { FlowScenario } from './scenario.ts';
import { MESSAGES_FOR_ONE_PUBLISH } from './sweeps.ts';
import { oneToOne, type Topology, twoToTwo } from './topologies.ts';

/** Many messages for one publish. What a ring gains by that, it gains fully when it is larger than a core's own cache. */
const FOUR_MIB = 4 * 2 ** 20;

export const batches: readonly FlowScenario[] = [
  batched('number-1p1c-batch', oneToOne, 'number', 256, '8-byte numbers, batches of 256', {
    sweeps: [{ of: MESSAGES_FOR_ONE_PUBLISH, at: 256 }],
    warmUps: 5,
  }),
  batched('bytes-64-1p1c-batch', oneToOne, 'bytes-64', 32, '64 bytes, batches of 32, ring of 4 MiB', {
    capacity: FOUR_MIB / 64,
    warmUps: 5,
  }),
  batched('bytes-1k-1p1c-batch', oneToOne, 'bytes-1k', 32, '1 KiB, batches of 32, ring of 4 MiB', {
    capacity: FOUR_MIB / 1024,
    warmUps: 5,
  }),
  batched('number-2p2c-batch', twoToTwo, 'number', 32, '8-byte numbers, batches of 32', {}),
];

function batched(
  name: string,
  { title, producers, consumers, drawing }: Topology,
  payload: PayloadName,
  batch: number,
  what: string,
  more: Pick<FlowScenario, 'capacity' | 'sweeps' | 'warmUps'>,
): FlowScenario {
  return {
    kind: 'flow',
    name,
    title: `${title}, ${what}`,
    drawing: `${drawing}\n\n${batch} messages for one publish`,
    payload,
    producers,
    consumers,
    batch,
    reading: payload === 'number' ? 'views' : 'copies',
    ...more,
  };
}
