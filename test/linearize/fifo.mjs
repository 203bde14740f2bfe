/**
 * A special check for queues: milliseconds for histories of hundreds of thousands of operations, where the search would need a
 * recursion as deep and a memory as large.
 *
 * A history of writes, reads and "empty" answers, in which all values differ, is linearizable as an unbounded queue exactly
 * when it shows none of four things (Henzinger, Sezgin, Vafeiadis: "Aspect-oriented linearizability proofs", CONCUR
 * 2013): a value read that was not written before; a value read twice; two values read in the wrong order, although the one
 * was written before the write of the other began; and "empty" said by a call during all of which some
 * value was in the queue for certain. To these comes what follows from a capacity: never more
 * values for certain in the queue than that.
 *
 * @typedef {import('./history.mjs').Operation} Operation
 * @typedef {{ value: number, write: Operation, read: Operation | undefined }} Passage of one value
 */

/**
 * What is wrong with a history; `undefined` when nothing is.
 *
 * @param {readonly Operation[]} history of one group of readers, without a close
 * @param {number} capacity in messages
 * @returns {string | undefined}
 */
export function faultOfQueue(history, capacity = Number.POSITIVE_INFINITY) {
  const passages = passagesOf(history);
  if (typeof passages === 'string') return passages;
  return disorder(passages) ?? falseEmpty(passages, history) ?? excess(passages, capacity);
}

/**
 * Every value that was written, with its read; or what is wrong with that: one read that was not written before, or read twice.
 *
 * @param {readonly Operation[]} history
 * @returns {Passage[] | string}
 */
export function passagesOf(history) {
  /** @type {Map<number, Passage>} */
  const passages = new Map();
  for (const write of history.filter(({ kind }) => kind === 'write')) {
    if (passages.has(write.value))
      throw new Error(`${write.value} was written twice: the check needs unique values.`);
    passages.set(write.value, { value: write.value, write, read: undefined });
  }
  for (const read of history.filter(({ kind }) => kind === 'read')) {
    const passage = passages.get(read.value);
    if (passage === undefined || read.ended < passage.write.began)
      return `${read.value} was read before it was written`;
    if (passage.read !== undefined) return `${read.value} was read twice`;
    passage.read = read;
  }
  return [...passages.values()];
}

/** When the read of a value began, or never. @param {Passage} passage */
const readBegan = ({ read }) => read?.began ?? Number.POSITIVE_INFINITY;

/** @param {readonly Passage[]} passages */
function disorder(passages) {
  const byEnd = [...passages].sort((a, b) => a.write.ended - b.write.ended);
  const byBegin = [...passages].sort((a, b) => a.write.began - b.write.began);
  /** Of those whose write had ended, the one whose read began last. @type {Passage | undefined} */
  let latest;
  let next = 0;
  for (const passage of byBegin) {
    for (; /** @type {Passage} */ (byEnd[next]).write.ended < passage.write.began; next++) {
      const earlier = /** @type {Passage} */ (byEnd[next]);
      if (latest === undefined || readBegan(earlier) > readBegan(latest)) latest = earlier;
    }
    if (latest !== undefined && passage.read !== undefined && passage.read.ended < readBegan(latest))
      return `${passage.value} was read before ${latest.value}, which was written earlier`;
  }
  return undefined;
}

/** Between which times each value was in the queue for certain. @param {readonly Passage[]} passages */
function presences(passages) {
  return passages
    .map((passage) => ({ from: passage.write.ended, to: readBegan(passage) }))
    .filter(({ from, to }) => from < to)
    .sort((a, b) => a.from - b.from);
}

/** @param {readonly Passage[]} passages @param {readonly Operation[]} history */
function falseEmpty(passages, history) {
  const present = presences(passages);
  const empties = history.filter(({ kind }) => kind === 'empty').sort((a, b) => a.began - b.began);
  let next = 0;
  let from = 0;
  let to = -1;
  for (const { began, ended } of empties) {
    for (; next < present.length; next++) {
      const presence = /** @type {{ from: number, to: number }} */ (present[next]);
      if (presence.from > began && presence.from > to) break;
      if (presence.from > to) from = presence.from;
      to = Math.max(to, presence.to);
    }
    if (from < began && ended < to) return `"empty" was said in ${began} – ${ended}, when it was not`;
  }
  return undefined;
}

/** @param {readonly Passage[]} passages @param {number} capacity */
function excess(passages, capacity) {
  const changes = presences(passages).flatMap(({ from, to }) => [
    { at: from, by: 1 },
    { at: to, by: -1 },
  ]);
  changes.sort((a, b) => a.at - b.at);
  let size = 0;
  for (const { at, by } of changes) {
    size += by;
    if (size > capacity) return `at ${at}, ${size} values were in a queue for ${capacity}`;
  }
  return undefined;
}
