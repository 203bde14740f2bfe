import type { Task } from './campaign.ts';
import type { Contender } from './contenders/index.ts';
import { SCENARIOS, type Scenario } from './scenarios/index.ts';

/**
 * Who takes part where in a run of which nothing is asked: what is promised, what is nearest to it, and what everybody knows.
 * Five rounds of that take less than a quarter of an hour on two cores; everybody everywhere takes more than an hour.
 */
const ORDINARY: Readonly<Record<string, string>> = {
  'one-thread-number': 'millrace-spsc millrace-mpmc millrace-mpmc-core postMessage',
  'one-thread-number-drain': 'millrace-spsc millrace-mpmc millrace-mpmc-core postMessage fastq',
  'one-thread-struct': 'millrace-spsc postMessage',
  'number-1p1c':
    'millrace-spsc millrace-mpmc postMessage postMessage-100 receiveMessageOnPort ' +
    'ringbuf.js multithreading java-array-blocking-queue java-disruptor cpp-boost-spsc python-queue',
  'bytes-64-1p1c': 'millrace-spsc postMessage ringbuf.js java-disruptor cpp-boost-spsc',
  'bytes-1k-1p1c': 'millrace-spsc postMessage ringbuf.js java-disruptor cpp-boost-spsc',
  'struct-1p1c-views': 'millrace-spsc postMessage',
  'struct-1p1c-values': 'millrace-spsc postMessage',
  'object-1p1c': 'millrace-spsc millrace-spsc-json millrace-spsc-msgpack postMessage postMessage-100 bullmq',
  'number-2p2c': 'millrace-mpmc millrace-mpmc-core postMessage java-array-blocking-queue java-jctools-mpmc',
  'number-1p1c-batch':
    'millrace-spsc postMessage postMessage-100 ringbuf.js cpp-boost-spsc cpp-boost-spsc-bulk',
  'bytes-64-1p1c-batch': 'millrace-spsc postMessage ringbuf.js cpp-boost-spsc cpp-boost-spsc-bulk',
  'bytes-1k-1p1c-batch': 'millrace-spsc postMessage ringbuf.js cpp-boost-spsc cpp-boost-spsc-bulk',
  'number-2p2c-batch':
    'millrace-mpmc postMessage postMessage-100 java-array-blocking-queue cpp-moodycamel-bulk',
  'bytes-64-broadcast-1p2c': 'millrace-broadcast postMessage BroadcastChannel',
  'round-trip-spin': 'millrace-spsc atomics postMessage ringbuf.js java-disruptor cpp-boost-spsc',
  'round-trip-park': 'millrace-spsc atomics postMessage receiveMessageOnPort java-array-blocking-queue',
  'round-trip-async': 'millrace-spsc atomics postMessage BroadcastChannel',
  'number-4p1c': 'millrace-mpsc postMessage java-array-blocking-queue',
  'batch-of-4096': 'millrace-spsc ringbuf.js',
  'topic-1-partitions': 'millrace-topic',
  'topic-4-partitions': 'millrace-topic',
  'topic-4-partitions-acks': 'millrace-topic',
  'topic-2-groups': 'millrace-topic',
  'pool-0.2us': 'millrace-parallel piscina piscina-100 no-pool',
  'pool-2us': 'millrace-parallel piscina piscina-100 tinypool no-pool',
  'pool-200us-1-thread': 'millrace-parallel',
  'pool-200us-2-threads': 'millrace-parallel piscina',
  idle: 'millrace-spsc postMessage',
  flood: 'millrace-spsc postMessage postMessage-unbounded',
};

export const isOrdinary = ({ name }: Scenario): boolean => name in ORDINARY;

/** Who takes part in an ordinary run of a scenario, whether they can run here or not. */
export const namesIn = ({ name }: Scenario): readonly string[] => ORDINARY[name]?.split(' ') ?? [];

/** What was asked for by name, or all there is; `undefined` where neither was said. */
export interface Asked {
  readonly scenarios?: readonly Scenario[] | undefined;
  readonly contenders?: readonly Contender[] | undefined;
}

/** What an ordinary run does, less what was not asked for; a scenario that was asked for by name gets everybody. */
export function tasksFor({ scenarios, contenders }: Asked, present: readonly Contender[]): Task[] {
  return (scenarios ?? SCENARIOS.filter(isOrdinary))
    .map((scenario) => ({
      scenario,
      contenders: present.filter(
        (contender) =>
          contender.does(scenario) &&
          (contenders?.includes(contender) ??
            (scenarios !== undefined || namesIn(scenario).includes(contender.name))),
      ),
    }))
    .filter((task) => task.contenders.length > 0);
}
