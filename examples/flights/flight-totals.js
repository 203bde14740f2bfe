/**
 * What the job computes: totals for each airport and each day.
 *
 * Totals are plain data, so that a thread can send its part to another; all of it is whole numbers, so that
 * the parts add up to the same totals in any order, exactly.
 */

/** @import { Flight } from './flight-columns.js' */

/**
 * @typedef {object} Totals
 * @property {number} flights
 * @property {Map<string, AirportTotals>} airports
 * @property {Map<number, DayTotals>} days by number of days since 1970
 */

/**
 * @typedef {object} AirportTotals
 * @property {number} departures
 * @property {number} arrivals
 * @property {number} delaySum minutes, of the departures
 * @property {number} distanceSum miles, of the departures
 * @property {Histogram} delays of the departures
 */

/** @typedef {{ flights: number, delaySum: number }} DayTotals */

/** @typedef {{ lowest: number, counts: Uint32Array }} Histogram `counts[i]` is how often `lowest + i` occurred */

const SECONDS_PER_DAY = 86_400;

/** @returns {Totals} */
export function emptyTotals() {
  return { flights: 0, airports: new Map(), days: new Map() };
}

/**
 * @param {Totals} totals
 * @param {Flight} flight
 */
export function addFlight(totals, { date, delay, distance, origin, destination }) {
  totals.flights += 1;
  const from = airportTotals(totals, origin);
  from.departures += 1;
  from.delaySum += delay;
  from.distanceSum += distance;
  count(from.delays, delay, 1);
  airportTotals(totals, destination).arrivals += 1;
  const day = dayTotals(totals, Math.floor(date / SECONDS_PER_DAY));
  day.flights += 1;
  day.delaySum += delay;
}

/**
 * @param {Totals[]} parts
 * @returns {Totals}
 */
export function mergeTotals(parts) {
  const merged = emptyTotals();
  for (const { flights, airports, days } of parts) {
    merged.flights += flights;
    for (const [name, airport] of airports) mergeAirport(airportTotals(merged, name), airport);
    for (const [number, { flights, delaySum }] of days) {
      const day = dayTotals(merged, number);
      day.flights += flights;
      day.delaySum += delaySum;
    }
  }
  return merged;
}

/**
 * The first difference, in words, or `undefined` when the two are equal in everything.
 *
 * @param {Totals} actual
 * @param {Totals} expected
 */
export function firstDifference(actual, expected) {
  const is = facts(actual);
  const shouldBe = facts(expected);
  for (const fact of new Set([...shouldBe.keys(), ...is.keys()])) {
    const [a, b] = [is.get(fact) ?? 0, shouldBe.get(fact) ?? 0];
    if (a !== b) return `${fact}: ${a} instead of ${b}`;
  }
  return undefined;
}

/**
 * Airports with the most departures first; in alphabetical order where they have equally many.
 *
 * @param {Totals} totals
 * @param {number} limit
 */
export function busiestAirports({ airports }, limit) {
  return [...airports]
    .filter(([, { departures }]) => departures > 0)
    .sort(([a, { departures: m }], [b, { departures: n }]) => n - m || (a < b ? -1 : 1))
    .slice(0, limit)
    .map(([airport, { departures, delaySum, delays }]) => ({
      airport,
      flights: departures,
      meanDelay: mean(delaySum, departures),
      p90Delay: percentile(delays, 0.9),
    }));
}

/**
 * @param {Totals} totals
 */
export function dailyTotals({ days }) {
  return [...days]
    .sort(([a], [b]) => a - b)
    .map(([number, { flights, delaySum }]) => ({
      date: dateOf(number),
      flights,
      meanDelay: mean(delaySum, flights),
    }));
}

/**
 * The smallest value that is at least as large as the given share of all values (the nearest rank), exact.
 *
 * @param {Histogram} histogram
 * @param {number} share more than 0, up to 1
 */
export function percentile({ lowest, counts }, share) {
  const total = counts.reduce((sum, n) => sum + n, 0);
  let missing = Math.ceil(total * share);
  if (missing === 0) return Number.NaN;
  const index = counts.findIndex((n) => {
    missing -= n;
    return missing <= 0;
  });
  return lowest + index;
}

/**
 * @param {number} sum
 * @param {number} n
 */
function mean(sum, n) {
  return n === 0 ? Number.NaN : sum / n;
}

/**
 * @param {Totals} totals
 * @param {string} name
 */
function airportTotals({ airports }, name) {
  let airport = airports.get(name);
  if (airport === undefined) {
    airport = { departures: 0, arrivals: 0, delaySum: 0, distanceSum: 0, delays: emptyHistogram() };
    airports.set(name, airport);
  }
  return airport;
}

/**
 * @param {Totals} totals
 * @param {number} number
 */
function dayTotals({ days }, number) {
  let day = days.get(number);
  if (day === undefined) {
    day = { flights: 0, delaySum: 0 };
    days.set(number, day);
  }
  return day;
}

/**
 * @param {AirportTotals} into
 * @param {AirportTotals} part
 */
function mergeAirport(into, part) {
  into.departures += part.departures;
  into.arrivals += part.arrivals;
  into.delaySum += part.delaySum;
  into.distanceSum += part.distanceSum;
  part.delays.counts.forEach((n, i) => {
    if (n > 0) count(into.delays, part.delays.lowest + i, n);
  });
}

/** Covers an hour early to four hours late, which is nearly all flights; grows when it must. */
function emptyHistogram() {
  return { lowest: -60, counts: new Uint32Array(300) };
}

/**
 * @param {Histogram} histogram
 * @param {number} value
 * @param {number} times
 */
function count(histogram, value, times) {
  let index = value - histogram.lowest;
  if (index < 0 || index >= histogram.counts.length) {
    grow(histogram, value);
    index = value - histogram.lowest;
  }
  histogram.counts[index] = /** @type {number} */ (histogram.counts[index]) + times;
}

/**
 * Makes room for `value`, and as much again, so that growing stays rare.
 *
 * @param {Histogram} histogram
 * @param {number} value
 */
function grow(histogram, value) {
  const { lowest, counts } = histogram;
  const end = lowest + counts.length;
  const newLowest = value < lowest ? value - counts.length : lowest;
  const newEnd = value >= end ? value + 1 + counts.length : end;
  histogram.lowest = newLowest;
  histogram.counts = new Uint32Array(newEnd - newLowest);
  histogram.counts.set(counts, lowest - newLowest);
}

/**
 * Everything that the totals say, one number under each name, in an order that does not depend on the threads.
 *
 * @param {Totals} totals
 */
function facts({ flights, airports, days }) {
  const facts = new Map([['flights', flights]]);
  for (const [number, day] of [...days].sort(([a], [b]) => a - b)) {
    facts.set(`${dateOf(number)}, flights`, day.flights);
    facts.set(`${dateOf(number)}, minutes of delay`, day.delaySum);
  }
  for (const [name, airport] of [...airports].sort(([a], [b]) => (a < b ? -1 : 1))) {
    facts.set(`${name}, departures`, airport.departures);
    facts.set(`${name}, arrivals`, airport.arrivals);
    facts.set(`${name}, minutes of delay`, airport.delaySum);
    facts.set(`${name}, miles`, airport.distanceSum);
    airport.delays.counts.forEach((times, i) => {
      if (times > 0) facts.set(`${name}, departures delayed by ${airport.delays.lowest + i} minutes`, times);
    });
  }
  return facts;
}

/** @param {number} day days since 1970 */
function dateOf(day) {
  return new Date(day * SECONDS_PER_DAY * 1000).toISOString().slice(0, 10);
}
