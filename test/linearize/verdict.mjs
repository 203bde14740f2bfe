import { faultOfQueue } from './fifo.mjs';
import { show } from './history.mjs';
import { faultOfMeetings } from './meetings.mjs';
import { MESSAGES } from './messages.mjs';
import { groupsOf } from './plan.mjs';
import { isLinearizable } from './search.mjs';
import { cellSpecification, meetingSpecification, queueSpecification } from './specifications.mjs';
import { faultOfUrgency, levelsOf } from './urgency.mjs';

/**
 * What is wrong with a recorded history; `undefined` when nothing is.
 *
 * @param {import('./crew.mjs').Recording} recording
 * @returns {string | undefined}
 */
export function faultOf({ plan, history }) {
  if (plan.levels !== undefined)
    return faultOfLevels(plan, plan.levels, history, (own) => isAccepted(plan, own));
  if (!isAccepted(plan, history)) return `not linearizable: ${JSON.stringify(plan)}\n${show(history)}`;
  return undefined;
}

/**
 * Of a priority ring, each level is a queue, and urgency is what holds between them.
 *
 * @param {import('./plan.mjs').Plan} plan
 * @param {number} levels
 * @param {import('./history.mjs').Operation[]} history
 * @param {(own: import('./history.mjs').Operation[]) => boolean} isQueue
 */
function faultOfLevels(plan, levels, history, isQueue) {
  const refused = levelsOf(history, levels).findIndex((own) => !isQueue(own));
  const what =
    refused < 0 ? faultOfUrgency(history, { levels, guard: plan.guard }) : `level ${refused} is no queue`;
  return what && `not linearizable, ${what}: ${JSON.stringify(plan)}\n${show(history)}`;
}

/** @param {import('./plan.mjs').Plan} plan @param {import('./history.mjs').Operation[]} history */
function isAccepted(plan, history) {
  if (history.some(({ kind }) => kind === 'set' || kind === 'get'))
    return isLinearizable(history, cellSpecification);
  if (plan.capacity === 0)
    return faultOfMeetings(history) === undefined && isLinearizable(history, meetingSpecification(history));
  const rules = {
    capacity: plan.capacity,
    sizeOf: MESSAGES[plan.kind].sizeOf,
    overflow: plan.overflow,
    groups: groupsOf(plan),
    full: whenFull(plan),
  };
  if (plan.topology === 'broadcast' && plan.overflow === 'drop-oldest')
    return isAcceptedByEach(plan, history, rules);
  return isLinearizable(history, queueSpecification(history, rules));
}

/**
 * Of a broadcast ring that drops the oldest each subscription misses messages of its own: for each of them it is a queue that drops, and
 * all agree on the order of what they have in common.
 *
 * @param {import('./plan.mjs').Plan} plan
 * @param {import('./history.mjs').Operation[]} history
 * @param {import('./specifications.mjs').QueueRules} rules
 */
function isAcceptedByEach(plan, history, rules) {
  const groups = Array.from({ length: groupsOf(plan) }, (_, group) => group);
  const read = groups.map((group) =>
    history.filter((each) => each.kind === 'read' && each.group === group).map(({ value }) => value),
  );
  return groups.every((group) => {
    const own = history.map((each) => {
      const isOthers = READS.has(each.kind) && each.group !== group;
      return isOthers ? { ...each, kind: /** @type {const} */ ('look'), group: 0 } : { ...each, group: 0 };
    });
    const mine = read[group] ?? [];
    const agree = read.every((other) => `${common(mine, other)}` === `${common(other, mine)}`);
    return agree && isLinearizable(own, queueSpecification(own, { ...rules, groups: 1, pushed: true }));
  });
}

const READS = new Set(['read', 'empty', 'ended', 'look']);

/** @param {readonly number[]} some @param {readonly number[]} others */
const common = (some, others) => some.filter((value) => others.includes(value));

/**
 * @param {import('./plan.mjs').Plan} plan
 * @returns {import('./specifications.mjs').QueueRules['full']}
 */
function whenFull({ form, topology, overflow }) {
  if (form === 'locked' || (topology === 'spsc' && overflow === 'block')) return 'exact';
  return topology === 'broadcast' ? 'after company' : 'in company';
}

/**
 * The same of a history of thousands of single calls, by the special checker, for each group of readers.
 *
 * @param {import('./crew.mjs').Recording} recording
 * @returns {string | undefined}
 */
export function faultOfLong({ plan, history }) {
  if (plan.capacity === 0) return faultOfMeetings(history);
  const { levels } = plan;
  if (levels !== undefined)
    return faultOfLevels(plan, levels, history, (own) => faultOfQueue(own, plan.capacity) === undefined);
  for (let group = 0; group < groupsOf(plan); group++) {
    const ofGroup = history.filter(({ kind, group: of }) => kind === 'write' || of === group);
    const fault = faultOfQueue(ofGroup, plan.capacity);
    if (fault !== undefined) return `${fault}: ${JSON.stringify({ ...plan, parts: plan.parts.length })}`;
  }
  return undefined;
}
