import { passagesOf } from './fifo.mjs';

/**
 * What holds of a ring of capacity 0, where a message goes from hand to hand. A write and the read of its message take effect in one moment
 * (concurrency-aware linearizability: Hemed, Rinetzky and Vafeiadis, DISC 2015), so the two calls overlap. One exception is
 * promised: a message that `offer` has handed to a reader that waits may be taken by another reader that comes first, whose call
 * may begin when `offer` has returned; the first reader's call is under way all that time.
 *
 * 1. What was accepted is read, by one call, and nothing else is.
 * 2. Of a message, neither call had ended before the other began; or a reading call was under way from before the write ended until after
 *    the read had begun.
 *
 * What finds nobody there ("full", "empty") may be said at any time: from outside nobody sees when a thread has begun to wait. Two messages
 * that are on their way at the same time have no order.
 *
 * @param {readonly import('./history.mjs').Operation[]} history
 * @returns {string | undefined} what is wrong
 */
export function faultOfMeetings(history) {
  const passages = passagesOf(history);
  if (typeof passages === 'string') return passages;
  const reading = history.filter(({ kind }) => READS.has(kind));
  for (const { value, write, read } of passages) {
    if (read === undefined) return `${value} was accepted, and nobody took it`;
    if (read.began < write.ended) continue;
    if (!reading.some(({ began, ended }) => began < write.ended && ended > read.began))
      return `${value} was accepted in ${write.began} – ${write.ended}, and stood there without a reader until ${read.began}`;
  }
  return undefined;
}

const READS = new Set(['read', 'empty', 'ended', 'look']);
