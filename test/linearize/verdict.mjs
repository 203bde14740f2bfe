import { faultOfQueue } from './fifo.mjs';
import { show } from './history.mjs';
import { MESSAGES } from './messages.mjs';
import { groupsOf } from './plan.mjs';
import { isLinearizable } from './search.mjs';
import { cellSpecification, queueSpecification } from './specifications.mjs';

/**
 * What is wrong with a recorded history; `undefined` when nothing is.
 *
 * @param {import('./crew.mjs').Recording} recording
 * @returns {string | undefined}
 */
export function faultOf({ plan, history }) {
  if (!isAccepted(plan, history)) return `not linearizable: ${JSON.stringify(plan)}\n${show(history)}`;
  return undefined;
}

/** @param {import('./plan.mjs').Plan} plan @param {import('./history.mjs').Operation[]} history */
function isAccepted(plan, history) {
  if (history.some(({ kind }) => kind === 'set' || kind === 'get'))
    return isLinearizable(history, cellSpecification);
  const rules = {
    capacity: plan.capacity,
    sizeOf: MESSAGES[plan.kind].sizeOf,
    overflow: plan.overflow,
    groups: groupsOf(plan),
    full: whenFull(plan),
  };
  return isLinearizable(history, queueSpecification(history, rules));
}

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
  for (let group = 0; group < groupsOf(plan); group++) {
    const ofGroup = history.filter(({ kind, group: of }) => kind === 'write' || of === group);
    const fault = faultOfQueue(ofGroup, plan.capacity);
    if (fault !== undefined) return `${fault}: ${JSON.stringify({ ...plan, parts: plan.parts.length })}`;
  }
  return undefined;
}
