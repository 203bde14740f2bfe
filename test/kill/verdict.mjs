import { isExpected } from './death.mjs';
import {
  ACCEPTED,
  BEGUN,
  BY_VALUE,
  CALL,
  CALL_MAX,
  DISORDERED,
  IN_PLACE,
  NO_CALL,
  NOTED,
  NOTES,
  RETURNED,
  SEEN_BEGUN,
  TORN,
} from './ledger.mjs';
import { laneOf, numberOf } from './payload.mjs';
import { unfinished } from './unfinished.mjs';

/**
 * @typedef {{ group: number, lane: number, number: number }} Missing
 * @typedef {{ handle: any, repair(threadId: number): void }} Mortal what threads of which die can be repaired
 */

/** What was seen at each death, and what follows for every message at the end. */
export class Verdict {
  /** @param {import('./ledger.mjs').Ledger} ledger @param {number} capacity */
  constructor(ledger, capacity) {
    this.stalled = 0;
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
    this.blockedHow = [];
    /** Deaths by how they came about. @type {Record<string, number>} */
    this.ways = {};
    /** @type {string[]} */
    this.errors = [];
    /** [first, end) of the messages in doubt, lane by lane. @type {[number, number][][]} */
    this.doubts = Array.from({ length: ledger.lanes }, () => []);
    /** How often a message may be seen again. @type {Map<number, number>} */
    this.mayRepeat = new Map();
    /** For each by-value call that died, [first, end) of what it can have taken, lane by lane. @type {{ group: number, reach: [number, number][] }[]} */
    this.vanishings = [];
  }

  /**
   * Reads what a thread left behind, before it is repaired. Nothing of it writes any more.
   *
   * @param {import('./live.mjs').Live} thread
   * @param {Mortal} ring
   */
  died({ data, error, isWorking, style, threadId, way }, ring) {
    if (error !== undefined && !isExpected(error)) {
      this.errors.push(`${data.role} (${style}): ${error.stack}`);
    }
    if (!isWorking) return;
    this.kills++;
    this.ways[way] = (this.ways[way] ?? 0) + 1;
    const { claimed, taken } = unfinished(ring, threadId);
    this.claimed += claimed;
    this.taken += taken;
    if (data.role === 'producer') this.producerDied(data.place);
    else this.consumerDied(data.place);
  }

  /** @param {number} lane */
  producerDied(lane) {
    const words = this.ledger.lane(lane);
    const first = this.ledger.get(words + ACCEPTED);
    const end = this.ledger.get(words + BEGUN);
    if (end > first) this.doubts[lane]?.push([first, end]);
    this.ledger.set(words + ACCEPTED, end);
  }

  /** @param {number} place */
  consumerDied(place) {
    const { ledger } = this;
    const words = ledger.place(place);
    const call = ledger.get(words + CALL);
    const noted = ledger.get(words + NOTED);
    const notes = Array.from({ length: noted }, (_, i) => ledger.get(words + NOTES + i));
    if (call === IN_PLACE) for (const id of notes) this.mayRepeat.set(id, (this.mayRepeat.get(id) ?? 0) + 1);
    if (call === BY_VALUE && noted === 0 && ledger.get(words + RETURNED) === 1)
      this.vanishings.push(this.#withinReach(words, ledger.groupOf(place)));
    // The message was read for good, and may not have been counted.
    if (call === BY_VALUE) for (const id of notes) if (ledger.counts[id] === 0) ledger.counts[id] = 1;
    ledger.set(words + CALL, NO_CALL);
  }

  /**
   * What was in the ring when the call began had been begun with, and not a whole ring before; what came later had been begun
   * with when the death became known.
   *
   * @param {number} words of the place
   * @param {number} group
   * @returns {{ group: number, reach: [number, number][] }}
   */
  #withinReach(words, group) {
    /** @type {[number, number][]} */
    const reach = Array.from({ length: this.ledger.lanes }, (_, lane) => [
      this.ledger.get(words + SEEN_BEGUN + lane) - this.capacity - CALL_MAX,
      this.ledger.get(this.ledger.lane(lane) + BEGUN),
    ]);
    return { group, reach };
  }

  /** Remembers how the readers that are left read. @param {import('./live.mjs').Live[]} threads */
  idle(threads) {
    this.styles = threads.map(({ style }) => style);
  }

  /** @param {number} ms @param {string} how it was with the threads that are left */
  blocked(ms, how) {
    this.blockedMs.push(ms);
    this.blockedHow.push(`${ms.toFixed(1)} ms: ${how}`);
  }

  /**
   * What idle readers did not take while it was there; there should be nothing.
   *
   * @param {import('millrace/ring').RingReader<any>[]} readers one for each group
   * @param {import('./payload.mjs').Payload} payload
   */
  drainRest(readers, { isWhole }) {
    for (const [group, reader] of readers.entries()) {
      const receive = (/** @type {any} */ shown) => {
        this.stranded++;
        if (isWhole(shown)) this.ledger.count(group, laneOf(shown), numberOf(shown));
        else this.torn++;
      };
      while (reader.drain(receive) > 0);
    }
    if (this.stranded > 0)
      this.errors.push(`${this.stranded} messages not taken by ${this.styles.join(', ')}`);
  }

