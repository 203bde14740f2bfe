import { BadHandleError, OptionError, UnsupportedError } from './errors.ts';
import { SEAT_SET_WORDS, SEATS } from './lot.ts';
import { powerOfTwoFrom } from './sequence.ts';

/**
 * Where everything lies in the SharedArrayBuffer of a ring. No other file holds an offset.
 *
 * Numbers are int32 words; a line is 32 words = 128 bytes: two cache lines, because processors fetch lines in
 * pairs. Words that different threads write while messages flow stand at least one line apart.
 *
 *   line
 *   0   │ geometry: magic, version, topology, capacity, … (written once, by the creator)            │
 *   1   │ state · error length · roles: writer, reader            (written when something begins or ends) │
 *   2   │ bells of sleeping readers: one bit a seat                (written by readers going to sleep)     │
 *   3   │ bells of sleeping writers                                (written by writers going to sleep)     │
 *   4   │ producerCursor                                           (written by producers)                  │
 *   5   │ consumerCursor                                           (written by consumers)                  │
 *   6   │ frontier · returned                                      (written by producers, and by repair)   │
 *   8   │ error text, 8 lines                                      (written once, by whoever fails it)     │
 *   16  │ desk of seat 0, 1, 2 …: one line each                    (written by that seat's thread)         │
 *       │ subscriptions: one line each, broadcast only              (written by the subscription's reader)  │
 *       ├──────────────────────────────────────────────────────────────────────────────────────────────────┤
 *       │ turns    i32 × slots     several writers or readers only                                         │
 *       │ runs     i32 × slots     several writers or readers only                                         │
 *       │ lengths  i32 × slots     messages of variable size only                                          │
 *       ├──────────────────────────────────────────────────────────────────────────────────────────────────┤
 *       │ payload  slotBytes × (slots + overhang)                                                          │
 *       └──────────────────────────────────────────────────────────────────────────────────────────────────┘
 *
 * A spsc ring has two desks, the writer's (0) and the reader's (1). The *overhang* is room behind the last
 * slot: a message of several slots that begins near the end runs on into it instead of wrapping round, so a
 * message always lies in one piece, needs no padding record, and a message as large as the whole ring still
 * fits.
 */
export const LINE_WORDS = 32;
export const LINE_BYTES: number = LINE_WORDS * 4;

// Line 0: geometry.
export const MAGIC = 0;
export const VERSION = 1;
export const TOPOLOGY = 2;
export const OVERFLOW = 3;
export const CAPACITY = 4;
export const SLOTS = 5;
export const SLOT_BYTES = 6;
export const MAX_MESSAGE_BYTES = 7;
export const VARIABLE = 8;
export const RENDEZVOUS = 9;
export const SOLE_WRITER = 10;

// Line 1: state and roles.
export const STATE: number = LINE_WORDS;
export const ERROR_BYTES: number = LINE_WORDS + 1;
export const WRITER_ROLE: number = LINE_WORDS + 2;
export const READER_ROLE: number = LINE_WORDS + 3;

export const READER_BELLS: number = 2 * LINE_WORDS;
export const WRITER_BELLS: number = 3 * LINE_WORDS;
export const PRODUCER_CURSOR: number = 4 * LINE_WORDS;
export const CONSUMER_CURSOR: number = 5 * LINE_WORDS;
export const FRONTIER: number = 6 * LINE_WORDS;
export const RETURNED: number = 7 * LINE_WORDS;
export const ERROR_TEXT: number = 8 * LINE_WORDS;
export const ERROR_TEXT_BYTES: number = 8 * LINE_BYTES;
export const DESKS: number = 16 * LINE_WORDS;

// Broadcast rings only.
/** How often a subscription was added: a frontier computed across a change is not used. */
export const SUBSCRIPTION_EPOCH: number = FRONTIER + 1;
/** How often bit 31 of the frontier has changed: the upper part of offsets. */
export const FRONTIER_HALVES: number = FRONTIER + 2;
/** 1 while a writer sleeps until a subscriber's cursor moves. */
export const WRITERS_ASLEEP: number = RETURNED + 1;
/** How many claims were given up whose writers are still at them; too many rather than too few. */
export const VOID_CLAIMS: number = RETURNED + 2;
/** Readers, each with a cursor of its own, that a broadcast ring can have at the same time. */
export const SUBSCRIPTIONS = 32;
/** Whether it counts for the frontier, and the seat that it ends with; without one the cursor stays for a successor. */
export const SUBSCRIPTION_ACTIVE = 0;
export const SUBSCRIPTION_CURSOR = 1;
/** The seat of the thread that reads with this subscription, 0 for none. */
export const SUBSCRIPTION_SEAT = 2;
/** How many messages its reader has missed, in a ring that drops the oldest; wraps. */
export const SUBSCRIPTION_MISSED = 3;
/** Up to where its readers have accounted for that. */
export const SUBSCRIPTION_MISSED_SEEN = 4;

