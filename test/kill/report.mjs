/** What a round, or a run, has found. */

/**
 * @typedef {object} Report
 * @property {number} kills deaths, of threads that had begun to work
 * @property {Record<string, number>} ways how they came about
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
 * @property {string[]} blockedHow
 * @property {number} stalled deaths after which that was so because the machine gave a thread no processor
 * @property {boolean} stuck nothing moved any more
 * @property {number} stranded still in the ring at the end, although its readers were alive and idle
 * @property {boolean} refills whether exactly `capacity` slots could be filled at the end
 * @property {string[]} errors that no kill explains
 */

/** @param {readonly Report[]} reports @returns {Report} */
export function addUp(reports) {
  /** @param {(report: Report) => number} count */
  const sum = (count) => reports.reduce((all, report) => all + count(report), 0);
  return {
    kills: sum(({ kills }) => kills),
    ways: addUpWays(reports),
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
    blockedHow: reports.flatMap(({ blockedHow }) => blockedHow),
    stalled: sum(({ stalled }) => stalled),
    stranded: sum(({ stranded }) => stranded),
    stuck: reports.some(({ stuck }) => stuck),
    refills: reports.every(({ refills }) => refills),
    errors: reports.flatMap(({ errors }) => errors),
  };
}

/** @param {readonly Report[]} reports */
function addUpWays(reports) {
  /** @type {Record<string, number>} */
  const ways = {};
  for (const report of reports) {
    for (const [way, deaths] of Object.entries(report.ways)) ways[way] = (ways[way] ?? 0) + deaths;
  }
  return ways;
}

/** What a run must not have, on whatever machine it runs; `blocked` comes to these on one that does nothing else. @param {Report} report */
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
