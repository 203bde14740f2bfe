import { groups, KEYS, SENDERS } from './topics.mjs';

/** Messages of one sender that may be on their way at once where they come in any order. */
const WINDOW = 65_536;
const GROUP_WORDS = SENDERS * WINDOW;
const COUNTS = GROUP_WORDS * groups.length;
const FAULTS = COUNTS + groups.length;

/**
 * What every group has got, in shared memory of one size, however many messages there are. Where the messages of a key follow each other, the last number
 * of each key is enough to know that none is missing, doubled or out of order. Elsewhere a message must find at the place of its number what the one a round
 * of places before has left: anything else means that one came twice, or not at all.
 */
export class Ledger {
  static bytes = 4 * (FAULTS + 1);
  #words;

  /** @param {SharedArrayBuffer} buffer */
  constructor(buffer) {
    this.#words = new Int32Array(buffer);
  }

  /**
   * A group has got a message; what is wrong with that, `undefined` when nothing is.
   * @param {number} group
   * @param {{ from: number, number: number }} message
   */
  enter(group, { from, number }) {
    const places = groups[group]?.follows ? KEYS : WINDOW;
    const round = Math.floor(number / places);
    const place = group * GROUP_WORDS + from * WINDOW + (number % places);
    const rounds = Atomics.exchange(this.#words, place, round + 1);
    Atomics.add(this.#words, COUNTS + group, 1);
    if (rounds === round) return undefined;
    Atomics.add(this.#words, FAULTS, 1);
    return `Message ${number} of sender ${from} is number ${round} at its place, and came after ${rounds} others.`;
  }

  /** Something else is wrong with a message. */
  fail() {
    Atomics.add(this.#words, FAULTS, 1);
  }

  /** How many messages a group has got. */
  count(/** @type {number} */ group) {
    return Atomics.load(this.#words, COUNTS + group);
  }

  get faults() {
    return Atomics.load(this.#words, FAULTS);
  }
}
