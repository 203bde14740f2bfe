import { inspect, isDeepStrictEqual } from 'node:util';
import { copy, json, Memory } from 'millrace/ring';
import { recordCodec } from '../../dist/cluster/topic/record-codec.js';
import { pick } from '../threads/seeded.mjs';
import { outcome } from './bad-handles.mjs';
import { CODECS } from './templates.mjs';

/**
 * Bytes that no encoder wrote, or that were changed since, are decoded within two different surroundings: a codec that reads
 * outside of its message gives two different answers.
 */
const AT = 512;
const ROOM = 1536;
const LENGTH_MAX = 100;
const SURROUNDINGS = [0x00, 0x5a];

const all = [
  ...Object.values(CODECS),
  {
    codec: recordCodec(json()),
    values: [
      { value: 1, key: 'k', headers: { a: 'b', n: 2 }, timestamp: 5 },
      { value: 'x', timestamp: 0 },
    ],
  },
].map(({ codec, values }) => ({
  codec,
  samples: values.map((value) => encoded(codec, value)),
  places: SURROUNDINGS.map((fill) => {
    const memory = new Memory(new SharedArrayBuffer(ROOM));
    memory.u8.fill(fill);
    return { memory, fill, binding: codec.bind(memory) };
  }),
}));

/** @param {any} codec @param {unknown} value */
function encoded(codec, value) {
  const memory = new Memory(new SharedArrayBuffer(ROOM));
  const binding = codec.bind(memory);
  if (codec.kind === 'fixed') {
    binding.write(value, AT);
    return memory.u8.slice(AT, AT + codec.size);
  }
  const prepared = codec.prepare(value);
  return memory.u8.slice(AT, AT + binding.write(prepared, AT, ROOM));
}

/** @param {() => number} random @returns {'refused' | 'accepted'} */
export function attemptRecord(random) {
  const { codec, samples, places } = pick(random, all);
  const bytes = random() < 0.7 ? changed(random, pick(random, samples)) : noise(random, codec.size);
  const fixed = codec.kind === 'fixed';
  const [first, second] = places.map(({ memory, fill, binding }) => {
    memory.u8.set(bytes, AT);
    try {
      return answer(() => {
        const read = fixed ? binding.read(AT) : binding.read(AT, bytes.length);
        const viewed = copy(fixed ? binding.view(AT) : binding.view(AT, bytes.length));
        return { read, viewed };
      });
    } finally {
      memory.u8.fill(fill, AT, AT + bytes.length);
    }
  });
  if (!isDeepStrictEqual(first, second) && show(first) !== show(second))
    throw new Error(`a codec reads outside of its message: ${JSON.stringify(codec.spec)} of ${bytes}`);
  return first?.error === undefined ? 'accepted' : 'refused';
}

/** Tells apart what differs, and takes invalid dates, which equal nothing, for the same. @param {unknown} value */
const show = (value) => inspect(value, { depth: Number.POSITIVE_INFINITY });

/** @param {() => unknown} read @returns {{ value?: unknown, error?: string }} */
function answer(read) {
  /** @type {unknown} */
  let value;
  /** @type {string | undefined} */
  let error;
  const refused = outcome(() => {
    try {
      value = read();
    } catch (thrown) {
      error = String(thrown);
      throw thrown;
    }
  });
  return refused === 'refused' ? { error: error ?? '' } : { value };
}

/** @param {() => number} random @param {Uint8Array} sample */
function changed(random, sample) {
  const bytes = sample.slice();
  for (let i = 1 + Math.floor(random() * 3); i > 0 && bytes.length > 0; i--) {
    bytes[Math.floor(random() * bytes.length)] = random() < 0.3 ? 255 : random() * 256;
  }
  return bytes;
}

/** @param {() => number} random @param {number | undefined} size */
function noise(random, size) {
  const small = random() < 0.5;
  const length = size ?? Math.floor(random() * LENGTH_MAX);
  return Uint8Array.from({ length }, () => random() * (small ? 4 : 256));
}
