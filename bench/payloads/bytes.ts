import { type Payload, type PayloadName, PLACES } from './payload.ts';

/**
 * Binary messages of one size. The sequence stands in the first and in the last four bytes and the producer beside it, so
 * that a message that was cut, torn or mixed with another is seen; between them stands a pattern, of which each
 * look checks another byte.
 *
 *   0          4          5                                size - 4      size
 *   ├──────────┼──────────┼────────────────────────────────┼─────────────┤
 *   │ sequence │ producer │ pattern                        │ sequence    │
 *   └──────────┴──────────┴────────────────────────────────┴─────────────┘
 */
const PRODUCER_AT = 4;
const PATTERN_AT = 5;
const SEQUENCE_BYTES = 4;

export const bytes64: Payload<Uint8Array> = bytesOf('bytes-64', '64 bytes', 64);
export const bytes1k: Payload<Uint8Array> = bytesOf('bytes-1k', '1 KiB', 1024);

function bytesOf(name: PayloadName, title: string, size: number): Payload<Uint8Array> {
  const tail = size - SEQUENCE_BYTES;
  const places = Array.from({ length: PLACES }, () => patterned(size, 1));
  const memory = patterned(size, PLACES);
  const rows = Array.from({ length: PLACES }, (_, i) => memory.subarray(i * size, (i + 1) * size));
  const set = (bytes: Uint8Array, producer: number, sequence: number) => {
    stamp(bytes, 0, sequence);
    bytes[PRODUCER_AT] = producer;
    stamp(bytes, tail, sequence);
    return bytes;
  };
  return {
    name,
    title,
    make: (producer, sequence, place = 0) => set(places[place] as Uint8Array, producer, sequence),
    rows: {
      size,
      memory,
      make: (producer, sequence, place) => set(rows[place] as Uint8Array, producer, sequence),
    },
    is(value, producer, sequence) {
      const look = PATTERN_AT + (sequence % (tail - PATTERN_AT));
      return (
        value.length === size &&
        sequenceAt(value, 0) === sequence &&
        value[PRODUCER_AT] === producer &&
        value[look] === patternAt(look) &&
        sequenceAt(value, tail) === sequence
      );
    },
    producerOf: (value) => value[PRODUCER_AT] as number,
    sequenceOf: (value) => sequenceAt(value, 0),
  };
}

function patternAt(at: number): number {
  return (at * 7 + 1) & 0xff;
}

function patterned(size: number, places: number): Uint8Array {
  return Uint8Array.from({ length: size * places }, (_, at) => patternAt(at % size));
}

function stamp(bytes: Uint8Array, at: number, sequence: number): void {
  bytes[at] = sequence;
  bytes[at + 1] = sequence >> 8;
  bytes[at + 2] = sequence >> 16;
  bytes[at + 3] = sequence >> 24;
}

function sequenceAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}
