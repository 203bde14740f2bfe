import {
  array,
  bool,
  broadcast,
  bytes,
  clone,
  f64,
  i16,
  json,
  mpmc,
  mpsc,
  msgpack,
  oneOf,
  optional,
  spmc,
  spsc,
  struct,
  u32,
  u64,
  utf8,
} from 'millrace/ring';

/**
 * Rings with messages in them, of every topology and many codecs, each kept as the bytes of its memory, so that it can be made
 * again in a microsecond.
 *
 * @typedef {object} Template
 * @property {string} name
 * @property {any} ring
 * @property {any[]} values that the codec takes
 * @property {Uint8Array} memory
 */

const order = struct({
  id: u32,
  px: f64,
  side: oneOf('buy', 'sell'),
  symbol: utf8(8),
  live: bool,
  tags: array(i16, 3),
  parent: optional(u64),
});
const orders = [1, 2, 3].map((id) => ({
  id,
  px: id / 3,
  side: id % 2 ? 'buy' : 'sell',
  symbol: `s${id}`,
  live: true,
  tags: [id, -id, 0],
  parent: id === 2 ? undefined : BigInt(id),
}));
const note = struct({ at: f64, text: utf8(), raw: bytes, more: optional(struct({ deep: utf8() })) });
const notes = ['', 'short', 'é'.repeat(12)].map((text) => ({
  at: text.length,
  text,
  raw: new Uint8Array(text.length),
  more: text ? { deep: text } : undefined,
}));

/** Codecs by name, and values for each. @type {Record<string, { codec: any, values: any[] }>} */
export const CODECS = {
  f64: { codec: f64, values: [0, -0, Number.NaN, 1e300] },
  u32: { codec: u32, values: [0, 1, 2 ** 32 - 1] },
  order: { codec: order, values: orders },
  note: { codec: note, values: notes },
  'utf8(12)': { codec: utf8(12), values: ['', 'abc', 'ééé'] },
  utf8: { codec: utf8(), values: ['', 'hello', '\ud800 alone', '𝄞'.repeat(9)] },
  'bytes(20)': { codec: bytes(20), values: [new Uint8Array(20), new Uint8Array(20).fill(255)] },
  bytes: { codec: bytes, values: [new Uint8Array(0), new Uint8Array(40).fill(7)] },
  json: { codec: json(), values: [null, { a: [1, 'x'] }, 'text', 12.5] },
  msgpack: { codec: msgpack(), values: [null, { a: [1, 'x'] }, 'text', -7] },
  clone: { codec: clone(), values: [null, new Map([[1, new Date(0)]]), { a: [1n] }] },
};

const MAKERS = { spsc, mpsc, spmc, mpmc, broadcast };
const POLICIES = /** @type {const} */ (['block', 'drop-newest', 'strict', 'drop-oldest']);
const CAPACITY = 16;

/**
 * @param {keyof typeof MAKERS} topology
 * @param {import('millrace/ring').Overflow} overflow
 * @param {string} name
 * @param {'js' | 'wasm'} [core]
 * @returns {Template}
 */
function template(topology, overflow, name, core = 'js') {
  const { codec, values } = /** @type {{ codec: any, values: any[] }} */ (CODECS[name]);
  const sizes = codec.kind === 'variable' ? { slotSize: 16, maxMessageSize: 128 } : {};
  const ring = MAKERS[topology](codec, { capacity: CAPACITY, overflow, core, ...sizes });
  if ('addSubscription' in ring) /** @type {any} */ (ring).addSubscription(0);
  ring.writer.offerAll(values.slice(0, 2));
  ring.writer.offer(values[values.length - 1]);
  ring.writer.detach();
  const memory = new Uint8Array(ring.handle.buffer).slice();
  return { name: `${topology} of ${name}, ${overflow}`, ring, values, memory };
}

/** @type {Template[]} */
export const TEMPLATES = Object.keys(CODECS).flatMap((name) =>
  Object.keys(MAKERS).map((topology, i) => {
    const overflow = POLICIES[(i + name.length) % 4] ?? 'block';
    return template(/** @type {keyof typeof MAKERS} */ (topology), overflow, name);
  }),
);

/** Rings with turn words, also with the core in WebAssembly and of capacity 0, each with every policy that it can have. @type {Template[]} */
export const TURNED = ['f64', 'order', 'utf8'].flatMap((name) => [
  template('spsc', 'drop-oldest', name),
  .../** @type {const} */ (['mpsc', 'spmc', 'mpmc']).flatMap((topology) =>
    POLICIES.flatMap((overflow) => [
      template(topology, overflow, name),
      template(topology, overflow, name, 'wasm'),
    ]),
  ),
  ...POLICIES.map((overflow) => template('broadcast', overflow, name)),
  meeting(name),
]);

/** A ring of capacity 0 in which a message stands until somebody comes. @param {string} name @returns {Template} */
function meeting(name) {
  const { codec, values } = /** @type {{ codec: any, values: any[] }} */ (CODECS[name]);
  const ring = mpmc(codec, { capacity: 0 });
  const leaving = new AbortController();
  ring.writer.put(values[0], { signal: leaving.signal }).catch(() => {});
  const memory = new Uint8Array(ring.handle.buffer).slice();
  leaving.abort();
  ring.writer.detach();
  return { name: `meeting over ${name}`, ring, values, memory };
}

/** The template's ring, as it was when it was made. @param {Template} template */
export function restore({ ring, memory }) {
  new Uint8Array(ring.handle.buffer).set(memory);
  return ring.handle;
}
