import {
  ACCEPTED,
  BEGUN,
  BY_VALUE,
  CALL,
  CALL_MAX,
  DISORDERED,
  IN_PLACE,
  LANE_MAX,
  NO_CALL,
  NOTED,
  NOTES,
  SEEN_BEGUN,
  TORN,
} from './ledger.mjs';
import { FIXED_BYTES, laneOf, numberOf } from './payload.mjs';
import { unfinished } from './unfinished.mjs';

/**
 * @typedef {object} Report
 * @property {number} kills deaths, of threads that had begun to work
 * @property {number} claimed deaths that left a claim unpublished (of the rings whose slots say so)
 * @property {number} taken deaths that left messages taken and not released
 * @property {number} messages received
 * @property {number} lost accepted by the ring and received by nobody, with no death that can explain it
 * @property {number} doubled received more often than once, with no death that can explain it
 * @property {number} torn received with other contents than were sent
 * @property {number} disordered received after a later message of the same producer, by one lone reader
 * @property {number} holes in doubt, and published although an earlier message of the same call was not
 * @property {number} inDoubt messages that a producer had begun with, but not finished, when it died
 * @property {number} inDoubtPublished how many of them were received
 * @property {number} diedWithReader taken by a call that gives one message, which died before it could return
 * @property {number} redelivered shown again after their reader had died within a callback or a batch
 * @property {number} blocked deaths after which nothing moved for more than 10 ms
 * @property {number} blockedMs the longest of these times
 * @property {boolean} stuck nothing moved any more
 * @property {number} stranded still in the ring at the end, although its readers were alive and idle
 * @property {boolean} refills whether exactly `capacity` slots could be filled at the end
 * @property {string[]} errors that no kill explains
 */

/** What was seen at each death, and what follows for every message at the end. */
export class Verdict {
  /** @param {import('./ledger.mjs').Ledger} ledger @param {number} capacity */
  constructor(ledger, capacity) {
    this.ledger = ledger;
    this.capacity = capacity;
    this.kills = 0;
    this.claimed = 0;
    this.taken = 0;
    this.stuck = false;
    this.refills = false;
    /** @type {string[]} */
    this.styles = [];
    this.torn = 0;
    this.stranded = 0;
    /** @type {number[]} */
    this.blockedMs = [];
    /** @type {string[]} */
    this.errors = [];
    /** [first, end) of the messages in doubt, lane by lane. @type {[number, number][][]} */
    this.doubts = Array.from({ length: ledger.lanes }, () => []);
    /** How often a message may be seen again. @type {Map<number, number>} */
    this.mayRepeat = new Map();
    /** For each by-value call that died, lane by lane, [first, end) of what it can have taken. @type {[number, number][][]} */
    this.vanishings = [];
  }

  /**
   * Reads what a thread left behind, before it is repaired. Nothing of it writes any more.
   *
   * @param {import('./round.mjs').LiveThread} thread
   * @param {import('millrace/ring').Ring<any>} ring
   */
  died({ data, error, isWorking, style, threadId }, ring) {
    if (error !== undefined && !/killed by an uncaught/.test(error.message)) {
      this.errors.push(`${data.role} (${style}): ${error.stack}`);
    }
    if (!isWorking) return;
    this.kills++;
    const { claimed, taken } = unfinished(ring, threadId);
    this.claimed += claimed;
    this.taken += taken;
    if (data.role === 'producer') this.#producerDied(data.place);
    else this.#consumerDied(data.place);
  }

