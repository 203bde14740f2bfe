/**
 * What the rings and the cell promise, as sequential objects.
 *
 * @typedef {object} QueueRules
 * @property {number} capacity in slots
 * @property {(value: number) => number} sizeOf slots that a message takes
 * @property {import('millrace/ring').Overflow} overflow
 * @property {number} groups readers that each see every message: 1, or the number of subscriptions
 * @property {'exact' | 'in company' | 'after company'} full when "full" may be said although there is room: never; while a call
 *   of another thread is under way, which holds slots until it returns; or, in a broadcast ring, also afterwards: a claim
 *   that was given up holds its slots until every subscriber has gone past it
 * @property {boolean} [pushed] whether messages are dropped for each subscription by itself, so that a writer may have dropped the oldest
 *   for this one before it met another one that was reading it
 *
 * @typedef {object} Queue
 * @property {readonly number[]} items not read by all groups
 * @property {readonly number[]} at for each group, which of `items` is its next
 * @property {'open' | 'closing' | 'ended'} phase closing: writes that began before the close returned may still come in;
 *   ended: a reader was told that nothing will come
 *
 * @typedef {import('./history.mjs').Operation} Operation
 * @typedef {import('./search.mjs').Step} Step
 */

/** @param {Operation} operation */
const callOf = ({ thread, began, ended }) => `${thread}|${began}|${ended}`;

/**
 * A bounded queue, first in, first out.
 *
 * A ring that drops tells nobody which messages it dropped: they are those of the history that were accepted and never read,
 * so a history must end with reads of all that is left. Such a message may leave the queue when its turn to be dropped
 * has come, and no other may.
 *
 * @param {readonly Operation[]} history
 * @param {QueueRules} rules
 * @returns {import('./search.mjs').Specification<Queue>}
 */
export function queueSpecification(history, { capacity, sizeOf, overflow, groups, full, pushed = false }) {
  const read = new Set(history.filter(({ kind }) => kind === 'read').map(({ value }) => value));
  const closed = endOfClose(history);
  const dropsOldest = overflow === 'drop-oldest';

  /** @param {readonly number[]} items @param {number} value */
  const fits = (items, value) => items.reduce((sum, item) => sum + sizeOf(item), sizeOf(value)) <= capacity;
  const givenUp = full === 'after company' ? firstGivenUp(history) : Number.POSITIVE_INFINITY;
  /** Calls that wrote something; a batch among them looks for room before it publishes. */
  const wrote = new Set(history.filter(({ kind }) => kind === 'write').map(callOf));
  /** @param {Step} step */
  const mayBeFull = ({ operation, inCompany }) =>
    full === 'exact'
      ? inCompany && operation.kind === 'full' && wrote.has(callOf(operation))
      : inCompany || operation.ended > givenUp;

  /** The queue without its first `count` messages, which were dropped. @param {Queue} queue @param {number} count */
  const without = ({ items, at, phase }, count) => ({ items: items.slice(count), at, phase });

  /** How many messages at the front were never read, and so may have been dropped. @param {Queue} queue */
  function droppable({ items }) {
    const first = items.findIndex((item) => read.has(item));
    return first < 0 ? items.length : first;
  }

  /** @param {Queue} queue @param {Step} step @returns {Queue[]} */
  function write(queue, step) {
    const { value, began } = step.operation;
    if (queue.phase === 'ended' || (queue.phase === 'closing' && began > closed)) return [];
    if (dropsOldest) return writeDropping(queue, step);
    const append = { ...queue, items: [...queue.items, value] };
    if (overflow !== 'drop-newest' || read.has(value)) return fits(queue.items, value) ? [append] : [];
    return mayBeFull(step) || !fits(queue.items, value) ? [queue] : [];
  }

  /** @param {Queue} queue @param {Step} step @returns {Queue[]} */
  function writeDropping(queue, step) {
    const { value } = step.operation;
    /** The oldest was being read: the new one is dropped. Who is not that reader may have been pushed past the oldest by then. */
    const dropped = pushed ? droppable(queue) : 0;
    const after =
      read.has(value) || !mayBeFull(step)
        ? []
        : Array.from({ length: dropped + 1 }, (_, count) => without(queue, count));
    for (let count = 0; count <= droppable(queue); count++) {
      const rest = without(queue, count);
      if (!fits(rest.items, value)) continue;
      after.push({ ...rest, items: [...rest.items, value] });
      if (!mayBeFull(step)) break; // No more than it takes.
    }
    return after;
  }

  /** A writer may have dropped the oldest message for the sake of one that is refused, because the ring was closed in between. @param {Queue} queue @param {Step} step */
  function refuse(queue, { inCompany }) {
    const most = dropsOldest && inCompany ? droppable(queue) : 0;
    return queue.phase === 'open'
      ? []
      : Array.from({ length: most + 1 }, (_, count) => without(queue, count));
  }

  /** The queue as a reader may find it: a writer drops the oldest, and writes its own a moment later. @param {Queue} queue @param {Step} step */
  function found(queue, { besideWrite }) {
    const most = dropsOldest && besideWrite ? droppable(queue) : 0;
    return Array.from({ length: most + 1 }, (_, count) => without(queue, count));
  }

  /** @param {Queue} queue @param {Operation} operation @returns {Queue[]} */
  function take({ items, at, phase }, { value, group }) {
    if (items[/** @type {number} */ (at[group])] !== value) return [];
    const moved = at.map((next, i) => (i === group ? next + 1 : next));
    const released = Math.min(...moved);
    return [{ items: items.slice(released), at: moved.map((next) => next - released), phase }];
  }

  /** @param {Queue} queue @param {number} group */
  const isDrained = ({ items, at }, group) => at[group] === items.length;

  return {
    initial: { items: [], at: new Array(groups).fill(0), phase: 'open' },
    key: ({ items, at, phase }) => `${items}|${at}|${phase}`,
    after(queue, step) {
      const { operation } = step;
      const { kind, value, group } = operation;
      if (kind === 'write') return write(queue, step);
      if (kind === 'full') return mayBeFull(step) || !fits(queue.items, value) ? [queue] : [];
      if (kind === 'look') return [queue];
      if (kind === 'refused') return refuse(queue, step);
      if (kind === 'close') return [queue.phase === 'open' ? { ...queue, phase: 'closing' } : queue];
      const seen = found(queue, step);
      if (kind === 'read') return seen.flatMap((each) => take(each, operation));
      const drained = seen.filter((each) => isDrained(each, group));
      if (kind === 'empty') return drained;
      return queue.phase === 'open' ? [] : drained.map((each) => ({ ...each, phase: 'ended' }));
    },
  };
}

