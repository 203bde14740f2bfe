import { pick } from '../threads/seeded.mjs';
import { BROKEN } from './broken.mjs';
import { BROKEN_LEVELS } from './broken-levels.mjs';
import { BROKEN_MEETINGS } from './broken-meetings.mjs';
import { MOST_SLOTS } from './messages.mjs';

/**
 * @typedef {object} Plan of one history
 * @property {string} subject
 * @property {'ring' | 'cell' | 'locked'} form
 * @property {import('millrace/ring').Topology} topology
 * @property {import('millrace/ring').Overflow} overflow
 * @property {import('./messages.mjs').MessageKind} kind
 * @property {number} capacity
 * @property {import('millrace/ring').WaitStrategy} wait
 * @property {number} firstSequence
 * @property {number | undefined} levels of urgency: a message's level is its number modulo these
 * @property {number} guard of a priority ring
 * @property {string | undefined} locked which of the queues and cells of `broken.mjs`
 * @property {import('./acts.mjs').Part[]} parts
 */

/** @typedef {Pick<Plan, 'form' | 'topology'> & Partial<Pick<Plan, 'overflow' | 'locked' | 'levels'>> & { meets?: boolean }} Subject where writers and readers meet, its capacity is 0 */

/** What the long form checks, in equal parts. @type {Record<string, Subject>} */
export const SUBJECTS = {
  spsc: { form: 'ring', topology: 'spsc' },
  mpsc: { form: 'ring', topology: 'mpsc' },
  spmc: { form: 'ring', topology: 'spmc' },
  mpmc: { form: 'ring', topology: 'mpmc' },
  broadcast: { form: 'ring', topology: 'broadcast' },
  'spsc, drop-oldest': { form: 'ring', topology: 'spsc', overflow: 'drop-oldest' },
  'spsc, drop-newest': { form: 'ring', topology: 'spsc', overflow: 'drop-newest' },
  'mpmc, drop-oldest': { form: 'ring', topology: 'mpmc', overflow: 'drop-oldest' },
  'mpmc, drop-newest': { form: 'ring', topology: 'mpmc', overflow: 'drop-newest' },
  'broadcast, drop-oldest': { form: 'ring', topology: 'broadcast', overflow: 'drop-oldest' },
  'broadcast, drop-newest': { form: 'ring', topology: 'broadcast', overflow: 'drop-newest' },
  'spsc, meeting': { form: 'ring', topology: 'spsc', meets: true },
  'mpmc, meeting': { form: 'ring', topology: 'mpmc', meets: true },
  'priority, 2 levels': { form: 'ring', topology: 'mpmc', levels: 2 },
  'priority, 3 levels': { form: 'ring', topology: 'mpmc', levels: 3 },
  latest: { form: 'cell', topology: 'spmc' },
};

/** What the checkers themselves are checked with. @type {Record<string, Subject>} */
export const BROKEN_SUBJECTS = {
  ...Object.fromEntries(
    Object.entries(BROKEN).map(([name, { form }]) => [
      name,
      { form: 'locked', topology: form === 'cell' ? 'spmc' : 'mpmc', locked: name },
    ]),
  ),
  ...Object.fromEntries(
    Object.keys(BROKEN_LEVELS).map((name) => [
      name,
      { form: 'locked', topology: 'mpmc', locked: name, levels: 2 },
    ]),
  ),
  ...Object.fromEntries(
    Object.keys(BROKEN_MEETINGS).map((name) => [
      name,
      { form: 'locked', topology: 'mpmc', locked: name, meets: true },
    ]),
  ),
};

/** @type {Record<string, Subject>} */
export const SOUND_SUBJECTS = {
  'a queue with a lock': { form: 'locked', topology: 'mpmc', locked: 'queue' },
  'a cell with a lock': { form: 'locked', topology: 'spmc', locked: 'cell' },
  'meetings with a lock': { form: 'locked', topology: 'mpmc', locked: 'meeting', meets: true },
  'levels with a lock': { form: 'locked', topology: 'mpmc', locked: 'levels', levels: 2 },
};

