/**
 * What goes over the bus in this run: several topics, each with features of its own, and what of each message can be said beforehand, so that
 * whoever gets it knows whether it is whole, and which one of its key must have come before it.
 */
import { json, struct, u8, u32, utf8 } from 'millrace';

/** Threads that send, each with numbers and keys of its own. */
export const SENDERS = 2;
/** Keys of one sender in one topic. Message `number` has key `number % KEYS`. */
export const KEYS = 500;
export const SAMPLES_MS = 1000;

const order = struct({ from: u8, number: u32, text: utf8(24) });

/** @type {Record<string, { codec: any, options: import('millrace').TopicOptions, length: (number: number) => number }>} */
export const topics = {
  orders: { codec: order, options: { partitions: 4 }, length: (number) => number % 25 },
  events: {
    codec: json(),
    options: { partitions: 2, retention: { messages: 2048 }, partitioner: 'sticky' },
    length: (number) => number % 100,
  },
  files: {
    codec: json(),
    options: { partitions: 2, retention: { bytes: 2 ** 20 }, slotSize: 512 },
    length: (number) => (number % 61) * 100,
  },
  samples: {
    codec: json(),
    options: { retention: { ms: SAMPLES_MS }, capacity: 4096 },
    length: (number) => number % 30,
  },
  tasks: {
    codec: json(),
    options: { partitions: 2, dedup: { window: 4096 } },
    length: (number) => number % 50,
  },
  letters: { codec: json(), options: {}, length: (number) => number % 50 },
  later: { codec: json(), options: { delayed: { capacity: 512 } }, length: (number) => number % 50 },
};

/**
 * The groups, and where each runs: in a thread of its own, or in the main thread. `follows` says that messages of a key come in order; the others
 * come in any order, but each once.
 * @type {{ topic: string, options: import('millrace').ConsumeOptions, inMain?: boolean, follows: boolean }[]}
 */
export const groups = [
  { topic: 'orders', options: { group: 'audit', threads: 2 }, follows: true },
  {
    topic: 'orders',
    options: { group: 'billing', ordering: 'key', retry: { attempts: 5, delay: 1, jitter: 'none' } },
    follows: true,
  },
  { topic: 'events', options: { group: 'index' }, follows: false },
  { topic: 'files', options: { group: 'store' }, follows: true },
  { topic: 'samples', options: { group: 'gauge', ordering: 'key' }, follows: true },
  {
    topic: 'tasks',
    options: {
      group: 'workers',
      ordering: 'none',
      concurrency: 4,
      deadLetter: 'letters',
      retry: { attempts: 5, delay: 1 },
    },
    follows: false,
  },
  { topic: 'letters', options: { group: 'clerk' }, inMain: true, follows: false },
  { topic: 'later', options: { group: 'alarm' }, inMain: true, follows: false },
];

const FILLING = 'abcdefghijklmnopqrstuvwxyz'.repeat(240);

/**
 * @param {string} topic
 * @param {number} number
 */
export const textOf = (topic, number) =>
  FILLING.slice(number % 26, (number % 26) + /** @type {any} */ (topics[topic]).length(number));

/**
 * @param {string} topic
 * @param {number} from
 * @param {number} number
 */
export const messageOf = (topic, from, number) => ({ from, number, text: textOf(topic, number) });

/** Handlers throw at the first attempt of these, */
export const isHard = (/** @type {number} */ number) => number % 211 === 0;
/** and bury these. */
export const isHopeless = (/** @type {number} */ number) => number % 503 === 0;