  /** @param {number} lane */
  #producerDied(lane) {
    const words = this.ledger.lane(lane);
    const first = this.ledger.get(words + ACCEPTED);
    const end = this.ledger.get(words + BEGUN);
    if (end > first) this.doubts[lane]?.push([first, end]);
    this.ledger.set(words + ACCEPTED, end);
  }

  /** @param {number} place */
  #consumerDied(place) {
    const { ledger } = this;
    const words = ledger.place(place);
    const call = ledger.get(words + CALL);
    const noted = ledger.get(words + NOTED);
    const notes = Array.from({ length: noted }, (_, i) => ledger.get(words + NOTES + i));
    if (call === IN_PLACE) for (const id of notes) this.mayRepeat.set(id, (this.mayRepeat.get(id) ?? 0) + 1);
    if (call === BY_VALUE && noted === 0) this.vanishings.push(this.#withinReach(words));
    // The message was read for good, and may not have been counted.
    if (call === BY_VALUE) for (const id of notes) if (ledger.counts[id] === 0) ledger.counts[id] = 1;
    ledger.set(words + CALL, NO_CALL);
  }

  /**
   * What was in the ring when the call began had been begun with, and not a whole ring before; what came later had been begun
   * with when the death became known.
   *
   * @param {number} words of the place
   * @returns {[number, number][]}
   */
  #withinReach(words) {
    return Array.from({ length: this.ledger.lanes }, (_, lane) => [
      this.ledger.get(words + SEEN_BEGUN + lane) - this.capacity - CALL_MAX,
      this.ledger.get(this.ledger.lane(lane) + BEGUN),
    ]);
  }

  /** Remembers how the readers that are left read. @param {import('./round.mjs').LiveThread[]} threads */
  idle(threads) {
    this.styles = threads.map(({ style }) => style);
  }

  /** @param {number} ms */
  blocked(ms) {
    this.blockedMs.push(ms);
  }

  /**
   * What idle readers did not take while it was there; there should be nothing.
   *
   * @param {import('millrace/ring').Ring<any>} ring
   * @param {import('./payload.mjs').Payload} payload
   */
  drainRest(ring, { isWhole }) {
    const { reader } = ring;
    const receive = (/** @type {any} */ shown) => {
      this.stranded++;
      if (isWhole(shown)) this.ledger.count(laneOf(shown), numberOf(shown));
      else this.torn++;
    };
    while (reader.drain(receive) > 0);
    if (this.stranded > 0)
      this.errors.push(`${this.stranded} messages not taken by ${this.styles.join(', ')}`);
  }

  /** @param {import('millrace/ring').Ring<any>} ring */
  fillsAgain(ring) {
    const { writer, reader } = ring;
    const oneSlot = new Uint8Array('size' in ring.handle.codec ? FIXED_BYTES : 8);
    let slots = 0;
    while (slots <= this.capacity && writer.offer(oneSlot)) slots++;
    let read = 0;
    for (let count = 1; count > 0; read += count) count = reader.drain(() => {});
    this.refills = slots === this.capacity && read === slots;
    if (!this.refills)
      this.errors.push(`${slots} of ${this.capacity} slots could be filled, ${read} read again`);
  }

  /** @returns {Report} */
  report() {
    const { ledger } = this;
    let lost = 0;
    let doubled = 0;
    let redelivered = 0;
    let inDoubt = 0;
    let inDoubtPublished = 0;
    let holes = 0;
    /** @type {[number, number][]} */
    const missing = [];
    for (let lane = 0; lane < ledger.lanes; lane++) {
      const doubtful = new Set();
      for (const [first, end] of this.doubts[lane] ?? []) {
        inDoubt += end - first;
        let gap = false;
        for (let number = first; number < end; number++) {
          doubtful.add(number);
          const seen = (ledger.counts[lane * LANE_MAX + number] ?? 0) > 0;
          if (seen && gap) holes++;
          if (seen) inDoubtPublished++;
          gap ||= !seen;
        }
      }
      const end = ledger.get(ledger.lane(lane) + BEGUN);
      for (let number = 0; number < end; number++) {
        const id = lane * LANE_MAX + number;
        const times = ledger.counts[id] ?? 0;
        if (times === 0 && !doubtful.has(number)) missing.push([lane, number]);
        if (times > 1) {
          const allowed = Math.min(times - 1, this.mayRepeat.get(id) ?? 0);
          redelivered += allowed;
          doubled += times - 1 - allowed;
        }
      }
    }
    const explained = this.#explain(missing);
    lost = missing.length - explained;
    return {
      kills: this.kills,
      claimed: this.claimed,
      taken: this.taken,
      messages: ledger.received + this.stranded,
      lost,
      doubled,
      torn: this.torn + this.#sum(TORN),
      disordered: ledger.places === 1 ? this.#sum(DISORDERED) : 0,
      holes,
      inDoubt,
      inDoubtPublished,
      diedWithReader: explained,
      redelivered,
      blocked: this.blockedMs.length,
      blockedMs: Math.round(Math.max(0, ...this.blockedMs)),
      stuck: this.stuck,
      stranded: this.stranded,
      refills: this.refills,
      errors: this.errors,
    };
  }

  /**
   * Each missing message must be the one that a dying reader took along: one for each such death, and within its reach.
   *
   * @param {[number, number][]} missing
   */
  #explain(missing) {
    const free = [...this.vanishings];
    let explained = 0;
    for (const [lane, number] of missing) {
      const at = free.findIndex((reach) => {
        const [first, end] = reach[lane] ?? [0, 0];
        return first <= number && number < end;
      });
      if (at < 0) continue;
      free.splice(at, 1);
      explained++;
    }
    return explained;
  }

  /** @param {number} word */
  #sum(word) {
    let sum = 0;
    for (let place = 0; place < this.ledger.places; place++)
      sum += this.ledger.get(this.ledger.place(place) + word);
    return sum;
  }
}

/** @param {readonly Report[]} reports @returns {Report} */
export function addUp(reports) {
  /** @param {(report: Report) => number} count */
  const sum = (count) => reports.reduce((all, report) => all + count(report), 0);
  return {
    kills: sum(({ kills }) => kills),
    claimed: sum(({ claimed }) => claimed),
    taken: sum(({ taken }) => taken),
    messages: sum(({ messages }) => messages),
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    torn: sum(({ torn }) => torn),
    disordered: sum(({ disordered }) => disordered),
    holes: sum(({ holes }) => holes),
    inDoubt: sum(({ inDoubt }) => inDoubt),
    inDoubtPublished: sum(({ inDoubtPublished }) => inDoubtPublished),
    diedWithReader: sum(({ diedWithReader }) => diedWithReader),
    redelivered: sum(({ redelivered }) => redelivered),
    blocked: sum(({ blocked }) => blocked),
    blockedMs: Math.max(0, ...reports.map(({ blockedMs }) => blockedMs)),
    stranded: sum(({ stranded }) => stranded),
    stuck: reports.some(({ stuck }) => stuck),
    refills: reports.every(({ refills }) => refills),
    errors: reports.flatMap(({ errors }) => errors),
  };
}

/** What a run must not have. @param {Report} report */
export function failures({ lost, doubled, torn, disordered, holes, stranded, stuck, refills, errors }) {
  return { lost, doubled, torn, disordered, holes, stranded, stuck, refills, errors };
}

export const NO_FAILURES = {
  lost: 0,
  doubled: 0,
  torn: 0,
  disordered: 0,
  holes: 0,
  stranded: 0,
  stuck: false,
  refills: true,
  errors: [],
};