const THREADS_MAX = 6;
const FIRST_SEQUENCES = [0, 0, 2 ** 31 - 3, -3, 2 ** 30 - 3, 2 ** 29 - 3];

/**
 * @param {() => number} random
 * @param {string} name
 * @param {Subject} subject
 * @returns {Plan}
 */
export function plan(random, name, subject) {
  const kind = pick(random, /** @type {const} */ (['number', 'number', 'bytes']));
  const parts = partsOf(random, subject, { least: 3, most: 9 });
  if (subject.form !== 'cell' && !isCell(subject) && random() < 0.35) addClose(random, parts);
  return {
    ...subject,
    subject: name,
    overflow: subject.overflow ?? 'block',
    locked: subject.locked,
    levels: subject.levels,
    guard: pick(random, [1, 2, 3]),
    kind: subject.form === 'locked' ? 'number' : kind,
    capacity: subject.meets ? 0 : pick(random, [1, 1, 2, 3, 5, 8]) + MOST_SLOTS[kind] - 1,
    wait: pick(random, /** @type {const} */ (['spin', 'park', 'adaptive'])),
    firstSequence: pick(random, FIRST_SEQUENCES),
    parts,
  };
}

/**
 * For the special checker of queues: thousands of calls that move one message each.
 *
 * @param {() => number} random
 * @param {string} name
 * @param {Subject} subject
 * @param {number} calls of all threads together
 * @returns {Plan}
 */
export function longPlan(random, name, subject, calls) {
  const short = plan(random, name, subject);
  const parts = partsOf(random, subject, { least: 0, most: 0 });
  const count = Math.floor(calls / parts.length);
  return {
    ...short,
    kind: 'number',
    capacity: subject.meets ? 0 : pick(random, [1, 4, 64, 1000]),
    parts: parts.map((part) => ({ ...part, count, singly: true })),
  };
}

/** @param {Subject} subject */
const isCell = ({ locked }) => locked === 'cell' || (locked !== undefined && isBrokenCell(locked));

/** @param {string} name */
const isBrokenCell = (name) =>
  name in BROKEN && BROKEN[/** @type {keyof typeof BROKEN} */ (name)].form === 'cell';

/**
 * @param {() => number} random
 * @param {Subject} subject
 * @param {{ least: number, most: number }} counts
 * @returns {import('./acts.mjs').Part[]}
 */
function partsOf(random, { topology }, { least, most }) {
  const threads = topology === 'spsc' ? 2 : 2 + Math.floor(random() * (THREADS_MAX - 1));
  const split = 1 + Math.floor(random() * (threads - 1));
  const writers = { spsc: 1, mpsc: threads - 1, spmc: 1, mpmc: split, broadcast: Math.min(split, 3) }[
    topology
  ];
  const allDoBoth = topology === 'mpmc' && random() < 0.3;
  return Array.from({ length: threads }, (_, i) => {
    /** @type {import('./acts.mjs').Doing} */
    const doing = i < writers ? 'write' : 'read';
    return {
      thread: i + 1,
      group: topology === 'broadcast' && doing === 'read' ? i - writers : 0,
      doings: allDoBoth ? ['write', 'read'] : [doing],
      count: least + Math.floor(random() * (most - least + 1)),
      seed: Math.floor(random() * 2 ** 31),
      singly: false,
    };
  });
}

/** One thread closes the ring between its other calls, or a thread does nothing else. @param {() => number} random @param {import('./acts.mjs').Part[]} parts */
function addClose(random, parts) {
  const part = pick(random, parts);
  if (parts.length === THREADS_MAX || random() < 0.5) part.doings = [...part.doings, 'close'];
  else {
    const seed = Math.floor(random() * 2 ** 31);
    parts.push({ thread: parts.length + 1, group: 0, doings: ['close'], count: 1, seed, singly: false });
  }
}

/** Subscriptions, or 1 for a queue. @param {Plan} plan */
export const groupsOf = ({ parts }) => 1 + Math.max(...parts.map(({ group }) => group));
