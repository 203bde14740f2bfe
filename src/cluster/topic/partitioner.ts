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
  return hash(bytes.length, (i) => bytes[i] as number);
}

function hash(length: number, byteAt: (i: number) => number): number {
  let h = SEED ^ length;
  const whole = length & ~3;
  for (let i = 0; i < whole; i += 4) {
    let k = byteAt(i) | (byteAt(i + 1) << 8) | (byteAt(i + 2) << 16) | (byteAt(i + 3) << 24);
    k = Math.imul(k, M);
    k ^= k >>> R;
    h = Math.imul(h, M) ^ Math.imul(k, M);
  }
  const rest = length - whole;
  if (rest === 3) h ^= byteAt(whole + 2) << 16;
  if (rest >= 2) h ^= byteAt(whole + 1) << 8;
  if (rest >= 1) h = Math.imul(h ^ byteAt(whole), M);
  h = Math.imul(h ^ (h >>> 13), M);
  return h ^ (h >>> 15);
}

/** The partition, from 0 to `partitions - 1`, of a key; strings are hashed as UTF-8. */
export function partitionFor(key: string | Uint8Array, partitions: number): number {
  return (hashOf(key) & 0x7fff_ffff) % partitions;
}

function hashOf(key: string | Uint8Array): number {
  if (typeof key !== 'string') return murmur2(key);
  return isAscii(key) ? hash(key.length, (i) => key.charCodeAt(i)) : murmur2(encoder.encode(key));
}

/** An ASCII string is its own UTF-8: no bytes need to be made to hash it. */
function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}
