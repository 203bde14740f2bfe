import { nodeModule } from '../globals.ts';

const { set, slice } = Uint8Array.prototype;

/** `source.copy(target, at, from, until)` of Node's buffers, which works on every `Uint8Array`. */
type Copy = (this: Uint8Array, target: Uint8Array, at: number, from: number, until: number) => number;
const copy = nodeModule<{ Buffer: { prototype: { copy: Copy } } }>('node:buffer')?.Buffer.prototype.copy;
/**
 * V8 copies shared memory word by word, as if others could be writing it. Node 24 and later copy it by vectors, which takes a call that is
 * worth it from about here on.
 */
const COPY_LEAST = 8192;

/**
 * `target.set(source, at)`, with the method found once. V8's compiler does not see through the look-up of a typed array's methods
 * (Node 20), so that each call would search along the prototypes first. Nobody else may be writing into either.
 */
export function setBytes(target: Uint8Array, source: Uint8Array, at: number): void {
  const { length } = source;
  if (length >= COPY_LEAST && copy !== undefined && at + length <= target.length)
    copy.call(source, target, at, 0, length);
  else set.call(target, source, at);
}

/** `bytes.slice(from, until)`, found once as well. */
export function sliceBytes(bytes: Uint8Array, from: number, until: number): Uint8Array {
  return slice.call(bytes, from, until);
}
