import { MILLRACE_SPSC, POST_MESSAGE } from '../contenders/index.ts';
import type { BestOf, Place, Pledge } from './pledge.ts';

const RINGBUF = 'ringbuf.js';
const BLOCKING_QUEUE = 'java-array-blocking-queue';
const DISRUPTOR = 'java-disruptor';
const BOOST = 'cpp-boost-spsc';
const BOOST_BULK = 'cpp-boost-spsc-bulk';
const PARALLEL = 'millrace-parallel';
const TOPIC = 'millrace-topic';

/** Whoever else sends bytes between threads of JavaScript. */
const JAVASCRIPT: BestOf = {
  bestOf: [POST_MESSAGE, 'postMessage-100', 'BroadcastChannel', 'receiveMessageOnPort', RINGBUF],
  title: 'the best of JavaScript',
};

const MPMC = 'millrace-mpmc';

/** Everything the library promises itself about speed. */
export const PLEDGES: readonly Pledge[] = [
  ...pledges('1P1C, 8-byte numbers, one publish a message', 'number-1p1c', MILLRACE_SPSC, [
    [60, POST_MESSAGE],
    [3, RINGBUF],
    [2, BLOCKING_QUEUE],
  ]),
  ...pledges('1P1C, 8-byte numbers in batches of 256', 'number-1p1c-batch', MILLRACE_SPSC, [
    [1, RINGBUF],
    [1.5, BOOST],
  ]),
  ...pledges('1P1C, 64 bytes copied in and out', 'bytes-64-1p1c', MILLRACE_SPSC, [
    [40, POST_MESSAGE],
    [2, JAVASCRIPT],
    [0.9, DISRUPTOR],
  ]),
  ...pledges('1P1C, 1 KiB copied in and out', 'bytes-1k-1p1c', MILLRACE_SPSC, [
    [12, POST_MESSAGE],
    [1.5, JAVASCRIPT],
    [0.7, DISRUPTOR],
  ]),
  ...pledges('1P1C, 64 bytes, batches of 32 in a ring of 4 MiB', 'bytes-64-1p1c-batch', MILLRACE_SPSC, [
    [0.4, BOOST_BULK],
    [1.2, BOOST],
  ]),
  ...pledges('1P1C, 1 KiB, batches of 32 in a ring of 4 MiB', 'bytes-1k-1p1c-batch', MILLRACE_SPSC, [
    [0.4, BOOST_BULK],
    [1.2, BOOST],
  ]),
  ...pledges('1P1C, 7-field struct as views', 'struct-1p1c-views', MILLRACE_SPSC, [[25, POST_MESSAGE]]),
  ...pledges('1P1C, 7-field struct rebuilt as objects', 'struct-1p1c-values', MILLRACE_SPSC, [
    [15, POST_MESSAGE],
  ]),
  ...pledges('1P1C, small object, json', 'object-1p1c', 'millrace-spsc-json', [[2, POST_MESSAGE]]),
  ...pledges('1P1C, small object, msgpack', 'object-1p1c', 'millrace-spsc-msgpack', [[3, POST_MESSAGE]]),
  ...pledges('1P1C, small object, struct', 'object-1p1c', MILLRACE_SPSC, [[20, POST_MESSAGE]]),
  ...pledges('2P2C, 8-byte numbers one by one', 'number-2p2c', MPMC, [[0.3, BLOCKING_QUEUE]]),
  ...pledges('2P2C, 8-byte numbers in batches of 32', 'number-2p2c-batch', MPMC, [[1.5, BLOCKING_QUEUE]]),
  ...pledges('broadcast 1P2C, 64 bytes, each subscriber', 'bytes-64-broadcast-1p2c', 'millrace-broadcast', [
    [0.6, { scenario: 'bytes-64-1p1c', contender: MILLRACE_SPSC }],
  ]),
  ...pledges(
    'round trip, spinning, p50',
    'round-trip-spin',
    MILLRACE_SPSC,
    [
      [1, RINGBUF],
      [1 / 3, BOOST],
    ],
    'p50',
  ),
  ...pledges('round trip, parked, p50', 'round-trip-park', MILLRACE_SPSC, [[1 / 1.1, 'atomics']], 'p50'),
  ...pledges(
    'round trip, async on the main thread, p50',
    'round-trip-async',
    MILLRACE_SPSC,
    [[1 / 1.2, POST_MESSAGE]],
    'p50',
  ),
  ...pledges('parallel, 2 µs a record', 'pool-2us', PARALLEL, [
    [8, 'piscina'],
    [1, 'piscina-100'],
  ]),
  ...pledges('parallel, 0.2 µs a record', 'pool-0.2us', PARALLEL, [
    [15, 'piscina'],
    [1.5, 'piscina-100'],
  ]),
  ...pledges('parallel, 200 µs a record, 2 threads', 'pool-200us-2-threads', PARALLEL, [
    [1.85, { scenario: 'pool-200us-1-thread', contender: PARALLEL }],
  ]),
  {
    title: 'topic of 4 partitions, 2 + 2 threads, keyed structs',
    ours: { scenario: 'topic-4-partitions', contender: TOPIC },
    against: { unit: 'M msg/s' },
    least: 3,
  },
  {
    title: 'the same, every message acknowledged by itself',
    ours: { scenario: 'topic-4-partitions-acks', contender: TOPIC },
    against: { unit: 'M msg/s' },
    least: 1,
  },
  ...pledges('the topic with a second group', 'topic-2-groups', TOPIC, [
    [1 / 1.4, { scenario: 'topic-4-partitions', contender: TOPIC }],
  ]),
];

type Rival = string | Place | BestOf;

/** Several rivals of one figure. A name is that of a contender in the same scenario. */
function pledges(
  title: string,
  scenario: string,
  contender: string,
  rivals: readonly (readonly [least: number, rival: Rival])[],
  suffix?: string,
): Pledge[] {
  const figure = suffix === undefined ? {} : { suffix };
  return rivals.map(([least, rival]) => ({
    title,
    ours: { scenario, contender, ...figure },
    against: typeof rival === 'string' ? { scenario, contender: rival, ...figure } : rival,
    least,
  }));
}
