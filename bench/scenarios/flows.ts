import type { FlowScenario, Stream, Sweep } from './scenario.ts';
import { MESSAGES_FOR_ONE_PUBLISH } from './sweeps.ts';
import { oneToOne, TOPOLOGIES, type Topology } from './topologies.ts';

/** What is sent, one publish a message. */
interface Messages extends Pick<Stream, 'payload' | 'reading' | 'warmUps'> {
  readonly title: string;
  /** The scenario's name around that of the topology. */
  name(topology: string): string;
}

const MESSAGES: readonly Messages[] = [
  {
    payload: 'number',
    reading: 'views',
    title: '8-byte numbers, one publish a message',
    name: (topology) => `number-${topology}`,
  },
  {
    payload: 'bytes-64',
    reading: 'copies',
    warmUps: 5, // As broadcast, which is compared with it, and as Java.
    title: '64 bytes, copied in and out',
    name: (topology) => `bytes-64-${topology}`,
  },
  {
    payload: 'bytes-1k',
    reading: 'copies',
    warmUps: 5,
    title: '1 KiB, copied in and out',
    name: (topology) => `bytes-1k-${topology}`,
  },
  {
    payload: 'tick',
    reading: 'views',
    title: 'structs of seven fields, read as views',
    name: (topology) => `struct-${topology}-views`,
  },
  {
    payload: 'tick',
    reading: 'values',
    title: 'structs of seven fields, rebuilt as objects',
    name: (topology) => `struct-${topology}-values`,
  },
  {
    payload: 'object',
    reading: 'values',
    warmUps: 5, // The engine's own serializers, and two packages'.
    title: 'small objects { id, name, ts }',
    name: (topology) => `object-${topology}`,
  },
];

/** All messages through all topologies. */
export const flows: readonly FlowScenario[] = TOPOLOGIES.flatMap((topology) =>
  MESSAGES.map((messages) => flowOf(topology, messages)),
);

function flowOf(topology: Topology, { payload, reading, title, name, warmUps }: Messages): FlowScenario {
  const { producers, consumers, drawing } = topology;
  return {
    kind: 'flow',
    name: name(topology.name),
    title: `${topology.title}, ${title}`,
    drawing,
    payload,
    producers,
    consumers,
    batch: 1,
    reading,
    ...(warmUps === undefined ? {} : { warmUps }),
    ...(payload === 'number' ? { sweeps: sweepsOf(topology) } : {}),
  };
}

/** Numbers one by one are the first point of each line that begins there. */
function sweepsOf(topology: Topology): Sweep[] {
  const producers = topology.consumers === 1 ? [{ of: 'producers', at: topology.producers }] : [];
  return topology === oneToOne ? [...producers, { of: MESSAGES_FOR_ONE_PUBLISH, at: 1 }] : producers;
}