/**
 * From when on a claim may have been given up: for that, a reader must have come upon it, and another writer have claimed
 * behind it, while its writer was still in its call.
 *
 * @param {readonly Operation[]} history
 */
function firstGivenUp(history) {
  const writes = history.filter(({ kind }) => kind === 'write' || kind === 'full');
  const reads = history.filter(({ group, kind }) => group > 0 || kind === 'read' || kind === 'empty');
  /** @param {Operation} a @returns {(b: Operation) => boolean} */
  const beside = (a) => (b) => a.thread !== b.thread && a.began < b.ended && b.began < a.ended;
  const within = writes.filter((each) => writes.some(beside(each)) && reads.some(beside(each)));
  return Math.min(...within.map(({ began }) => began));
}

/**
 * A ring of capacity 0, in what concerns its end; `meetings.mjs` has what concerns the meetings themselves: messages on their way, in no
 * order, of which none is left when a reader is told that the ring has ended.
 *
 * @param {readonly Operation[]} history
 * @returns {import('./search.mjs').Specification<{ passing: readonly number[], phase: Queue['phase'] }>}
 */
export function meetingSpecification(history) {
  const closed = endOfClose(history);
  return {
    initial: { passing: [], phase: 'open' },
    key: ({ passing, phase }) => `${passing}|${phase}`,
    after({ passing, phase }, { operation: { kind, value, began } }) {
      if (kind === 'write')
        return phase === 'ended' || (phase === 'closing' && began > closed)
          ? []
          : [{ passing: [...passing, value].sort(), phase }];
      if (kind === 'read')
        return passing.includes(value) ? [{ passing: passing.filter((each) => each !== value), phase }] : [];
      if (kind === 'close') return [{ passing, phase: phase === 'open' ? 'closing' : phase }];
      if (kind === 'refused') return phase === 'open' ? [] : [{ passing, phase }];
      if (kind === 'ended')
        return phase === 'open' || passing.length > 0 ? [] : [{ passing, phase: 'ended' }];
      return [{ passing, phase }];
    },
  };
}

/** When the first close had returned. @param {readonly Operation[]} history */
const endOfClose = (history) =>
  Math.min(...history.filter(({ kind }) => kind === 'close').map(({ ended }) => ended));

/** One value, replaced by every `set`. @type {import('./search.mjs').Specification<number>} */
export const cellSpecification = {
  initial: 0,
  key: String,
  after(state, { operation: { kind, value } }) {
    if (kind === 'set') return [value];
    return state === value ? [state] : [];
  },
};