  /** @param {import('millrace/ring').Ring<any>} ring @param {import('millrace/ring').RingReader<any>[]} readers */
  fillsAgain(ring, readers) {
    const { writer } = ring;
    const oneSlot = new Uint8Array(Number(/** @type {{ size?: number }} */ (ring.handle.codec).size ?? 8));
    let slots = 0;
    while (slots <= this.capacity && writer.offer(oneSlot)) slots++;
    const read = readers.map((reader) => {
      let all = 0;
      for (let count = 1; count > 0; all += count) count = reader.drain(() => {});
      return all;
    });
    this.refills = slots === this.capacity && read.every((count) => count === slots);
    if (!this.refills)
      this.errors.push(`${slots} of ${this.capacity} slots could be filled, ${read} read again`);
  }

  /** Every level of a priority ring, with the others empty. @param {import('millrace/ring').PriorityRing<any>} ring */
  levelsFillAgain({ writer, reader, handle, levels }) {
    for (let level = 0; level < levels; level++) {
      const offer = (/** @type {Uint8Array} */ message) => writer.offer(message, { level });
      const of = /** @type {any} */ ({ writer: { offer }, handle: handle.levels[level] });
      this.fillsAgain(of, [/** @type {any} */ (reader)]);
    }
  }

  /** A ring of capacity 0 has nobody left on either side who waits or stands: the next two meet. @param {import('millrace/ring').Ring<any>} ring */
  meetsAgain({ writer, reader, handle }) {
    const oneSlot = new Uint8Array(Number(/** @type {{ size?: number }} */ (handle.codec).size ?? 8));
    const taken = reader.take({ timeout: 1000 });
    const accepted = writer.offer(oneSlot);
    taken.catch(() => {});
    if (accepted && !writer.offer(oneSlot)) return;
    this.refills = false;
    this.errors.push(`an offer to the only reader that waited was ${accepted ? 'taken twice' : 'refused'}`);
  }

  /** @returns {import('./report.mjs').Report} */
  report() {
    const { ledger } = this;
    const counts = { doubled: 0, redelivered: 0, inDoubt: 0, inDoubtPublished: 0, holes: 0 };
    /** @type {Missing[]} */
    const missing = [];
    for (let group = 0; group < ledger.groups; group++) {
      for (let lane = 0; lane < ledger.lanes; lane++) {
        const doubtful = this.#doubtful(group, lane, counts);
        this.#look(group, lane, doubtful, missing, counts);
      }
    }
    const diedWithReader = this.#explain(missing);
    const alone = ledger.places === ledger.groups;
    return {
      kills: this.kills,
      ways: this.ways,
      claimed: this.claimed,
      taken: this.taken,
      messages: ledger.received + this.stranded,
      lost: missing.length - diedWithReader,
      torn: this.torn + this.#sum(TORN),
      disordered: alone ? this.disorder : 0,
      ...counts,
      diedWithReader,
      blocked: this.blockedMs.length,
      blockedMs: Math.round(Math.max(0, ...this.blockedMs)),
      blockedHow: this.blockedHow,
      stalled: this.stalled,
      stuck: this.stuck,
      stranded: this.stranded,
      refills: this.refills,
      errors: this.errors,
    };
  }

  /**
   * The messages of a lane whose producer died before it knew what had become of them.
   *
   * @param {number} group
   * @param {number} lane
   * @param {{ inDoubt: number, inDoubtPublished: number, holes: number }} counts
   */
  #doubtful(group, lane, counts) {
    const doubtful = new Set();
    for (const [first, end] of this.doubts[lane] ?? []) {
      counts.inDoubt += end - first;
      let gap = false;
      for (let number = first; number < end; number++) {
        doubtful.add(number);
        const seen = this.#times(group, lane, number) > 0;
        if (seen && gap) counts.holes++;
        if (seen) counts.inDoubtPublished++;
        gap ||= !seen;
      }
    }
    return doubtful;
  }

  /**
   * What became of every message of a lane.
   *
   * @param {number} group
   * @param {number} lane
   * @param {Set<number>} doubtful
   * @param {Missing[]} missing
   * @param {{ doubled: number, redelivered: number }} counts
   */
  #look(group, lane, doubtful, missing, counts) {
    const end = this.ledger.get(this.ledger.lane(lane) + BEGUN);
    for (let number = 0; number < end; number++) {
      const times = this.#times(group, lane, number);
      if (times === 0 && !doubtful.has(number)) missing.push({ group, lane, number });
      if (times <= 1) continue;
      const may = this.mayRepeat.get(this.ledger.id(group, lane, number)) ?? 0;
      const allowed = Math.min(times - 1, may);
      counts.redelivered += allowed;
      counts.doubled += times - 1 - allowed;
    }
  }

  /** @param {number} group @param {number} lane @param {number} number */
  #times(group, lane, number) {
    return /** @type {number} */ (this.ledger.counts[this.ledger.id(group, lane, number)]);
  }

  /**
   * Each missing message must be the one that a dying reader took along: one for each such death, and within its reach.
   *
   * @param {Missing[]} missing
   */
  #explain(missing) {
    const free = [...this.vanishings];
    let explained = 0;
    for (const { group, lane, number } of missing) {
      const at = free.findIndex((death) => {
        const [first, end] = death.reach[lane] ?? [0, 0];
        return death.group === group && first <= number && number < end;
      });
      if (at < 0) continue;
      free.splice(at, 1);
      explained++;
    }
    return explained;
  }

  get disorder() {
    return this.#sum(DISORDERED);
  }

  /** @param {number} word */
  #sum(word) {
    let sum = 0;
    for (let place = 0; place < this.ledger.places; place++)
      sum += this.ledger.get(this.ledger.place(place) + word);
    return sum;
  }
}
