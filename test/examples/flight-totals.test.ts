import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addFlight,
  busiestAirports,
  dailyTotals,
  emptyTotals,
  firstDifference,
  mergeTotals,
  percentile,
} from '../../examples/flights/flight-totals.js';

const flights = fc.array(
  fc.record({
    date: fc.integer({ min: 0, max: 5 * 86_400 }),
    delay: fc.integer({ min: -32_768, max: 32_767 }),
    distance: fc.integer({ min: 0, max: 65_535 }),
    origin: fc.constantFrom('ATL', 'LAX', 'ORD'),
    destination: fc.constantFrom('ATL', 'LAX', 'ORD', 'SFO'),
  }),
);

type Flight = Parameters<typeof addFlight>[1];

function totalsOf(flights: Flight[]) {
  const totals = emptyTotals();
  for (const flight of flights) addFlight(totals, flight);
  return totals;
}

function delayed(...delays: number[]) {
  return delays.map((delay) => ({ date: 86_400, delay, distance: 100, origin: 'ORD', destination: 'LAX' }));
}

describe('totals', () => {
  test('are per airport and per day', () => {
    const totals = totalsOf([
      { date: 86_399, delay: 10, distance: 700, origin: 'ORD', destination: 'ATL' },
      { date: 86_400, delay: -5, distance: 700, origin: 'ORD', destination: 'ATL' },
      { date: 86_401, delay: 3, distance: 1900, origin: 'ATL', destination: 'LAX' },
    ]);
    expect(busiestAirports(totals, 2)).toEqual([
      { airport: 'ORD', flights: 2, meanDelay: 2.5, p90Delay: 10 },
      { airport: 'ATL', flights: 1, meanDelay: 3, p90Delay: 3 },
    ]);
    expect(dailyTotals(totals)).toEqual([
      { date: '1970-01-01', flights: 1, meanDelay: 10 },
      { date: '1970-01-02', flights: 2, meanDelay: -1 },
    ]);
    expect(totals.airports.get('ATL')?.arrivals).toBe(2);
    expect(totals.airports.get('ORD')?.distanceSum).toBe(1400);
  });

  test('of parts add up to the totals of the whole, after a journey between threads', () => {
    fc.assert(
      fc.property(fc.array(flights), (parts) => {
        const merged = mergeTotals(parts.map((part) => structuredClone(totalsOf(part))));
        expect(firstDifference(merged, totalsOf(parts.flat()))).toBeUndefined();
      }),
    );
  });

  test('do not depend on the order of the flights', () => {
    fc.assert(
      fc.property(flights, (some) => {
        expect(firstDifference(totalsOf(some.toReversed()), totalsOf(some))).toBeUndefined();
      }),
    );
  });

  test('differ when any field of any flight does', () => {
    const field = fc.constantFrom('date', 'delay', 'distance', 'origin', 'destination');
    fc.assert(
      fc.property(flights, fc.nat(), field, (some, n, name) => {
        fc.pre(some.length > 0);
        const changed = some.map((flight, i) =>
          i === n % some.length ? { ...flight, [name]: other(flight, name) } : flight,
        );
        expect(firstDifference(totalsOf(changed), totalsOf(some))).toBeDefined();
      }),
    );
  });

  test('tell the first difference in words', () => {
    expect(firstDifference(totalsOf(delayed(1, 2)), totalsOf(delayed(1)))).toBe('flights: 2 instead of 1');
    expect(firstDifference(totalsOf(delayed(1, 4)), totalsOf(delayed(2, 3)))).toBe(
      'ORD, departures delayed by 2 minutes: 0 instead of 1',
    );
    const elsewhere = delayed(1).map((flight) => ({ ...flight, destination: 'SFO' }));
    expect(firstDifference(totalsOf(elsewhere), totalsOf(delayed(1)))).toBe('LAX, arrivals: 0 instead of 1');
  });
});

describe('the 90th percentile', () => {
  test('is the smallest delay that nine of ten flights do not exceed', () => {
    expect(p90(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)).toBe(9);
    expect(p90(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)).toBe(10);
    expect(p90(7)).toBe(7);
    expect(p90(-1116, 0)).toBe(0);
    expect(p90(...Array(9).fill(-30), 1688)).toBe(-30);
  });

  test('is exact, whatever the delays', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -32_768, max: 32_767 }), { minLength: 1 }), (delays) => {
        const sorted = delays.toSorted((a, b) => a - b);
        expect(p90(...delays)).toBe(sorted[Math.ceil(delays.length * 0.9) - 1]);
      }),
    );
  });

  function p90(...delays: number[]) {
    const delaysAtOrd = totalsOf(delayed(...delays)).airports.get('ORD')?.delays;
    return delaysAtOrd && percentile(delaysAtOrd, 0.9);
  }
});

function other(flight: Flight, name: string) {
  if (name === 'date') return flight.date + 86_400;
  if (name === 'delay') return -1 - flight.delay;
  if (name === 'distance') return flight.distance + 1;
  return 'XNA';
}
