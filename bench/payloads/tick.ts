import type { Payload } from './payload.ts';

/** Seven fields: six numbers and a string of 8 bytes. */
export interface Tick {
  readonly id: number;
  readonly time: number;
  readonly bid: number;
  readonly ask: number;
  readonly size: number;
  readonly venue: number;
  readonly symbol: string;
}

/** Symbols come from a small set and repeat, as they do in real streams. */
const SYMBOLS = [
  'EURUSD.A',
  'EURUSD.B',
  'USDJPY.A',
  'USDJPY.B',
  'GBPUSD.A',
  'GBPUSD.B',
  'AUDUSD.A',
  'AUDUSD.B',
  'USDCHF.A',
  'USDCHF.B',
  'USDCAD.A',
  'USDCAD.B',
  'EURGBP.A',
  'EURGBP.B',
  'XAUUSD.A',
  'XAGUSD.A',
] as const;

const symbolOf = (sequence: number): string => SYMBOLS[sequence & 15] as string;

/** A fractional millisecond of some day; a float64, as times are. */
const timeOf = (sequence: number): number => 1_700_000_000_000 + sequence * 0.25;
const bidOf = (sequence: number): number => 100 + (sequence & 1023) * 0.125;
const askOf = (sequence: number): number => 100.0625 + (sequence & 1023) * 0.125;
const sizeOf = (sequence: number): number => 100 * (1 + (sequence & 63));

export const tick: Payload<Tick> = {
  name: 'tick',
  title: 'structs of seven fields',
  make: (producer, sequence) => ({
    id: sequence,
    time: timeOf(sequence),
    bid: bidOf(sequence),
    ask: askOf(sequence),
    size: sizeOf(sequence),
    venue: producer,
    symbol: symbolOf(sequence),
  }),
  is: (value, producer, sequence) =>
    value.id === sequence &&
    value.time === timeOf(sequence) &&
    value.bid === bidOf(sequence) &&
    value.ask === askOf(sequence) &&
    value.size === sizeOf(sequence) &&
    value.venue === producer &&
    value.symbol === symbolOf(sequence),
  producerOf: (value) => value.venue,
  sequenceOf: (value) => value.id,
};
