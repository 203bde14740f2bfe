/**
 * What holds between the levels of a priority ring. Each level is a queue (`levelsOf`); a reader looks at one after the other, so no
 * one moment need be found at which all of them were as it says. What must hold, whatever the others do:
 *
 * 1. Nobody takes a message while a more urgent one was there during the whole of the call, unless the less urgent one was due.
 * 2. A message is due for a reader when that has taken `guard` more urgent ones, in calls that have ended, while the message was
 *    there and none of its level was taken by that reader. The next call takes it, or a less urgent one that is due.
 *
 * "Was there" is what is certain: its write had ended, and its read, if there is one, had not begun.
 *
 * @typedef {import('./history.mjs').Operation} Operation
 * @typedef {{ began: number, ended: number, level: number, count: number, thread: number }} Call of a reader that took something
 */

/**
 * The operations of each level. What a reader was told of all levels, that they were empty or had ended, it was told of each; closing
 * closes them all.
 *
 * @param {readonly Operation[]} history
 * @param {number} levels
 * @returns {Operation[][]}
 */
export function levelsOf(history, levels) {
  return Array.from({ length: levels }, (_, level) =>
    history.filter(({ kind, value }) => OF_ALL.has(kind) || value % levels === level),
  );
}

const OF_ALL = new Set(['empty', 'ended', 'look', 'close']);

/**
 * @param {readonly Operation[]} history
 * @param {{ levels: number, guard: number }} rules
 * @returns {string | undefined} what is wrong
 */
export function faultOfUrgency(history, { levels, guard }) {
  const presences = levelsOf(history, levels).map((own) => new Presences(own));
  for (const calls of callsOf(history, levels)) {
    for (const [i, call] of calls.entries()) {
      const { level, began, ended, thread } = call;
      const where = `thread ${thread} took from level ${level} in ${began} – ${ended}`;
      const isDue = passedOver(calls, i, level) >= guard;
      for (let other = 0; other < level && !isDue; other++) {
        if (presences[other]?.covers(began, ended))
          return `${where}, with a message in level ${other} and none due`;
      }
      for (let other = level + 1; other < levels; other++) {
        const from = dueSince(calls, i, other, guard);
        if (from !== undefined && presences[other]?.covers(from, ended))
          return `${where}, although level ${other} was due since ${from}`;
      }
    }
  }
  return undefined;
}

/** How many messages more urgent than `level` were taken by calls before number `i`, since the last one of that level. @param {readonly Call[]} calls @param {number} i @param {number} level */
function passedOver(calls, i, level) {
  let count = 0;
  for (let j = i - 1; j >= 0 && calls[j]?.level !== level; j--) count += moreUrgent(calls[j], level);
  return count;
}

/** When the last calls before number `i` began that make a message of `level` due, which was there since. @param {readonly Call[]} calls @param {number} i @param {number} level @param {number} guard */
function dueSince(calls, i, level, guard) {
  let count = 0;
  for (let j = i - 1; j >= 0 && calls[j]?.level !== level; j--) {
    count += moreUrgent(calls[j], level);
    if (count >= guard) return calls[j]?.began;
  }
  return undefined;
}

/** @param {Call | undefined} call @param {number} level */
const moreUrgent = (call, level) => (call !== undefined && call.level < level ? call.count : 0);

/** The calls of each reader that took something; a call takes from one level. @param {readonly Operation[]} history @param {number} levels */
function callsOf(history, levels) {
  /** @type {Map<number, Call[]>} */
  const calls = new Map();
  for (const { thread, kind, value, began, ended } of history) {
    if (kind !== 'read') continue;
    const own = calls.get(thread) ?? [];
    calls.set(thread, own);
    const last = own.at(-1);
    if (last?.began === began) last.count++;
    else own.push({ began, ended, level: value % levels, count: 1, thread });
  }
  return calls.values();
}

/** Between which times messages of one level were there. */
class Presences {
  /** @param {readonly Operation[]} history */
  constructor(history) {
    const reads = new Map(
      history.filter(({ kind }) => kind === 'read').map(({ value, began }) => [value, began]),
    );
    this.all = history
      .filter(({ kind }) => kind === 'write')
      .map(({ value, ended }) => ({ from: ended, to: reads.get(value) ?? Number.POSITIVE_INFINITY }))
      .sort((a, b) => a.from - b.from);
    let last = Number.NEGATIVE_INFINITY;
    /** Until when one of the messages up to this one was there, at most. */
    this.until = this.all.map(({ to }) => {
      last = Math.max(last, to);
      return last;
    });
  }

  /** Whether one message was there all the time. @param {number} from @param {number} to */
  covers(from, to) {
    let low = 0;
    for (let high = this.all.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (/** @type {{ from: number }} */ (this.all[middle]).from < from) low = middle + 1;
      else high = middle;
    }
    return low > 0 && /** @type {number} */ (this.until[low - 1]) > to;
  }
}
