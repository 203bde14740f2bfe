/**
 * What threads write down in shared memory while they work, so that it is known afterwards, for a thread that was killed at
 * any instruction, what it had done.
 *
 * A *lane* is a sequence of messages, numbered from 0, that one producer at a time writes: a successor goes on behind the
 * last number its predecessor had begun with. A *place* is where one consumer at a time reads.
 *
 *   producer   BEGUN = n + k      before it hands messages n … n + k - 1 to the ring
 *              ACCEPTED = n + j   after the ring took the first j of them
 *   consumer   CALL = in place    before a drain or a batch, 0 after it; NOTED counts what the call has shown so far
 *              CALL = by value    before a poll or a take, 0 after what it gave has been counted
 *
 * So at a death, messages in [ACCEPTED, BEGUN) are in doubt: any number of them, from the front, may have been published.
 * Those noted in an open in-place call may be shown again. A by-value call that had returned (RETURNED = 1, which is written by the
 * next step after it) and had noted nothing may have taken one message with it; there is no way to tell from outside which,
 * so each such message must be accounted for by such a death, and by one that can have been it. `poll` and `takeSync` that
 * had not returned must not have taken any. An awaited `take` and a subscriber of a broadcast ring make no such promise.
 *
 * A ring of capacity 0 (`meeting`) is judged by the same rules: a message of a `put` that was given up, or of an `offer` that was refused, has
 * not been seen by anybody, and its number is used again; one that a dying reader had taken is shown to the next reader, or
 * taken out by its `put`, which still waits.
 */
export const BEGUN = 0;
export const ACCEPTED = 1;
/** 1 from when a thread ends itself, on its lane or place: its death takes a while, and is not known before its `exit` event. */
export const DYING = 5;

export const CALL = 0;
export const NOTED = 1;
export const RECEIVED = 2;
export const TORN = 3;
export const DISORDERED = 4;
/** Whether a by-value call has returned, written by the very next step; 1 from the start where that can't be told. */
export const RETURNED = 6;
/** What each lane had begun with when the last call began. */
export const SEEN_BEGUN = 8;
/** The messages that the last call has shown, by their ids. */
export const NOTES = 32;
export const NOTES_MAX = 8192;

export const NO_CALL = 0;
export const IN_PLACE = 1;
export const BY_VALUE = 2;

const LANE_WORDS = 32;
const PLACE_WORDS = NOTES + NOTES_MAX;

export const STOP_PRODUCING = 0;
export const STOP_CONSUMING = 1;

/** The most messages that a producer hands over in one call. */
export const CALL_MAX = 20;

/** Numbers of a lane in one round. */
export const LANE_MAX = 4_000_000;

/**
 * @typedef {object} LedgerHandle
 * @property {number} lanes
 * @property {number} places
 * @property {number} groups of places that each read every message: one a subscription, or 1
 * @property {SharedArrayBuffer} control
 * @property {SharedArrayBuffer} counts
 */

export class Ledger {
  /** @param {LedgerHandle} handle */
  constructor(handle) {
    this.handle = handle;
    this.lanes = handle.lanes;
    this.places = handle.places;
    this.groups = handle.groups;
    this.words = new Int32Array(handle.control);
    /** How often each message was counted as received, by each group. */
    this.counts = new Int8Array(handle.counts);
  }

  /** @param {number} lanes @param {number} places @param {number} groups */
  static create(lanes, places, groups) {
    const words = LANE_WORDS + lanes * LANE_WORDS + places * PLACE_WORDS;
    return new Ledger({
      lanes,
      places,
      groups,
      control: new SharedArrayBuffer(words * 4),
      counts: new SharedArrayBuffer(groups * lanes * LANE_MAX),
    });
  }

  /** @param {number} lane */
  lane(lane) {
    return LANE_WORDS + lane * LANE_WORDS;
  }

  /** @param {number} place */
  place(place) {
    return LANE_WORDS + this.lanes * LANE_WORDS + place * PLACE_WORDS;
  }

  /** @param {number} word */
  get(word) {
    return Atomics.load(this.words, word);
  }

  /** @param {number} word @param {number} value */
  set(word, value) {
    Atomics.store(this.words, word, value);
  }

  /** Which group a place belongs to. @param {number} place */
  groupOf(place) {
    return place % this.groups;
  }

  /** What a message is called in the counts and the notes of a group. @param {number} group @param {number} lane @param {number} number */
  id(group, lane, number) {
    return (group * this.lanes + lane) * LANE_MAX + number;
  }

  /** @param {number} group @param {number} lane @param {number} number */
  count(group, lane, number) {
    return Atomics.add(this.counts, this.id(group, lane, number), 1);
  }

  /** Where a thread writes down what it does. @param {'producer' | 'consumer'} role @param {number} place */
  wordsOf(role, place) {
    return role === 'producer' ? this.lane(place) : this.place(place);
  }

  get received() {
    let sum = 0;
    for (let place = 0; place < this.places; place++) sum += this.get(this.place(place) + RECEIVED);
    return sum;
  }

  get accepted() {
    let sum = 0;
    for (let lane = 0; lane < this.lanes; lane++) sum += this.get(this.lane(lane) + ACCEPTED);
    return sum;
  }
}