// A desk: what one seat's thread alone writes.
/** Slots of the write claim this seat is about to make or holds. Read by others to step over it. */
export const DESK_CLAIM_SPAN = 0;
/** The same for its read claim. */
export const DESK_TAKE_SPAN = 1;
/**
 * Counters, float64 each, written plainly by the desk's thread alone and read by whoever asks for `stats()`:
 * nothing is decided by them, so they need no order. They are exact once the thread has paused.
 */
export const DESK_WRITTEN = 2;
export const DESK_READ = 4;
export const DESK_DROPPED = 6;
export const DESK_WAITS = 8;
/** Which ends this seat's thread has open: WRITER_OPEN, READER_OPEN. */
export const DESK_ENDS = 10;
/** Rings of capacity 0 only: whether this seat's thread waits for a message, and which one it was handed. Others change it too. */
export const DESK_DEMAND = 11;
/** The sequence of the last message this seat's thread published, or of the one it has claimed since. */
export const DESK_LAST = 12;
/** Room for one message that is written by the core of the seat's writer (`mpmc/core.wat`). */
export const DESK_SCRATCH = 14;
export const DESK_SCRATCH_BYTES: number = (LINE_WORDS - DESK_SCRATCH) * 4;
export const WRITER_OPEN = 1;
export const READER_OPEN = 2;

/** Word index of the desk of a seat (rings with turns), or of the writer (0) and the reader (1) of a spsc ring. */
export const deskOf = (number: number): number => DESKS + number * LINE_WORDS;

const MAGIC_VALUE = 0x4d_49_4c_4c; // 'MILL'
const VERSION_VALUE = 4;
const MAX_SLOTS = 2 ** 27;
const MAX_BYTES = 2 ** 31 - 8;
/** A ring with turns has at least this many slots, so that a turn's lap number takes long to come round. */
const MIN_SLOTS_WITH_TURNS = 64;

export const TOPOLOGIES = ['spsc', 'mpsc', 'spmc', 'mpmc', 'broadcast'] as const;
export type Topology = (typeof TOPOLOGIES)[number];
export const OVERFLOWS = ['block', 'strict', 'drop-oldest', 'drop-newest'] as const;
export type Overflow = (typeof OVERFLOWS)[number];

/** What a ring is made for; from it follows where everything lies. */
export interface Geometry {
  readonly topology: Topology;
  readonly overflow: Overflow;
  /** Messages (fixed size) or slots (variable size) that fit. */
  readonly capacity: number;
  readonly slotBytes: number;
  readonly maxMessageBytes: number;
  readonly variable: boolean;
  /** Whether writers and readers meet: `capacity` is then how many messages can stand there until a reader comes. */
  readonly rendezvous: boolean;
  /** Whether a topology that could have several writers has one at a time. */
  readonly soleWriter: boolean;
}

/** A geometry with the word and byte offsets that follow from it. */
export interface Layout extends Geometry {
  /** A power of two, at least `capacity`. */
  readonly slots: number;
  /** log2 of `slots`. */
  readonly slotBits: number;
  /** Whether every slot has a turn word: more than one writer or reader, or messages that their writer can take out again. */
  readonly turned: boolean;
  /** Words. */
  readonly subscriptions: number;
  readonly turns: number;
  readonly runs: number;
  readonly lengths: number;
  /** Bytes. */
  readonly payload: number;
  readonly bytes: number;
}

export function layoutOf(geometry: Geometry): Layout {
  checkGeometry(geometry);
  const { topology, overflow, capacity, slotBytes, maxMessageBytes, variable, rendezvous } = geometry;
  const turned = topology !== 'spsc' || overflow === 'drop-oldest' || rendezvous;
  const slots = powerOfTwoFrom(turned ? Math.max(capacity, MIN_SLOTS_WITH_TURNS) : capacity);
  const desks = turned ? SEATS + 1 : 2;
  const subscriptions = DESKS + desks * LINE_WORDS;
  const turns = subscriptions + (topology === 'broadcast' ? SUBSCRIPTIONS * LINE_WORDS : 0);
  const runs = turns + (turned ? lineUp(slots) : 0);
  const lengths = runs + (turned ? lineUp(slots) : 0);
  const payload = (lengths + (variable ? lineUp(slots) : 0)) * 4;
  const overhang = Math.ceil(maxMessageBytes / slotBytes) - 1;
  const bytes = payload + Math.ceil(((slots + overhang) * slotBytes) / 8) * 8;
  if (bytes > MAX_BYTES) {
    throw new OptionError(
      'capacity',
      `A ring of ${capacity} slots of ${slotBytes} bytes would need ${bytes} bytes; the most is ${MAX_BYTES}.`,
    );
  }
  const slotBits = Math.log2(slots);
  return { ...geometry, slots, slotBits, turned, subscriptions, turns, runs, lengths, payload, bytes };
}

