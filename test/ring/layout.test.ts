import { describe, expect, test } from 'vitest';
import {
  BELL_WORDS,
  CONSUMER_CURSOR,
  DESKS,
  deskOf,
  ERROR_TEXT,
  ERROR_TEXT_BYTES,
  FRONTIER,
  type Layout,
  LINE_BYTES,
  LINE_WORDS,
  layoutOf,
  PRODUCER_CURSOR,
  READER_BELLS,
  RETURNED,
  readLayout,
  STATE,
  SUBSCRIPTIONS,
  TOPOLOGIES,
  WRITER_BELLS,
  writeGeometry,
} from '../../src/ring/layout.ts';
import { SEATS } from '../../src/ring/lot.ts';

function layout(topology: (typeof TOPOLOGIES)[number], variable: boolean): Layout {
  return layoutOf({
    topology,
    overflow: 'block',
    capacity: 100,
    slotBytes: 24,
    maxMessageBytes: variable ? 240 : 24,
    variable,
    rendezvous: false,
    soleWriter: false,
  });
}

describe('the layout of a ring', () => {
  test('keeps words that different threads write at least 128 bytes apart', () => {
    const hot = [
      STATE,
      READER_BELLS,
      WRITER_BELLS,
      PRODUCER_CURSOR,
      CONSUMER_CURSOR,
      FRONTIER,
      RETURNED,
      ERROR_TEXT,
    ];
    expect(LINE_BYTES).toBe(128);
    for (const word of hot) expect(word % LINE_WORDS).toBe(0);
    expect(new Set(hot).size).toBe(hot.length);
    expect(deskOf(1) - deskOf(0)).toBe(LINE_WORDS);
    expect(BELL_WORDS).toBeLessThanOrEqual(LINE_WORDS);
    expect(BELL_WORDS * 32).toBeGreaterThan(SEATS);
    expect(DESKS * 4).toBeGreaterThanOrEqual(ERROR_TEXT * 4 + ERROR_TEXT_BYTES);
  });

  test.each(TOPOLOGIES.flatMap((topology) => [[topology, true] as const, [topology, false] as const]))(
    '%s, variable %s: regions follow each other without overlap, on line boundaries',
    (topology, variable) => {
      const { subscriptions, turns, runs, lengths, payload, bytes, slots, slotBytes, turned } = layout(
        topology,
        variable,
      );
      const subscriptionWords = topology === 'broadcast' ? SUBSCRIPTIONS * LINE_WORDS : 0;
      expect(turns).toBeGreaterThanOrEqual(subscriptions + subscriptionWords);
      expect(runs - turns).toBeGreaterThanOrEqual(turned ? slots : 0);
      expect(lengths - runs).toBeGreaterThanOrEqual(turned ? slots : 0);
      expect(payload / 4 - lengths).toBeGreaterThanOrEqual(variable ? slots : 0);
      expect(bytes - payload).toBeGreaterThanOrEqual((slots + (variable ? 9 : 0)) * slotBytes);
      for (const start of [subscriptions, turns, runs, lengths, payload / 4])
        expect(start % LINE_WORDS).toBe(0);
      expect(bytes % 8).toBe(0);
    },
  );

  test.each(TOPOLOGIES)('%s: what was written is read back', (topology) => {
    const written = layout(topology, true);
    const buffer = new SharedArrayBuffer(written.bytes);
    writeGeometry(new Int32Array(buffer), written);
    expect(readLayout(buffer)).toEqual(written);
  });
});
