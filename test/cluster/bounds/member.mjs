/** What a group does with each message, whichever thread it runs in: `member.mjs?group=…` as a handler module. */
import { getEnvironmentData } from 'node:worker_threads';
import { Heaps } from './heaps.mjs';
import { Ledger } from './ledger.mjs';
import { groups, isHard, isHopeless, textOf } from './topics.mjs';

/** Messages that are kept for ever, to see that the run finds out. @type {unknown[]} */
const leaked = [];

/**
 * @param {string} name the group's
 * @param {Heaps} heaps this thread's
 */
export function handlerOf(name, heaps) {
  const { ledger: buffer, leaks } = /** @type {any} */ (getEnvironmentData('bounds'));
  const ledger = new Ledger(buffer);
  const group = groups.findIndex(({ options }) => options.group === name);
  const workers = groups.findIndex(({ options }) => options.group === 'workers');
  /** @param {import('millrace').Message<any>} message */
  return (message) => {
    const { from, number, text } = message.value;
    heaps.look();
    if (leaks) leaked.push(message.copy());
    if (name === 'workers' && isHopeless(number)) return message.dead('as planned');
    if ((name === 'workers' || name === 'billing') && isHard(number) && message.attempt === 1)
      throw new Error('as planned');
    // What the workers give up is in the letters: together they have each message once.
    const fault = ledger.enter(name === 'clerk' ? workers : group, { from, number });
    if (fault !== undefined) console.error(`${name}: ${fault}`);
    const topic = name === 'clerk' ? 'tasks' : message.topic;
    if (text === textOf(topic, number)) return;
    ledger.fail();
    console.error(`${name}: Message ${number} of sender ${from} is not whole: ${JSON.stringify(text)}`);
  };
}

const own = new URL(import.meta.url).searchParams.get('group');
const handler =
  own === null
    ? undefined
    : handlerOf(own, new Heaps(/** @type {any} */ (getEnvironmentData('bounds')).heaps));
export default handler;