function checkGeometry(geometry: Geometry): void {
  checkRendezvous(geometry);
  if (geometry.soleWriter && geometry.topology !== 'broadcast')
    throw new OptionError('writers', `How many writers a ${geometry.topology} ring has, its name says.`);
  const { capacity, slotBytes, maxMessageBytes, variable } = geometry;
  if (!Number.isInteger(capacity) || capacity < 1 || capacity > MAX_SLOTS) {
    throw new OptionError(
      'capacity',
      `capacity must be a whole number from 1 to ${MAX_SLOTS}, got ${capacity}.`,
    );
  }
  if (!Number.isInteger(slotBytes) || slotBytes < 1 || (variable && slotBytes % 8 !== 0)) {
    throw new OptionError('slotSize', `slotSize must be a positive multiple of 8 bytes, got ${slotBytes}.`);
  }
  if (!Number.isInteger(maxMessageBytes) || maxMessageBytes < 1 || maxMessageBytes > capacity * slotBytes) {
    throw new OptionError(
      'maxMessageSize',
      `maxMessageSize must be from 1 byte to the whole ring (capacity × slotSize = ${capacity * slotBytes} bytes), ` +
        `got ${maxMessageBytes}.`,
    );
  }
}

function checkRendezvous({ topology, overflow, rendezvous }: Geometry): void {
  if (!rendezvous) return;
  if (topology === 'broadcast') {
    throw new OptionError(
      'capacity',
      'A broadcast ring has a capacity of at least 1: its subscribers read at different times.',
    );
  }
  if (overflow !== 'block' && overflow !== 'strict') {
    throw new OptionError(
      'overflow',
      `A ring of capacity 0 keeps no message that could be dropped; use 'block' or 'strict', not '${overflow}'.`,
    );
  }
}

const lineUp = (words: number): number => Math.ceil(words / LINE_WORDS) * LINE_WORDS;

/** Writes the geometry into a fresh buffer. */
export function writeGeometry(words: Int32Array, layout: Layout): void {
  refuseBigEndian();
  words[MAGIC] = MAGIC_VALUE;
  words[VERSION] = VERSION_VALUE;
  words[TOPOLOGY] = TOPOLOGIES.indexOf(layout.topology);
  words[OVERFLOW] = OVERFLOWS.indexOf(layout.overflow);
  words[CAPACITY] = layout.capacity;
  words[SLOTS] = layout.slots;
  words[SLOT_BYTES] = layout.slotBytes;
  words[MAX_MESSAGE_BYTES] = layout.maxMessageBytes;
  words[VARIABLE] = layout.variable ? 1 : 0;
  words[RENDEZVOUS] = layout.rendezvous ? 1 : 0;
  words[SOLE_WRITER] = layout.soleWriter ? 1 : 0;
}

/**
 * Reads the geometry of a buffer that came from elsewhere and checks it against the buffer's length, which is a multiple of
 * `unit`.
 */
export function readLayout(buffer: SharedArrayBuffer, unit: number = 1): Layout {
  refuseBigEndian();
  if (buffer.byteLength < DESKS * 4 || buffer.byteLength % 8 !== 0) {
    throw new BadHandleError(
      `A buffer of ${buffer.byteLength} bytes is too small to be a ring, or cut short.`,
    );
  }
  const words = new Int32Array(buffer, 0, LINE_WORDS);
  if (words[MAGIC] !== MAGIC_VALUE) throw new BadHandleError('The buffer in the handle holds no ring.');
  if (words[VERSION] !== VERSION_VALUE) {
    throw new BadHandleError(
      `The ring has layout version ${words[VERSION]}, this library knows ${VERSION_VALUE}; ` +
        'use the same version of millrace in every thread.',
    );
  }
  const layout = recomputed(words);
  if (layout.slots !== words[SLOTS] || Math.ceil(layout.bytes / unit) * unit !== buffer.byteLength) {
    throw new BadHandleError(
      `The ring's geometry asks for ${layout.bytes} bytes, the buffer has ${buffer.byteLength}.`,
    );
  }
  return layout;
}

function recomputed(words: Int32Array): Layout {
  const topology = TOPOLOGIES[words[TOPOLOGY] as number];
  const overflow = OVERFLOWS[words[OVERFLOW] as number];
  if (topology === undefined || overflow === undefined) {
    throw new BadHandleError('The ring has a topology or an overflow policy this library does not know.');
  }
  try {
    return layoutOf({
      topology,
      overflow,
      capacity: words[CAPACITY] as number,
      slotBytes: words[SLOT_BYTES] as number,
      maxMessageBytes: words[MAX_MESSAGE_BYTES] as number,
      variable: words[VARIABLE] === 1,
      rendezvous: words[RENDEZVOUS] === 1,
      soleWriter: words[SOLE_WRITER] === 1,
    });
  } catch (error) {
    throw new BadHandleError(`The ring's geometry makes no sense: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function refuseBigEndian(): void {
  if (new Uint8Array(new Uint16Array([1]).buffer)[0] !== 1) {
    throw new UnsupportedError('Millrace needs a little-endian machine.');
  }
}

/** Words of the bell bitmaps, for the check that they fit their line. */
export const BELL_WORDS: number = SEAT_SET_WORDS;
