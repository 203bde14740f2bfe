/**
 * What threads did to one queue or cell, as the outside sees it.
 *
 * Times are the values of one shared counter, taken right before a call and right after it: a call whose `ended` is less than
 * another's `began` had returned before the other one was made, on whichever threads the two ran. A call that moves
 * several messages is written down as one operation a message, in order, all with the times of the call.
 *
 *   write    a message was accepted                    set     a cell was given a value
 *   full     a message was refused for want of room    get     a cell showed a value, 0 for none
 *   refused  a message was refused by a closed ring
 *   read     a message was taken                       close   the ring was closed or failed
 *   empty    nothing was found                         ended   a reader was told that nothing will come any more
 *   look     a batch was opened and given back unread
 *
 * @typedef {'write' | 'full' | 'refused' | 'read' | 'empty' | 'ended' | 'look' | 'close' | 'set' | 'get'} OperationKind
 * @typedef {object} Operation
 * @property {number} thread
 * @property {OperationKind} kind
 * @property {number} value of the message, which no other message of the history has; 0 where there is none
 * @property {number} began
 * @property {number} ended
 * @property {number} group which of the queue's readers it belongs to: subscriptions are numbered, and takers are all 0
 */

/**
 * How many operations began while a call of another thread was under way: of the others, there is only one order.
 *
 * @param {readonly Operation[]} history
 */
export function countBeside(history) {
  /** When the calls that have begun will have ended, thread by thread. @type {Map<number, number>} */
  const ends = new Map();
  let count = 0;
  for (const { thread, began, ended } of [...history].sort((a, b) => a.began - b.began)) {
    for (const [other, end] of ends) {
      if (other === thread || end < began) continue;
      count++;
      break;
    }
    ends.set(thread, ended);
  }
  return count;
}

/** One line an operation, in the order in which they began. @param {readonly Operation[]} history */
export function show(history) {
  const lines = [...history]
    .sort((a, b) => a.began - b.began)
    .map(({ thread, kind, value, began, ended, group }) => {
      const by = `thread ${thread}${group > 0 ? ` (subscription ${group})` : ''}`;
      return `${String(began).padStart(8)} – ${String(ended).padEnd(8)} ${by.padEnd(26)} ${kind} ${value || ''}`;
    });
  return lines.join('\n');
}
