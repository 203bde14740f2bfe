/**
 * Which partition a key belongs to: Kafka's default partitioner, so that a key has the same partition here
 * and there.
 *
 * The hash is MurmurHash2 (Austin Appleby), 32 bits, in the form and with the seed of Kafka's Java client;
 * the partition is its low 31 bits modulo the number of partitions.
 */
const SEED = 0x9747b28c | 0;
const M = 0x5bd1e995;
const R = 24;

const encoder = new TextEncoder();

/** MurmurHash2 of the bytes, as an int32. */
export function murmur2(bytes: Uint8Array): number {
  const { length } = bytes;
  const whole = length & ~3;
  let h = SEED ^ length;
  for (let i = 0; i < whole; i += 4) {
    h = mix(
      h,
      (bytes[i] as number) |
        ((bytes[i + 1] as number) << 8) |
        ((bytes[i + 2] as number) << 16) |
        ((bytes[i + 3] as number) << 24),
    );
  }
  const rest = length - whole;
  if (rest === 3) h ^= (bytes[whole + 2] as number) << 16;
  if (rest >= 2) h ^= (bytes[whole + 1] as number) << 8;
  return finish(rest === 0 ? h : Math.imul(h ^ (bytes[whole] as number), M));
}

function mix(h: number, word: number): number {
  const k = Math.imul(word, M);
  return Math.imul(h, M) ^ Math.imul(k ^ (k >>> R), M);
}

function finish(h: number): number {
  const mixed = Math.imul(h ^ (h >>> 13), M);
  return mixed ^ (mixed >>> 15);
}

/** The partition, from 0 to `partitions - 1`, of a key; strings are hashed as UTF-8. */
export function partitionFor(key: string | Uint8Array, partitions: number): number {
  return ((typeof key === 'string' ? hashOfText(key) : murmur2(key)) & 0x7fff_ffff) % partitions;
}

/** `murmur2` of the text's UTF-8. An ASCII string is its own UTF-8: no bytes need to be made to hash it. */
export function hashOfText(text: string): number {
  const { length } = text;
  const whole = length & ~3;
  let h = SEED ^ length;
  let all = 0;
  for (let i = 0; i < whole; i += 4) {
    const a = text.charCodeAt(i);
    const b = text.charCodeAt(i + 1);
    const c = text.charCodeAt(i + 2);
    const d = text.charCodeAt(i + 3);
    all |= a | b | c | d;
    h = mix(h, a | (b << 8) | (c << 16) | (d << 24));
  }
  for (let i = length - 1; i >= whole; i--) {
    const code = text.charCodeAt(i);
    all |= code;
    h ^= code << (8 * (i - whole));
  }
  if (all > 127) return murmur2(encoder.encode(text));
  return finish(whole === length ? h : Math.imul(h, M));
}
