/**
 * How a message lies in a partition: what a topic knows of it, then the value, the key and the headers.
 *
 *   byte 0           8          12           16            20        24
 *   ├────────────────┼──────────┼────────────┼─────────────┼─────────┼───────┬─────┬─────────┐
 *   │ timestamp f64  │ keyBytes │ valueBytes │ headerBytes │ expires │ value │ key │ headers │
 *   └────────────────┴──────────┴────────────┴─────────────┴─────────┴───────┴─────┴─────────┘
 *
 * Value, key and headers begin at multiples of 8. Value first: a struct then stands at a fixed place. The key
 * is UTF-8, the headers are JSON; NONE as their length says that there are none. `expires` is a time in milliseconds, of which
 * the low 32 bits are kept and compared by difference; 0 for never.
 */
export const TIMESTAMP = 0;
export const KEY_BYTES = 8;
export const VALUE_BYTES = 12;
export const HEADER_BYTES = 16;
export const EXPIRES = 20;
export const VALUE = 24;
export const NONE = -1;

export const roundUp = (bytes: number): number => (bytes + 7) & ~7;

export type Headers = Readonly<Record<string, string | number | boolean>>;

/** The header that carries a message's id. */
export const MESSAGE_ID = 'message-id';

/** What a producer hands to a partition. */
export interface OutgoingRecord<T> {
  value: T;
  key: string | undefined;
  headers: Headers | undefined;
  timestamp: number;
  /** Milliseconds since 1970 from which on it is not to be delivered; 0 for never. */
  expires?: number;
}

/** A record as messages show it. */
export interface ShownRecord<T, V> {
  readonly value: V;
  readonly key: string | undefined;
  readonly headers: Headers | undefined;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** Whether its time to live is over. The clock is looked at for messages that have one. */
  isExpired(nowMs: () => number): boolean;
  toRecord(): OutgoingRecord<T>;
}
