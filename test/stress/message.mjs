import { bytes, clone, f64, msgpack, struct, u32, utf8 } from 'millrace/ring';

/**
 * Messages of several kinds, each of which says who wrote it and which of its messages it is, with contents that follow from
 * these two.
 *
 * @typedef {'number' | 'struct' | 'text' | 'bytes' | 'msgpack' | 'clone'} Kind
 * @typedef {object} MessageKind
 * @property {any} codec
 * @property {object} sizes
 * @property {(producer: number, number: number) => any} make
 * @property {(message: any) => readonly [producer: number, number: number]} read
 * @property {(message: any) => any} show what two equal messages have in common
 */

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** @param {number} producer @param {number} number */
const lengthOf = (producer, number) => 12 + ((number * 31 + producer * 7) % 90);

/** @param {number} producer @param {number} number */
function makeText(producer, number) {
  const head = `${producer}:${number}:`;
  return head.padEnd(lengthOf(producer, number), LETTERS[number % 26]);
}

/** @param {number} producer @param {number} number */
function makeBytes(producer, number) {
  const message = new Uint8Array(lengthOf(producer, number)).fill(number);
  new DataView(message.buffer).setUint32(0, producer);
  new DataView(message.buffer).setUint32(4, number);
  return message;
}

/** @param {Uint8Array} message */
const words = (message) => new DataView(message.buffer, message.byteOffset, message.byteLength);

/** @param {number} producer @param {number} number */
const makeObject = (producer, number) => ({ producer, number, tags: ['a', 'b'].slice(number % 3) });

/** @type {Omit<MessageKind, 'codec'>} */
const objects = {
  sizes: { slotSize: 32, maxMessageSize: 112 },
  make: makeObject,
  read: ({ producer, number }) => [producer, number],
  show: (message) => message,
};

/** @type {Record<Kind, MessageKind>} */
export const KINDS = {
  number: {
    codec: f64,
    sizes: {},
    make: (producer, number) => producer * 1e9 + number,
    read: (message) => [Math.floor(message / 1e9), message % 1e9],
    show: (message) => message,
  },
  struct: {
    codec: struct({ producer: u32, number: u32, product: f64, name: utf8(8) }),
    sizes: {},
    make: (producer, number) => ({ producer, number, product: producer * number, name: `n${number % 100}` }),
    read: (message) => [message.producer, message.number],
    show: ({ producer, number, product, name }) => ({ producer, number, product, name }),
  },
  text: {
    codec: utf8(),
    sizes: { slotSize: 16, maxMessageSize: 112 },
    make: makeText,
    read: (message) => message.split(':', 2).map(Number),
    show: (message) => message,
  },
  bytes: {
    codec: bytes,
    sizes: { slotSize: 32, maxMessageSize: 112 },
    make: makeBytes,
    read: (message) => [words(message).getUint32(0), words(message).getUint32(4)],
    show: (message) => String(message),
  },
  msgpack: { codec: msgpack(), ...objects },
  clone: { codec: clone(), ...objects },
};
