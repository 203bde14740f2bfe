import { bytes, custom } from 'millrace/ring';

/**
 * What the threads send each other: bytes that say who sent them and which of its messages they are, and that all follow from
 * these two, so that a torn message can be told from a whole one.
 *
 *   byte 0      4        8
 *   │ lane u32 │ number │ mixed(lane, number) in all further bytes, low byte first … │
 *
 * They are large enough that a thread which is killed at a random instant is often killed while it copies one.
 *
 * Those of kind `custom` go through a codec of the user's own, in whose functions a thread may die as well.
 *
 * Those of kind `small` fit on a desk, from where the core of a ring writes them.
 *
 * @typedef {'fixed' | 'small' | 'variable' | 'custom'} Kind
 * @typedef {object} Payload
 * @property {import('millrace/ring').Codec<Uint8Array>} codec
 * @property {object} options of the ring
 * @property {(lane: number, number: number, room: Uint8Array) => Uint8Array} message written into the room given
 * @property {(message: Uint8Array) => boolean} isWhole
 */
const FIXED_BYTES = 256;
const SMALL_BYTES = 72;
const VARIABLE_BYTES_MAX = 1000;
const HEAD = 8;

/** Room for one message of either kind. */
export const ROOM_BYTES = 1024;

/** @param {number} lane @param {number} number */
const mixed = (lane, number) => Math.imul(number ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(lane + 1, 0xc2b2ae35);

/** @param {Uint8Array} message @param {number} at */
const word = (message, at) =>
  (message[at] ?? 0) |
  ((message[at + 1] ?? 0) << 8) |
  ((message[at + 2] ?? 0) << 16) |
  ((message[at + 3] ?? 0) << 24);

/** @param {Uint8Array} message */
export const laneOf = (message) => word(message, 0);
/** @param {Uint8Array} message */
export const numberOf = (message) => word(message, 4);

/** @param {number} lane @param {number} number @param {Uint8Array} room @param {number} length */
function stamp(lane, number, room, length) {
  const message = room.subarray(0, length);
  message.fill(mixed(lane, number) & 0xff);
  for (let i = 0; i < 4; i++) {
    message[i] = lane >>> (8 * i);
    message[4 + i] = number >>> (8 * i);
  }
  return message;
}

/** Every sixteenth byte, and the last: what was copied stale or not at all is longer than that. @param {Uint8Array} message */
function isFilled(message) {
  const byte = mixed(laneOf(message), numberOf(message)) & 0xff;
  for (let at = HEAD; at < message.length; at += 16) if (message[at] !== byte) return false;
  return message.length === HEAD || message[message.length - 1] === byte;
}

/** @param {number} lane @param {number} number */
const lengthOf = (lane, number) => HEAD + ((mixed(lane, number) >>> 8) % (VARIABLE_BYTES_MAX - HEAD + 1));

/** What runs within the codec of kind `custom`. @type {{ mayDie: () => void }} */
export const userCode = { mayDie() {} };

const ownCodec = custom({
  name: 'stamped',
  version: 1,
  encode(/** @type {Uint8Array} */ message) {
    userCode.mayDie();
    return message;
  },
  decode(raw) {
    userCode.mayDie();
    return raw;
  },
});

const variableOptions = { slotSize: 64, maxMessageSize: VARIABLE_BYTES_MAX };

/** @param {Uint8Array} message */
const isWholeVariable = (message) =>
  message.length === lengthOf(laneOf(message), numberOf(message)) && isFilled(message);

/** @type {Record<Kind, Payload>} */
const PAYLOADS = {
  fixed: {
    codec: bytes(FIXED_BYTES),
    options: {},
    message: (lane, number, room) => stamp(lane, number, room, FIXED_BYTES),
    isWhole: isFilled,
  },
  small: {
    codec: bytes(SMALL_BYTES),
    options: {},
    message: (lane, number, room) => stamp(lane, number, room, SMALL_BYTES),
    isWhole: isFilled,
  },
  variable: {
    codec: bytes,
    options: variableOptions,
    message: (lane, number, room) => stamp(lane, number, room, lengthOf(lane, number)),
    isWhole: isWholeVariable,
  },
  custom: {
    codec: ownCodec,
    options: variableOptions,
    message: (lane, number, room) => stamp(lane, number, room, lengthOf(lane, number)),
    isWhole: isWholeVariable,
  },
};

/** The least capacity at which the largest message fits. @type {Record<Kind, number>} */
export const LEAST_CAPACITY = { fixed: 1, small: 1, variable: 16, custom: 16 };

/** @param {Kind} kind */
export const payload = (kind) => PAYLOADS[kind];
