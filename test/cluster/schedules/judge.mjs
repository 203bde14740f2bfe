/**
 * What was promised about a schedule, looked up in what happened: nothing is lost, an id is in the log once, of a key one
 * message is handled after the other, what was given back for later does not come sooner, and what was acknowledged does not come again
 * (order not for groups that share all partitions, where it is not promised); and nobody sleeps when everything has come to rest
 * though something is to be done.
 *
 * @typedef {{ number: number, key: string, id: string | undefined, ttl: number | undefined, accepted: boolean, duplicate: boolean }} Sent
 * @typedef {{ what: 'begin' | 'done' | 'failed', at: number, number: number, member: number, stay: number,
 *   partition: number, offset: number, attempt: number, id: string | undefined, delayMs: number }} Event
 * @typedef {{ sent: Sent[], events: Event[], buried: number[], unfinished: number, overdue: string[], now: number }} History
 */

/**
 * The first thing that is wrong; `undefined` when nothing is.
 * @param {History} history
 * @param {{ ordering: string }} schedule
 */
export function faultOf(history, { ordering }) {
  const faults = [...unfinished(history), ...history.overdue, ...lost(history), ...doubled(history)];
  if (ordering !== 'none') faults.push(...outOfOrder(history));
  faults.push(...early(history));
  return faults[0];
}

/** @param {History} history */
function* unfinished({ unfinished, sent }) {
  if (unfinished > 0) yield `${unfinished} slots were never acknowledged`;
  for (const { number, accepted } of sent) if (!accepted) yield `message ${number} was never accepted`;
}

/** @param {History} history */
function* lost({ sent, events, buried }) {
  const done = new Set(events.filter(({ what }) => what === 'done').map(({ number }) => number));
  const given = new Set(buried);
  const ids = new Set();
  for (const { number, id } of sent)
    if (id !== undefined && (done.has(number) || given.has(number))) ids.add(id);
  for (const { number, duplicate, ttl, id } of sent) {
    if (done.has(number) || given.has(number) || ttl !== undefined) continue;
    // Another message with this id is there in its place; one that was to be written later can't say so.
    if (
      id !== undefined &&
      (duplicate || ids.has(id) || sent.some((one) => one.id === id && one.ttl !== undefined))
    )
      continue;
    yield `message ${number} was lost`;
  }
}

/** @param {History} history */
function* doubled({ events }) {
  const places = new Map();
  for (const { id, number, partition, offset } of events) {
    if (id === undefined) continue;
    const place = `${partition}:${offset}`;
    const first = places.get(id) ?? place;
    places.set(id, first);
    if (first !== place)
      yield `${id} is in the log twice, at ${first} and, as message ${number}, at ${place}`;
  }
}

/** @param {History} history */
function* outOfOrder({ sent, events, buried }) {
  const keyOf = (/** @type {number} */ number) => sent[number]?.key;
  /** The messages of each key that were delivered, with when each was done first. @type {Map<string, Map<number, { number: number, done: boolean, excused: boolean }>>} */
  const keys = new Map();
  for (const { number, offset } of events) {
    const key = String(keyOf(number));
    const messages = keys.get(key) ?? new Map();
    keys.set(key, messages);
    const excused = buried.includes(number) || sent[number]?.ttl !== undefined;
    messages.set(offset, messages.get(offset) ?? { number, done: false, excused });
  }
  for (const { what, number, offset, member } of events) {
    const messages = keys.get(String(keyOf(number))) ?? new Map();
    if (what === 'done') messages.get(offset).done = true;
    if (what !== 'begin') continue;
    for (const [earlier, message] of messages) {
      if (earlier < offset && !message.done && !message.excused)
        yield `member ${member} got message ${number} before ${message.number} of the same key was done`;
    }
  }
}

/**
 * A member that gives a message back for later, and keeps its partition, does not get it sooner. What another member gets, after a
 * death say, may have been given back by one that died before it had said so.
 * @param {History} history
 */
function* early({ events }) {
  /** What was given back last, by its place in the log. @type {Map<string, Event>} */
  const given = new Map();
  for (const event of events) {
    const place = `${event.partition}:${event.offset}`;
    const before = given.get(place);
    given.delete(place);
    if (event.delayMs > 0) given.set(place, event);
    if (event.what !== 'begin' || before === undefined) continue;
    const same = event.member === before.member && event.stay === before.stay;
    if (same && event.at < before.at + before.delayMs)
      yield `message ${event.number} came again ${event.at - before.at} ms after it was given back for ${before.delayMs} ms`;
  }
}
