import { busiestAirports, dailyTotals } from './flight-totals.js';
import { ACKNOWLEDGED_AT_ONCE, UNACKNOWLEDGED_MAX } from './over-post-message.js';

/** @import { Outcome } from './job.js' */
/** @import { Measurement } from './measure.js' */

/**
 * The same for people and for programs: what the job has found, in plain data.
 *
 * @param {Outcome} outcome
 */
export function summarize({
  path,
  flights,
  readers,
  consumers,
  decodeSeconds,
  ring,
  postMessage,
  singleThread,
  difference,
}) {
  return {
    file: path,
    flights,
    threads: { readers, consumers },
    airports: busiestAirports(singleThread.totals, 10),
    days: dailyTotals(singleThread.totals),
    partitions: ring.partitions,
    decodeSeconds,
    ring: rate(ring, flights),
    postMessage: rate(postMessage, flights),
    singleThread: { seconds: singleThread.seconds },
    totalsEqual: difference === undefined,
    difference,
  };
}

/** @typedef {ReturnType<typeof summarize>} Summary */

/**
 * @param {Measurement} measurement
 * @param {number} flights
 */
function rate({ seconds }, flights) {
  return { seconds, flightsPerSecond: Math.round(flights / seconds) };
}

/**
 * @param {Summary} summary
 */
export function formatSummary(summary) {
  return [
    airportTable(summary),
    dayLines(summary),
    partitionTable(summary),
    rateTable(summary),
    verdict(summary),
  ].join('\n\n');
}

/** @param {Summary} summary */
function airportTable({ airports }) {
  const rows = airports.map(({ airport, flights, meanDelay, p90Delay }) => [
    airport,
    whole(flights),
    meanDelay.toFixed(1),
    whole(p90Delay),
  ]);
  return `The ten busiest airports (delays in minutes)\n\n${table(['airport', 'flights', 'mean delay', 'p90 delay'], rows)}`;
}

/** @param {Summary} summary */
function dayLines({ days }) {
  const busiest = days.reduce((a, b) => (b.flights > a.flights ? b : a));
  const latest = days.reduce((a, b) => (b.meanDelay > a.meanDelay ? b : a));
  return [
    `${days.length} days from ${days.at(0)?.date} to ${days.at(-1)?.date}`,
    `busiest: ${busiest.date} with ${whole(busiest.flights)} flights`,
    `most delayed: ${latest.date} with ${latest.meanDelay.toFixed(1)} minutes on average over ${whole(latest.flights)} flights`,
  ].join('\n');
}

/** @param {Summary} summary */
function partitionTable({ partitions, flights }) {
  const rows = partitions.map((n, i) => [`${i}`, whole(n), `${((100 * n) / flights).toFixed(1)} %`]);
  return table(['partition', 'flights', 'share'], rows);
}

/** @param {Summary} summary */
function rateTable({ ring, postMessage, threads, decodeSeconds, singleThread }) {
  const rows = [
    ['ring', whole(ring.flightsPerSecond), ring.seconds.toFixed(2), times(ring, postMessage)],
    ['postMessage', whole(postMessage.flightsPerSecond), postMessage.seconds.toFixed(2), ''],
  ];
  return [
    `${threads.readers} reader and ${threads.consumers} consumer threads, one message a flight, end to end`,
    '',
    table(['queue', 'flights/s', 'seconds', ''], rows),
    '',
    `postMessage has no bound of its own; here a reader waits at ${whole(UNACKNOWLEDGED_MAX)} flights that a partition`,
    `has not acknowledged, and an acknowledgement stands for ${whole(ACKNOWLEDGED_AT_ONCE)}.`,
    `Before that the readers took ${decodeSeconds.toFixed(1)} s to decode; the single-threaded pass, which decodes again`,
    `and counts, took ${singleThread.seconds.toFixed(1)} s.`,
  ].join('\n');
}

/** @param {Summary} summary */
function verdict({ difference, flights }) {
  if (difference !== undefined) return `The totals are wrong: ${difference}.`;
  return `The totals equal those of a single-threaded pass over the same ${whole(flights)} flights.`;
}

/**
 * @param {{ flightsPerSecond: number }} a
 * @param {{ flightsPerSecond: number }} b
 */
function times(a, b) {
  return `${(a.flightsPerSecond / b.flightsPerSecond).toFixed(1)} times postMessage`;
}

/** @param {number} value */
function whole(value) {
  return value.toLocaleString('en');
}

/**
 * The first column is aligned to the left, as names are; the others to the right, as numbers are.
 *
 * @param {string[]} header
 * @param {string[][]} rows
 */
function table(header, rows) {
  const widths = header.map((_, i) => Math.max(...[header, ...rows].map((row) => row[i]?.length ?? 0)));
  const line = (/** @type {string[]} */ cells) =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('   ')
      .trimEnd();
  return [header, ...rows].map((row) => `  ${line(row)}`).join('\n');
}
