import { createHash } from 'node:crypto';

/** Longer ids stand for themselves by their SHA-256. */
export const ID_BYTES_MAX = 60;

const encoder = new TextEncoder();

/** An id as a table compares it: its UTF-8, or the digest of a long one, and their hash. One object for many ids, one after the other. */
export class EncodedId {
  /** Bytes, of which the last word is filled up with 0. */
  length = 0;
  hash = 0;
  readonly #bytes: Uint8Array = new Uint8Array(ID_BYTES_MAX + 4);
  readonly words: Int32Array = new Int32Array(this.#bytes.buffer);

  /** The hash is FNV-1a over words, mixed as in MurmurHash3. */
  set(id: string): void {
    const written = encoder.encodeInto(id, this.#bytes);
    const fits = written.read === id.length && written.written <= ID_BYTES_MAX;
    this.length = fits ? written.written : createHash('sha256').update(id).digest().copy(this.#bytes);
    this.#bytes.fill(0, this.length, (this.length + 3) & ~3);
    let hash = 0x811c9dc5 ^ this.length;
    for (let i = 0; i < this.length; i += 4)
      hash = Math.imul(hash ^ (this.words[i >> 2] as number), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    this.hash = (hash ^ (hash >>> 13)) | 0;
  }
}
