import { bytes, f64 } from 'millrace/ring';

/**
 * Messages that are told apart by a number, of one slot or of several.
 *
 * @typedef {'number' | 'bytes'} MessageKind
 * @typedef {object} Messages
 * @property {any} codec
 * @property {object} options of the ring
 * @property {(value: number) => number} sizeOf slots
 * @property {(value: number) => any} make
 * @property {(message: any) => number} read
 */

const SLOT_BYTES = 8;

/** @param {number} value */
const slotsOf = (value) => 1 + (value % 3);

/** The most slots that a message of a kind takes. @type {Record<MessageKind, number>} */
export const MOST_SLOTS = { number: 1, bytes: 3 };

/** @type {Record<MessageKind, Messages>} */
export const MESSAGES = {
  number: { codec: f64, options: {}, sizeOf: () => 1, make: (value) => value, read: (message) => message },
  bytes: {
    codec: bytes,
    options: { slotSize: SLOT_BYTES },
    sizeOf: slotsOf,
    make(value) {
      const message = new Uint8Array(slotsOf(value) * SLOT_BYTES).fill(value);
      new DataView(message.buffer).setUint32(0, value);
      return message;
    },
    read(message) {
      const value = new DataView(message.buffer, message.byteOffset).getUint32(0);
      const whole = message.length === slotsOf(value) * SLOT_BYTES;
      if (!whole || message[message.length - 1] !== (value & 0xff)) throw new Error(`torn: ${message}`);
      return value;
    },
  },
};
